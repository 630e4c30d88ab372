import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret } from '#base/secret.ts'
import { command } from './dev.ts'
import { readDevOptions } from './dev-options.ts'
import { welcomeLines } from './dev-welcome.ts'
import { parseCall } from './parse.ts'

const read = (...args: readonly string[]) => readDevOptions(parseCall(command, args).options)

test('without options: example.test on 127.0.0.1, ports from 2025', () => {
  assert.deepEqual(read(), {
    host: '127.0.0.1',
    portOffset: 2000,
    domains: ['example.test'],
    accounts: [],
    outbound: { kind: 'held' },
  })
})

test('mail to other hosts is held, or goes to one host, or out', () => {
  const table: [readonly string[], unknown][] = [
    [['--direct'], { kind: 'direct' }],
    [['--smarthost', '127.0.0.1:1025'], { kind: 'smarthost', host: '127.0.0.1', port: 1025 }],
    [['--smarthost', '[::1]:1025'], { kind: 'smarthost', host: '::1', port: 1025 }],
    [['--smarthost', 'relay.example.org'], { kind: 'smarthost', host: 'relay.example.org', port: 25 }],
  ]
  for (const [args, wanted] of table) assert.deepEqual(read(...args).outbound, wanted, args.join(' '))
  assert.throws(() => read('--direct', '--smarthost', 'a.test:25'), /--direct and --smarthost are both given/)
  assert.throws(() => read('--smarthost', 'a.test:mail'), /"a\.test:mail" is no HOST:PORT/)
})

test('accounts bring their domains; a password may hold colons, spaces and @', () => {
  const table: [string, string, string, string][] = [
    ['alice@a.test:secret', 'alice@a.test', 'secret', 'a.test'],
    ['alice@A.test:p@ss:word x', 'alice@A.test', 'p@ss:word x', 'a.test'],
    ['alice@bücher.test:x', 'alice@bücher.test', 'x', 'xn--bcher-kva.test'],
  ]
  for (const [given, address, password, domain] of table) {
    const { accounts, domains } = read('--account', given)
    assert.deepEqual(
      accounts.map(one => [one.address, one.password.reveal()]),
      [[address, password]],
    )
    assert.deepEqual(domains, [domain])
  }
  const both = read('--domain', 'b.test', '--account', 'a@a.test:x', '--account', 'b@b.test:y')
  assert.deepEqual(both.domains, ['b.test', 'a.test'])
  assert.deepEqual(read('--domain', 'A.test.').domains, ['a.test'])
})

test('the lines to paste are quoted for a shell, and name the first account whose password is known', () => {
  const lines = welcomeLines({
    program: 'npm run -s posthouse --',
    version: '1',
    data: '/d',
    dataIsKept: true,
    moreAccounts: true,
    caPath: '/my data/tls/ca.pem',
    listeners: [
      { name: 'submission', address: '0.0.0.0', port: 2587, tls: 'starttls' },
      { name: 'submissions', address: '0.0.0.0', port: 2465, tls: 'implicit' },
      { name: 'imaps', address: '::', port: 2993, tls: 'implicit' },
      { name: 'pop3s', address: '127.0.0.1', port: 2995, tls: 'implicit' },
    ],
    outbound: { kind: 'held' },
    accounts: [
      { address: 'old@a.test', password: undefined },
      { address: 'alice@a.test', password: new Secret("it's $me") },
    ],
  })
  const text = lines.join('\n')
  assert.match(text, /^old@a\.test +\(as it was set earlier\)$/m)
  assert.match(text, /^and more: npm run -s posthouse -- account list --data \/d$/m)
  assert.match(text, /^CA to trust +\/my data\/tls\/ca\.pem$/m)
  assert.match(text, /is held: npm run -s posthouse -- queue list --data \/d /)
  assert.ok(text.includes(`--user 'alice@a.test:it'\\''s $me'`), text)
  assert.ok(text.includes(`--cacert '/my data/tls/ca.pem'`), text)
  assert.match(text, /swaks --server 127\.0\.0\.1:2587 --tls /)
  assert.match(text, /imaps:\/\/\[::1\]:2993\//)
  assert.match(text, /pop3s:\/\/127\.0\.0\.1:2995\//)
})
