// HAProxy in front of the MX, submission and IMAPS with every form of its PROXY protocol: what the server sees, limits and logs is the client.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { after, before, describe, test } from 'node:test'
import type { ListenerInput } from '#config/define.ts'
import { LineClient } from '../support/line-client.ts'
import { readMailbox, stuffed } from '../support/mail-client.ts'
import { ClientFolder, run } from '../support/program.ts'
import { alice, bob, type RunningServer, startServer } from '../support/running-server.ts'

/** Where HAProxy connects from: the one network that is listed. */
const proxy = '127.0.0.2'
const client = '127.0.0.66'
const another = '127.0.0.67'
const perAddress = 3

/** HAProxy's words after a server's address. */
const forms = [
  { name: 'v1', words: 'send-proxy' },
  { name: 'v2', words: 'send-proxy-v2' },
  { name: 'v2-extended', words: 'send-proxy-v2 proxy-v2-options crc32c,unique-id,authority' },
  { name: 'v2-ssl', words: 'send-proxy-v2-ssl-cn' },
] as const
type FormName = (typeof forms)[number]['name']

const backends = ['smtp', 'submissions', 'submission', 'imaps'] as const
type Backend = (typeof backends)[number]

let server: RunningServer
let haproxy: Haproxy
const folder = new ClientFolder()

before(async () => {
  server = await startServer({
    accounts: [alice, bob],
    config: offset => ({
      hostname: 'mail.example.test',
      tls: { ownAuthority: ['localhost', '127.0.0.1'] },
      log: { level: 'debug' },
      limits: { freeBytes: 0 },
      receive: { greylist: { enabled: false } },
      throttles: { connections: { perAddress } },
      listeners: [
        { protocol: 'mx', port: offset + 25 },
        { protocol: 'submission', port: offset + 465, tls: 'implicit' as const },
        { protocol: 'submission', port: offset + 587 },
        { protocol: 'imap', port: offset + 993, tls: 'implicit' as const },
      ].map(one => ({ ...one, host: '127.0.0.1', proxyFrom: [`${proxy}/32`] }) as ListenerInput),
    }),
  })
  haproxy = await startHaproxy()
})
after(async () => {
  await haproxy?.[Symbol.asyncDispose]()
  await server[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

describe('HAProxy', () => {
  for (const { name } of forms) {
    test(`${name}: a stranger’s message to the MX tells the client’s address in Received and in the log`, async () => {
      const subject = `stranger by ${name}`
      await deliverFrom(client, haproxy.port('smtp', name), subject)
      const received = await receivedOf(subject)
      assert.match(received, /\[127\.0\.0\.66\]/)
      assert.doesNotMatch(received, /127\.0\.0\.2\b/)
    })

    test(`${name}: submission on 465 and on 587 with STARTTLS tells it too`, async () => {
      for (const [backend, tls] of [
        ['submissions', '--tls-on-connect'],
        ['submission', '--tls'],
      ] as const) {
        const subject = `${backend} by ${name}`
        const login = ['--auth', 'PLAIN', '--auth-user', alice.address, '--auth-password', alice.password]
        const address = [
          '--server',
          '127.0.0.1',
          '--port',
          `${haproxy.port(backend, name)}`,
          '--local-interface',
          client,
        ]
        const message = ['--from', alice.address, '--to', bob.address, '--header', `Subject: ${subject}`]
        await run('swaks', [...address, tls, '--tls-ca-path', server.caPath, '--tls-verify', ...login, ...message])
        assert.match(await receivedOf(subject), /\[127\.0\.0\.66\]/, backend)
      }
    })

    test(`${name}: an IMAPS session is that of the client, in the log and for the accept limits`, async () => {
      const port = haproxy.port('imaps', name)
      const from = (localAddress: string) => LineClient.open({ host: '127.0.0.1', port, localAddress }, true)
      const sessions = await Promise.all(Array.from({ length: perAddress }, () => from(client)))
      await Promise.all(sessions.map(session => session.lastLine('* OK')))
      const tooMany = await from(client)
      assert.match(await tooMany.lastLine('* BYE'), /Too many connections from your address \(at most 3 at once\)/)
      const other = await from(another)
      await other.lastLine('* OK')
      const opened = openings().filter(({ remote }) => remote === another)
      assert.equal(opened.at(-1)?.proxy, proxy)
      for (const one of [...sessions, tooMany, other]) one.close()
      await untilAllClosed()
    })
  }

  test('TLS taken off by HAProxy, which tells of it in extensions: the session is served', async () => {
    const port = haproxy.port('smtp', 'v2-ssl') + haproxyTls
    const secured = await LineClient.open({ host: '127.0.0.1', port, localAddress: client }, true)
    await secured.replies(1)
    secured.write('EHLO client.test\r\n')
    assert.match(await secured.until(/^250 [^\n]*\n$/m), /^250-mail\.example\.test/)
    assert.deepEqual(
      openings()
        .slice(-1)
        .map(({ remote, proxy }) => [remote, proxy]),
      [[client, proxy]],
    )
    secured.close()
    await untilAllClosed()
  })

  test('its health checks with a header (LOCAL in version 2) find the MX well', { timeout: 60_000 }, async () => {
    for (const { name } of forms) await haproxy.said(new RegExp(`Health check for server ${name}/posthouse succeeded`))
  })

  test('from its network without a header nobody is served', async () => {
    for (const backend of backends) {
      const bare = await LineClient.open({ host: '127.0.0.1', port: server.ports[backend], localAddress: proxy }, false)
      bare.write('EHLO client.test\r\n')
      await assert.rejects(bare.chunk(), /ECONNRESET|closed/)
      assert.equal(bare.received, 0)
    }
    assert.match(server.log(), /"event":"proxy-header\.refused"/)
  })

  test('a client from elsewhere can’t pass itself off as another', async () => {
    const spoof = await LineClient.open({ host: '127.0.0.1', port: server.ports.smtp, localAddress: client }, false)
    await spoof.replies(1)
    spoof.write('PROXY TCP4 192.0.2.7 203.0.113.9 40000 25\r\n')
    assert.match(await spoof.until(/^[^\n]*\n$/m), /^500 5\.5\.1 /)
    await deliverOver(spoof, 'spoofed')
    assert.match(await receivedOf('spoofed'), /\[127\.0\.0\.66\]/)
    const early = await LineClient.open(
      { host: '127.0.0.1', port: server.ports.submissions, localAddress: client },
      false,
    )
    early.write('PROXY TCP4 192.0.2.7 203.0.113.9 40000 465\r\n')
    await assert.rejects(early.until(/^220 /m), /ECONNRESET|closed/)
    assert.doesNotMatch(server.log(), /192\.0\.2\.7/)
  })
})

async function deliverFrom(localAddress: string, port: number, subject: string): Promise<void> {
  const stranger = await LineClient.open({ host: '127.0.0.1', port, localAddress }, false)
  await stranger.replies(1)
  await deliverOver(stranger, subject)
}

async function deliverOver(stranger: LineClient, subject: string): Promise<void> {
  stranger.write(`EHLO stranger.example\r\nMAIL FROM:<writer@example.org>\r\nRCPT TO:<${bob.address}>\r\nDATA\r\n`)
  await stranger.replies(4)
  stranger.write(stuffed(Buffer.from(`Subject: ${subject}\r\n\r\ntext\r\n`)))
  stranger.write('.\r\nQUIT\r\n')
  await stranger.replies(2)
  stranger.close()
}

/** The Received field of Bob's message with this subject. */
async function receivedOf(subject: string): Promise<string> {
  const messages = (await readMailbox(server, bob)).map(({ bytes }) => bytes.toString('latin1'))
  const message = messages.find(text => text.includes(`Subject: ${subject}\r\n`))
  return /^Received: (?:.*\r\n)(?:[ \t].*\r\n)*/m.exec(message ?? '')?.[0] ?? 'no such message'
}

interface Opening {
  readonly remote: string
  readonly proxy: string | undefined
}

function eventsOf(name: string): readonly unknown[] {
  const lines = server
    .log()
    .split('\n')
    .filter(line => line.startsWith('{'))
  return lines.map(line => JSON.parse(line)).filter(({ event }) => event === name)
}

/** The log's own form. */
const openings = () => eventsOf('connection.opened') as readonly Opening[]

/** Each test has the whole of its clients' limit. */
async function untilAllClosed(): Promise<void> {
  while (openings().length > eventsOf('connection.closed').length)
    await once(server.child.stderr ?? server.child, 'data')
}

interface Haproxy extends AsyncDisposable {
  port(backend: Backend, form: FormName): number
  /** Settles once it printed such a line. */
  said(line: RegExp): Promise<void>
}

/** In the block of ports that the server's test has claimed. */
const haproxyPorts = 700
/** Added to a port: the same with TLS taken off. */
const haproxyTls = 100

async function startHaproxy(): Promise<Haproxy> {
  const base = server.ports.smtp - 25 + haproxyPorts
  const port = (backend: Backend, form: FormName) =>
    base + backends.indexOf(backend) * 10 + forms.findIndex(({ name }) => name === form)
  const keys = ['cert.pem', 'key.pem'].map(file => readFileSync(`${server.data}/tls/${file}`, 'utf8'))
  const certificate = folder.write('haproxy.pem', keys.join('\n'))
  const sections = backends.flatMap(backend =>
    forms.map(({ name, words }) => {
      const tlsOff =
        backend === 'smtp' ? `  bind 127.0.0.1:${port(backend, name) + haproxyTls} ssl crt ${certificate}\n` : ''
      const isChecked = backend === 'smtp'
      return `listen ${isChecked ? name : `${backend}-${name}`}
  bind 127.0.0.1:${port(backend, name)}
${tlsOff}  unique-id-format %{+X}o\\ %ci:%cp
${isChecked ? '  option smtpchk EHLO checker.example\n  option log-health-checks\n' : ''}  source ${proxy}
  server posthouse 127.0.0.1:${server.ports[backend]} ${words}${isChecked ? ' check inter 500 check-send-proxy' : ''}
`
    }),
  )
  const file = folder.write(
    'haproxy.cfg',
    `global
  log stdout format raw local0
  maxconn 200
defaults
  log global
  mode tcp
  timeout connect 10s
  timeout client 60s
  timeout server 60s
${sections.join('')}`,
  )
  await run('haproxy', ['-c', '-f', file])
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'pipe', 'ignore'] })
  const lines: string[] = []
  const output = createInterface({ input: child.stdout })
  output.on('line', line => lines.push(line))
  await accepts(port('smtp', 'v1'))
  return {
    port,
    async said(line) {
      while (!lines.some(one => line.test(one))) await once(output, 'line')
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      if (child.exitCode === null) await once(child, 'exit')
    },
  }
}

/** It binds all its ports before it serves one. */
async function accepts(port: number): Promise<void> {
  for (;;) {
    try {
      const found = await LineClient.open({ host: '127.0.0.1', port, localAddress: another }, false)
      found.close()
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error
    }
  }
}
