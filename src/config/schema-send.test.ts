import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { defaultPace, defaultSchedule, defaultSend, directRoute, otherPace } from '#send/default-settings.ts'
import { send } from './schema-send.ts'
import { senders } from './schema-senders.ts'
import { sendAsFile } from './send-as-file.ts'

const full = {
  routes: {
    direct: { kind: 'direct', fallback: 'office', schedule: { giveUpMs: '1 d' } },
    bulk: { kind: 'direct', port: 2525, sources: 'bulk' },
    office: {
      kind: 'smarthost',
      hosts: [{ host: 'SMTP.office.example' }, { host: '192.0.2.9', port: 26 }],
      credentials: { user: 'us', passwordFile: 'smarthost.password' },
    },
    vault: { kind: 'smarthost', hosts: [{ host: 'vault.example' }], tls: 'implicit' },
    stop: { kind: 'held', reason: 'not before Monday' },
  },
  rules: [
    { senderDomains: ['News.example'], route: 'bulk' },
    { recipientDomains: ['*.bücher.example', '*'], afterTries: 3, route: 'office' },
  ],
  route: 'direct',
  sources: { bulk: [{ ipv4: '192.0.2.1', helloName: 'out1.example.com', warmUp: true }, { ipv6: '2001:db8::1' }] },
  schedule: { retryMs: ['1 min', 300_000], tellDelayMs: '2 h' },
  pace: { google: { connections: 3 }, 'there.example': { messagesPerMinute: 10 } },
  warmUpPerDay: [10, 20],
  tls: [{ domains: ['bank.example'], minimum: 'verified', minimumVersion: 'TLSv1.3' }],
  connections: 50,
  idleMs: '2 s',
}

test('nothing said is the default', () => {
  assert.deepEqual(send.parse({}), defaultSend)
})

test('everything said is taken, and shows as a file that says the same', () => {
  const read = send.parse(full)
  const retryMs = [60_000, 300_000]
  const schedule = { ...defaultSchedule, retryMs, tellDelayMs: 2 * 3_600_000 }
  const sources = 'default'
  assert.deepEqual(read.routes, {
    direct: { ...directRoute, fallback: 'office', schedule: { ...schedule, giveUpMs: 86_400_000 } },
    bulk: { kind: 'direct', port: 2525, sources: 'bulk', schedule, fallback: undefined },
    office: {
      kind: 'smarthost',
      hosts: [
        { host: 'smtp.office.example', port: 587 },
        { host: '192.0.2.9', port: 26 },
      ],
      tls: 'starttls',
      credentials: { user: 'us', passwordPath: 'smarthost.password' },
      sources,
      schedule,
    },
    vault: {
      kind: 'smarthost',
      hosts: [{ host: 'vault.example', port: 465 }],
      tls: 'implicit',
      credentials: undefined,
      sources,
      schedule,
    },
    stop: { kind: 'held', reason: 'not before Monday' },
  })
  assert.deepEqual(read.rules, [
    { senderDomains: ['news.example'], recipientDomains: undefined, afterTries: undefined, route: 'bulk' },
    { senderDomains: undefined, recipientDomains: ['*.xn--bcher-kva.example', '*'], afterTries: 3, route: 'office' },
  ])
  assert.deepEqual(read.pace['google'], { ...defaultPace['google'], connections: 3 })
  assert.deepEqual(read.pace['there.example'], { ...otherPace, messagesPerMinute: 10 })
  assert.deepEqual(read.pace['yahoo'], defaultPace['yahoo'])
  assert.deepEqual(read.sources['bulk']?.[1], {
    ipv4: undefined,
    ipv6: '2001:db8::1',
    helloName: undefined,
    warmUp: false,
  })
  const shown = sendAsFile(read)
  assert.deepEqual(send.parse(shown), read)
  assert.doesNotMatch(JSON.stringify(shown), /null/)
})

const wrong: readonly (readonly [what: string, given: object, where: string, message: RegExp])[] = [
  ['a key that is none', { smarthost: {} }, '', /no such key/],
  ['a name that is the queue’s own', { routes: { local: { kind: 'direct' } } }, 'routes.local', /^wanted a name/],
  ['a name with a colon', { routes: { 'a:b': { kind: 'direct' } } }, 'routes.a:b', /^wanted a name/],
  ['a kind of route that is none', { routes: { a: { kind: 'lmtp' } } }, 'routes.a.kind', /^wanted "direct"/],
  [
    'another kind’s key',
    { routes: { a: { kind: 'direct', hosts: [{ host: 'a.example' }] } } },
    'routes.a.hosts',
    /a route that is direct has port/,
  ],
  ['a smarthost without a host', { routes: { a: { kind: 'smarthost' } } }, 'routes.a.hosts', /^wanted one/],
  [
    'a password in the clear',
    {
      routes: {
        a: {
          kind: 'smarthost',
          hosts: [{ host: 'a.example' }],
          tls: 'none',
          credentials: { user: 'a', passwordFile: 'a' },
        },
      },
    },
    'routes.a.tls',
    /not sent in the clear/,
  ],
  ['a default route that is not there', { route: 'office' }, 'route', /^no such route; there are direct$/],
  ['a rule to a route that is not there', { rules: [{ route: 'office' }] }, 'rules.0.route', /^no such route/],
  [
    'a fallback that is not there',
    { routes: { direct: { kind: 'direct', fallback: 'a' } } },
    'routes.direct.fallback',
    /^no such route/,
  ],
  [
    'a fallback that is blocked as well',
    { routes: { direct: { kind: 'direct', fallback: 'b' }, b: { kind: 'direct' } } },
    'routes.direct.fallback',
    /^wanted a smarthost/,
  ],
  [
    'a pool that is not there',
    { routes: { direct: { kind: 'direct', sources: 'bulk' } } },
    'routes.direct.sources',
    /^no such pool/,
  ],
  [
    'an address of the other family',
    { sources: { default: [{ ipv4: '::1' }] } },
    'sources.default.0.ipv4',
    /^wanted an IPv4/,
  ],
  [
    'warming up nothing',
    { sources: { default: [{ warmUp: true }] } },
    'sources.default.0.warmUp',
    /^wanted ipv4 or ipv6/,
  ],
  ['an empty pool', { sources: { default: [] } }, 'sources.default', /^wanted one/],
  [
    'no domain',
    { rules: [{ recipientDomains: ['*.'], route: 'direct' }] },
    'rules.0.recipientDomains.0',
    /^wanted a domain/,
  ],
  [
    'a pace that is none',
    { pace: { google: { connections: 0 } } },
    'pace.google.connections',
    /^wanted a whole number/,
  ],
  [
    'the pace of a provider that is none',
    { pace: { gogle: { connections: 1 } } },
    'pace.gogle',
    /^no such provider; there are google, .*smarthost, and domains/,
  ],
  [
    'a host that is none',
    { routes: { a: { kind: 'smarthost', hosts: [{ host: 'two words' }] } } },
    'routes.a.hosts.0.host',
    /^wanted the name or the IP address of a host/,
  ],
  ['no time between tries', { schedule: { retryMs: [0] } }, 'schedule.retryMs', /a second at least/],
  ['too many connections', { connections: 100_000 }, 'connections', /^wanted a whole number/],
]

describe('what makes no sense is said to make none', () => {
  for (const [what, given, where, message] of wrong)
    test(what, () => {
      const { error } = send.safeParse(given)
      const found = error?.issues.map(issue => [issue.path.join('.'), issue.message] as const) ?? []
      assert.ok(
        found.some(([path, text]) => path === where && message.test(text)),
        JSON.stringify(found),
      )
    })
})

test('a password may go to this machine in the clear', () => {
  const credentials = { user: 'a', passwordFile: 'a' }
  const here = { kind: 'smarthost', hosts: [{ host: '127.0.0.1', port: 1025 }], tls: 'none', credentials }
  assert.equal(send.safeParse({ routes: { here } }).success, true)
})

test('a percentage of what an account sends ends at 100', () => {
  const message = senders.safeParse({ guard: { failedPercent: 101 } }).error?.issues[0]?.message
  assert.equal(message, 'wanted a whole number from 1 to 100')
  assert.equal(senders.parse({ guard: { failedPercent: 100 } }).guard.failedPercent, 100)
})
