// Mail between hosts, each in a network namespace of its own: found by MX at a resolver on port 53, handed over on port 25, with links that go down
// and routes that lead nowhere on the way. A message that waits is tried again when somebody says so: whatever arrives came at the first try.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { ConfigInput } from '#config/define.ts'
import { BadPeer } from '../support/bad-peer.ts'
import type { BadPeerOptions } from '../support/bad-peer-script.ts'
import { listenAsPeer } from '../support/listen-as-peer.ts'
import type { Login } from '../support/mail-client.ts'
import { MailSystem, whyNoMailSystem } from '../support/mail-system.ts'
import { type Host, whyNoHosts } from '../support/namespace-network.ts'
import { PeerAuthority } from '../support/peer-certificates.ts'
import { run } from '../support/program.ts'
import { type Receiver, receivers, takenBy } from '../support/receiving-systems.ts'
import { letterOf, queued, until } from '../support/relaying.ts'
import { alice, mainFile, type RunningServer, startServer } from '../support/running-server.ts'
import { ipv4, ipv6, type SmallInternet, startInternet } from '../support/small-internet.ts'

const machines = {
  desk: { names: { 'desk.example.test': [ipv4(9)] } },
  mail: {
    names: {
      'mail.example.test': [ipv4(10), ipv6(10)],
      'news.example.test': [ipv4(11), ipv6(11)],
    },
    nameless: [ipv4(12), ipv6(12)],
  },
  postfix: { names: { 'mx.postfix.test': [ipv4(21)] } },
  exim: { names: { 'mx.exim.test': [ipv4(22)] } },
  opensmtpd: { names: { 'mx.opensmtpd.test': [ipv4(23)] } },
  post: { names: { 'mx.post.test': [ipv4(24), ipv6(24)] } },
  best: { names: { 'best.two.test': [ipv4(31)] } },
  second: { names: { 'second.two.test': [ipv4(32)] } },
  cut: { names: { 'mx.cut.test': [ipv4(33)] } },
  both: { names: { 'mx.both.test': [ipv4(34), ipv6(34)] } },
  silent: { names: { 'mx.silent.test': [ipv4(35), ipv6(35)] } },
  sources: { names: { 'mx.sources.test': [ipv4(36), ipv6(36)] } },
  noname: { names: { 'mx.noname.test': [ipv4(37), ipv6(37)] } },
} as const

const records = [
  ...['postfix', 'exim', 'opensmtpd', 'post', 'cut', 'both', 'silent', 'sources', 'noname'].map(
    name => `${name}.test. MX 10 mx.${name}.test.`,
  ),
  'two.test. MX 10 best.two.test.',
  'two.test. MX 20 second.two.test.',
  `example.test. TXT "v=spf1 ip4:${ipv4(10)} ip6:${ipv6(10)} -all"`,
]

const news = { address: 'letters@news.example.test', password: 'letters-secret' }
const carol = { address: 'carol@post.test', password: 'carol-secret' }
const limit = { timeout: 40_000 } as const

/** What every Posthouse here has. */
function configOf(hostname: string, resolver: string): ConfigInput {
  return {
    hostname,
    tls: { ownAuthority: [hostname] },
    limits: { freeBytes: 0 },
    dns: { address: resolver },
    listeners: [
      { protocol: 'mx', port: 25 },
      { protocol: 'submission', port: 465, tls: 'implicit' },
      { protocol: 'submission', port: 587 },
      { protocol: 'imap', port: 993, tls: 'implicit' },
    ],
    receive: { greylist: { enabled: false } },
    senders: { limits: { enabled: false }, guard: { enabled: false } },
  }
}

const send: ConfigInput['send'] = {
  sources: {
    default: [{ ipv4: ipv4(10), ipv6: ipv6(10) }],
    news: [{ ipv4: ipv4(11), ipv6: ipv6(11), helloName: 'news.example.test' }],
    nameless: [{ ipv4: ipv4(12), ipv6: ipv6(12) }],
  },
  routes: { news: { kind: 'direct', sources: 'news' }, nameless: { kind: 'direct', sources: 'nameless' } },
  rules: [
    { senderDomains: ['news.example.test'], route: 'news' },
    { recipientDomains: ['noname.test'], route: 'nameless' },
  ],
  schedule: { retryMs: ['1 h'], jitter: 0 },
  connectMs: '2 s',
  idleMs: '100 ms',
}

describe('hosts of a small internet', { skip: whyNoHosts() ?? whyNoMailSystem() ?? false }, () => {
  const owned = new AsyncDisposableStack()
  const systems = new Map<Receiver, MailSystem>()
  let internet: SmallInternet<keyof typeof machines>
  let mail: RunningServer
  let post: RunningServer
  before(async () => {
    internet = owned.use(await startInternet(machines, records))
    const { hosts, resolver } = internet
    // Else the system keeps trying for a quarter of an hour before it gives a connection up.
    await hosts.mail.run('sh', ['-c', 'echo 2 > /proc/sys/net/ipv4/tcp_retries2'])
    const authority = await PeerAuthority.make()
    const startPeers = async () => {
      for (const receiver of receivers) systems.set(receiver, owned.use(await startPeer(receiver, hosts, authority)))
    }
    const start = async ({ under }: Host, config: ConfigInput, accounts: readonly Login[]) =>
      owned.use(await startServer({ under, portOffset: 0, config: () => config, accounts }))
    const startServers = async () => {
      post = await start(hosts.post, configOf('mx.post.test', resolver), [carol])
      mail = await start(hosts.mail, { ...configOf('mail.example.test', resolver), send }, [alice, news])
    }
    // Both to their end: what is up by then is disposed of.
    const [peers, servers] = await Promise.allSettled([startPeers(), startServers()])
    for (const one of [peers, servers]) if (one.status === 'rejected') throw one.reason
  })
  after(async () => await owned.disposeAsync())

  /** Hands one letter in as a user at a desk does, over a connection of its own. */
  async function submit(login: Login, to: readonly string[], letter: string, port: 465 | 587 = 465): Promise<void> {
    const name = 'mail.example.test'
    const place = `${port === 465 ? 'smtps' : 'smtp'}://${name}:${port}/desk.example.test`
    const words = [...curl(mail, name, ipv4(10), port), '--user', `${login.address}:${login.password}`]
    const envelope = ['--mail-from', login.address, ...to.flatMap(one => ['--mail-rcpt', one])]
    const input = letter.replaceAll('\n', '\r\n')
    await internet.hosts.desk.run('curl', [...words, ...envelope, '--upload-file', '-', place], { input })
  }

  /** A scripted peer on port 25 of that host. */
  async function peerOn(host: keyof typeof machines, options: BadPeerOptions = {}): Promise<BadPeer> {
    const peer = new BadPeer(options)
    owned.use(await listenAsPeer(peer, { host: '::', port: 25, on: internet.hosts[host] }))
    return peer
  }

  const arrived = (peer: BadPeer, subject: string) =>
    until(`${subject} at a peer`, () => peer.taken.find(({ text }) => text.includes(`Subject: ${subject}\r\n`)))

  /** The next message needs a connection of its own. */
  const allClosed = (peer: BadPeer) => until('the end of all connections', () => peer.open.size === 0 || undefined)

  /** What carol has, by IMAP from the desk. */
  async function readByCarol(subject: string): Promise<string> {
    const words = [...curl(post, 'mx.post.test', ipv4(24), 993), '--user', `${carol.address}:${carol.password}`]
    const ask = async (path: string) =>
      (await internet.hosts.desk.run('curl', [...words, `imaps://mx.post.test/INBOX${path}`])).stdout.toString()
    const number = await until(`${subject} in INBOX`, async () => /\d+/.exec(await ask(`?SUBJECT%20${subject}`))?.[0])
    return await ask(`;MAILINDEX=${number}`)
  }

  test('one message to all of them, each found by MX and reached on port 25', limit, async () => {
    const to = [...receivers.map(receiver => `bob@${domainOf(receiver)}`), carol.address]
    await submit(alice, to, letterOf('all', 'to all of them\n'), 587)
    for (const [receiver, system] of systems) {
      const received = await until(`the message at ${receiver.name}`, async () =>
        receivedOf(await takenBy(system, receiver), 'all'),
      )
      const [from, by] = received.split(' by ')
      assert.match(from ?? '', /^from .*\[192\.0\.2\.10\]/)
      assert.match(from ?? '', /mail\.example\.test/)
      assert.ok(by?.startsWith(`mx.${domainOf(receiver)} `), received)
    }
    await readByCarol('all')
  })

  test('a second Posthouse delivers what the first sends, whose name and SPF it finds right', limit, async () => {
    await submit(alice, [carol.address], letterOf('read', 'to be read there\n'))
    const text = await readByCarol('read')
    assert.match(receivedOf(text, 'read') ?? '', /^from mail\.example\.test \(mail\.example\.test \[IPv6:3000::10\]\)/)
    assert.match(text, /^Authentication-Results: mx\.post\.test;(?:.*\r?\n\s)*.*spf=pass/m)
    assert.ok(text.endsWith('\r\n\r\nto be read there\r\n'))
  })

  test('the best host is cut off: the next one has it at the same try', limit, async () => {
    const [best, second] = [await peerOn('best'), await peerOn('second')]
    await submit(alice, ['bob@two.test'], letterOf('best', 'while all is well\n'))
    await arrived(best, 'best')
    await allClosed(best)
    await internet.hosts.best.link('down')
    await submit(alice, ['bob@two.test'], letterOf('second', 'while it is not\n'))
    assert.equal((await arrived(second, 'second')).client, ipv4(10))
    assert.deepEqual([best.taken.length, second.taken.length], [1, 1])
  })

  test(
    'a host is cut off in the middle of a message: it waits, and comes once when the host is back',
    limit,
    async () => {
      const { cut } = internet.hosts
      const peer = await peerOn('cut', { script: { DATA: [{ say: '354 go ahead', end: 'stall' }, undefined] } })
      // More than the system of a peer holds that does not read.
      const body = 'So that it is long, it says the same again and again.\n'.repeat(40_000)
      await submit(alice, ['bob@cut.test'], letterOf('long', body))
      await until('a part of the message', async () => (await cut.receivedBytes()) > 32 * 1024 || undefined)
      await cut.link('down')
      const reply = await until('a reason why it waits', () => waiting('bob@cut.test'))
      assert.match(reply, /the connection broke: E/)
      assert.equal(peer.taken.length, 0)
      await cut.link('up')
      await run(process.execPath, [mainFile, 'queue', 'retry', '--domain', 'cut.test', '--data', mail.data])
      assert.ok((await arrived(peer, 'long')).text.endsWith(`\r\n${body.replaceAll('\n', '\r\n')}`))
      await until('an empty queue', async () => (await queued(mail)).length === 0 || undefined)
      assert.equal(peer.taken.length, 1)
      assert.deepEqual(peer.mistakes, [])
    },
  )

  /** Why it waits, once a try was in vain. */
  async function waiting(recipient: string): Promise<string | undefined> {
    for (const message of await queued(mail)) {
      const recipients = message['recipients'] as readonly { address: string; state: string; reply?: string }[]
      const one = recipients.find(({ address, state }) => address === recipient && state === 'deferred')
      if (one !== undefined) return one.reply
    }
    return undefined
  }

  /** What a peer at that domain saw of us; then the next message needs a connection of its own. */
  async function seenBy(peer: BadPeer, login: Login, domain: string): Promise<[client: string, hello: string]> {
    const subject = `seen-${peer.connections}`
    await submit(login, [`bob@${domain}`], letterOf(subject, 'from which of them?\n', login.address))
    const { client, hello } = await arrived(peer, subject)
    await allClosed(peer)
    return [client, hello]
  }

  const deadEnds = [
    ['IPv6 is unreachable', 'both', 'mail', `unreachable ${ipv6(34)}`],
    ['nothing comes back by IPv6', 'silent', 'silent', `blackhole ${ipv6(10)}`],
  ] as const
  for (const [what, name, where, route] of deadEnds)
    test(`${what}: it goes by IPv4`, limit, async () => {
      const peer = await peerOn(name)
      assert.deepEqual(await seenBy(peer, alice, `${name}.test`), [ipv6(10), 'mail.example.test'])
      await internet.hosts[where].ip(`route add ${route}`)
      assert.deepEqual(await seenBy(peer, alice, `${name}.test`), [ipv4(10), 'mail.example.test'])
    })

  test('two sources: peers see the one that is set for the sender', limit, async () => {
    const peer = await peerOn('sources')
    assert.deepEqual(await seenBy(peer, alice, 'sources.test'), [ipv6(10), 'mail.example.test'])
    assert.deepEqual(await seenBy(peer, news, 'sources.test'), [ipv6(11), 'news.example.test'])
    await submit(news, ['bob@postfix.test'], letterOf('source', 'from another address\n', news.address))
    const [postfix] = systems.values()
    await postfix?.logged(/connect from news\.example\.test\[192\.0\.2\.11\]/)
  })

  test('a source whose IPv6 address has no name: it goes by IPv4', limit, async () => {
    const peer = await peerOn('noname')
    assert.deepEqual(await seenBy(peer, alice, 'noname.test'), [ipv4(12), 'mail.example.test'])
  })
})

function domainOf({ name }: Receiver): string {
  return `${name.toLowerCase()}.test`
}

async function startPeer(
  receiver: Receiver,
  hosts: Readonly<Record<string, Host>>,
  authority: PeerAuthority,
): Promise<MailSystem> {
  const domain = domainOf(receiver)
  const certificate = await authority.certificate({ names: [`mx.${domain}`] })
  const host = ipv4(21 + receivers.indexOf(receiver))
  const setup = receiver.setup({ host, port: 25, domain, certificate })
  const files = { ...setup.files, '/etc/resolv.conf': `nameserver ${ipv4(53)}\n` }
  return await MailSystem.start({ ...setup, files }, hosts[receiver.name.toLowerCase()]?.under)
}

/** Words for curl to reach a server under its name. */
function curl({ caPath }: RunningServer, name: string, address: string, port: number): readonly string[] {
  const trust = ['--ssl-reqd', '--cacert', caPath]
  return ['--silent', '--show-error', '--resolve', `${name}:${port}:${address}`, ...trust]
}

/** The Received field that the last host put before that message, in one line; undefined where the message is not. */
function receivedOf(text: string, subject: string): string | undefined {
  const at = text.indexOf(`Message-ID: <${subject}@example.test>`)
  if (at < 0) return undefined
  // The one before it is ours.
  const fields = text.slice(0, at).split(/^Received: /m)
  return fields.at(-2)?.replaceAll(/\s+/g, ' ')
}
