// Sessions with servers that were not made for these tests: our own over a network in memory, and smtp-server on a port.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { describe, test } from 'node:test'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { deriveKeys, isProven, serverSignature } from '#accounts/scram.ts'
import { Secret } from '#base/secret.ts'
import type { Channel } from '#io/channel.ts'
import { systemClock } from '#io/clock.ts'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { memoryNetwork } from '#io/memory-network.ts'
import { systemRandom } from '#io/random.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { socketDialer } from '#io/socket-dialer.ts'
import type { Sender } from '#receive/intake.ts'
import { smtpSession } from '#smtp/session.ts'
import type { Spool } from '#store/spool.ts'
import { printServerFinal, printServerFirst, readClientFinal, readClientFirst } from '#wire/sasl/scram-message.ts'
import type { RecipientParameters } from '#wire/smtp/parameters.ts'
import { PeerAuthority } from '../../test/support/peer-certificates.ts'
import { message, plan, spooledText } from '../../test/support/sending.ts'
import { openPeer, type PeerNeeds, type PeerPlan, type PeerSession } from './session.ts'

async function sessionWith(needs: PeerNeeds, more: Partial<PeerPlan>): Promise<PeerSession> {
  const opened = await openPeer(needs, { ...plan, ...more })
  assert.ok(opened.kind === 'session', opened.kind === 'failure' ? opened.try.transcript : '')
  return opened
}

interface Taken {
  readonly sender: Sender
  readonly recipients: readonly { readonly address: string; readonly parameters: RecipientParameters }[]
  readonly text: string
}

/** Keeps what it takes; whoever is named no... is refused. */
function ownServer(limits: object = {}) {
  const clock = manualClock()
  const taken: Taken[] = []
  const spool: Spool = {
    hasRoom: () => true,
    open() {
      let text = ''
      return {
        get sizeBytes() {
          return text.length
        },
        write(bytes) {
          text += Buffer.from(bytes).toString('latin1')
          return undefined
        },
        finish: async () => spooledText(text, 100_000_000),
        async [Symbol.asyncDispose]() {},
      }
    },
  }
  const run = smtpSession({
    kind: 'mx',
    authenticator: undefined,
    accounts: undefined,
    spool,
    log: memoryLog(),
    clock,
    random: seededRandom(2),
    hostname: 'mx.peer.example',
    limits,
    intake: {
      begin: (_, sender) => {
        const recipients: { address: string; parameters: RecipientParameters }[] = []
        return {
          kind: 'transaction',
          unwanted: () => false,
          bareLineEnds: 'refuse',
          recipient: async ({ address }, parameters) => {
            if (address.startsWith('no'))
              return {
                kind: 'refused',
                reason: 'no-such-user',
                reply: { code: 550, enhanced: '5.1.1', text: 'no such user' },
                log: {},
              } as never // only its reply is looked at
            recipients.push({ address, parameters })
            return undefined
          },
          commit: async spooled => {
            taken.push({ sender, recipients, text: Buffer.from(spooled.head).toString('latin1') })
            return { kind: 'taken' }
          },
          abort() {},
        }
      },
    },
  })
  const network = memoryNetwork(clock)
  const serve = async (channel: Channel) => await run(channel, new AbortController().signal)
  network.set(plan.address, plan.port, { serve, tls: { names: ['mx.peer.example'] } })
  const needs = { dialer: network, clock, random: seededRandom(1) }
  return { taken, network, clock, session: (more: Partial<PeerPlan> = {}) => sessionWith(needs, more) }
}

describe('our own server', () => {
  test('a session of many messages under TLS, with all that both understand', async () => {
    const { session, taken, network, clock } = ownServer()
    const opened = await session({ tls: { kind: 'verified', names: ['mx.peer.example'], by: 'setting' } })
    assert.equal(opened.capabilities.limits.recipients, 1_000)
    const parameters = {
      body: '8BITMIME',
      smtpUtf8: true,
      requireTls: true,
      ret: 'HDRS',
      envelopeId: 'a+b=c',
    } as const
    const mail = message('Subject: Gr\xc3\xbc\xc3\x9fe\r\n\r\n.\r\n', {
      parameters,
      from: 'jörg@bücher.example',
      arrivedAt: clock.now(),
    })
    const recipient = {
      address: 'anna@peer.example',
      parameters: {
        notify: ['SUCCESS', 'DELAY'] as const,
        originalRecipient: { type: 'utf-8', address: 'änna+x@old.example' },
      },
    }
    for (let sent = 0; sent < 20; sent += 1) {
      const { outcomes } = await opened.deliver({ ...mail, recipients: [recipient, ...mail.recipients] })
      assert.deepEqual(
        outcomes.map(outcome => outcome.kind === 'delivered' && outcome.peerReports),
        [true, true],
      )
    }
    await opened[Symbol.asyncDispose]()
    assert.equal(taken.length, 20)
    const [first] = taken
    assert.equal(first?.text, 'Subject: Gr\xc3\xbc\xc3\x9fe\r\n\r\n.\r\n')
    assert.equal(first?.sender.path?.address, 'jörg@bücher.example')
    assert.deepEqual(
      { ...first?.sender.parameters, declaredBytes: 0 },
      { ...mail.parameters, hold: undefined, deliverBy: undefined, priority: undefined },
    )
    assert.deepEqual(first?.recipients[0], recipient)
    assert.deepEqual(network.faults, [])
    assert.equal(network.open, 0)
  })

  test('refused recipients beside others, alone, and a RSET between', async () => {
    const { session, taken } = ownServer()
    const opened = await session()
    const kinds = async (to: string[]) => {
      const { outcomes } = await opened.deliver(message('a\r\n', { to }))
      return outcomes.map(({ kind }) => kind)
    }
    assert.deepEqual(await kinds(['nobody@peer.example']), ['failed'])
    assert.deepEqual(await kinds(['nobody@peer.example', 'ann@peer.example']), ['failed', 'delivered'])
    assert.deepEqual(await kinds(['bob@peer.example']), ['delivered'])
    assert.equal(taken.length, 2)
  })

  test('a binary message stays one, octet for octet', async () => {
    const { session, taken } = ownServer()
    const opened = await session()
    const text = `a\n\0b\r${'x\r\ny\n'.repeat(100_000)}`
    const parameters = { body: 'BINARYMIME' } as const
    assert.equal((await opened.deliver(message(text, { parameters, headBytes: 100 }))).outcomes[0]?.kind, 'delivered')
    assert.ok(taken[0]?.text === text)
    assert.equal(taken[0]?.sender.parameters.body, 'BINARYMIME')
  })

  test('more recipients and messages than it takes at a time', async () => {
    const { session, taken } = ownServer({ recipients: 2, mailsPerSession: 3 })
    const opened = await session()
    const to = [1, 2, 3, 4, 5].map(number => `u${number}@peer.example`)
    const { outcomes } = await opened.deliver(message('a\r\n', { to }))
    assert.equal(outcomes.filter(({ kind }) => kind === 'delivered').length, 5)
    assert.equal(opened.isUsable, false)
    assert.equal(taken.length, 3)
  })
})

async function smtpServer(options: SMTPServerOptions) {
  const taken: {
    readonly text: string
    readonly from: string
    readonly to: readonly string[]
    readonly user: string
  }[] = []
  const server = new SMTPServer({
    disabledCommands: ['AUTH'],
    logger: false,
    disableReverseLookup: true,
    ...options,
    onData(stream, { envelope, user }, done) {
      const pieces: Buffer[] = []
      stream.on('data', (piece: Buffer) => pieces.push(piece))
      stream.on('end', () => {
        taken.push({
          text: Buffer.concat(pieces).toString('latin1'),
          from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
          to: envelope.rcptTo.map(({ address }) => address),
          user: String(user ?? ''),
        })
        done()
      })
    },
  })
  server.on('error', () => {})
  const listening = server.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const { port } = listening.address() as AddressInfo // a TCP server's address is never text
  return {
    taken,
    port,
    [Symbol.asyncDispose]: () => new Promise<void>(resolve => server.close(() => resolve())),
  }
}

describe('smtp-server, over sockets', async () => {
  const authority = await PeerAuthority.make()
  const certificate = await authority.certificate({ names: ['mx.peer.example'] })
  const needs = {
    dialer: socketDialer({ clock: systemClock, authorities: [authority.pem] }),
    clock: systemClock,
    random: systemRandom,
  }
  const verified = { kind: 'verified', names: ['mx.peer.example'], by: 'setting' } as const
  const local = { host: 'mx.peer.example', address: '127.0.0.1' }
  const { cert, key } = certificate

  test('in the clear, several messages, small and large', async () => {
    await using server = await smtpServer({ hideSTARTTLS: true })
    const opened = await sessionWith(needs, { ...local, port: server.port })
    const large = `Subject: x\r\n\r\n${'.line\r\n'.repeat(40_000)}`
    for (const text of ['Subject: x\r\n\r\n.\r\n..y\r\n', large]) {
      const { outcomes } = await opened.deliver(message(text, { headBytes: 65_536 }))
      assert.equal(outcomes[0]?.kind, 'delivered')
    }
    await opened[Symbol.asyncDispose]()
    assert.ok(server.taken[1]?.text === large)
    assert.equal(server.taken[0]?.text, 'Subject: x\r\n\r\n.\r\n..y\r\n')
    assert.deepEqual(server.taken[0]?.to, ['bob@peer.example'])
  })

  for (const implicitTls of [false, true])
    test(`under TLS that is verified, ${implicitTls ? 'from the start' : 'by STARTTLS'}; a login by PLAIN`, async () => {
      await using server = await smtpServer({
        secure: implicitTls,
        cert,
        key,
        disabledCommands: [],
        authMethods: ['PLAIN', 'LOGIN'],
        onAuth: ({ username, password }, _, done) =>
          password === 'geheim' ? done(null, { user: username }) : done(new Error('no')),
      })
      const credentials = { user: 'relay', password: new Secret('geheim') }
      const where = { ...local, port: server.port, implicitTls, tls: verified }
      const opened = await sessionWith(needs, { ...where, credentials })
      assert.match(opened.tls?.text ?? '', /^TLSv1\.3 TLS_\S+, verified by a trusted certificate$/)
      assert.equal((await opened.deliver(message('a\r\n'))).outcomes[0]?.kind, 'delivered')
      await opened[Symbol.asyncDispose]()
      assert.equal(server.taken[0]?.user, 'relay')
      const wrong = await openPeer(needs, {
        ...plan,
        ...where,
        credentials: { user: 'relay', password: new Secret('falsch') },
      })
      assert.ok(wrong.kind === 'failure' && wrong.at === 'auth', wrong.kind)
      assert.match(wrong.outcome.reply, /535/)
      assert.doesNotMatch(wrong.try.transcript, /falsch|ZmFsc2No/)
    })

  test('a certificate that nobody vouches for: taken where nobody asks, refused where somebody does', async () => {
    const other = await authority.certificate({ names: ['mx.peer.example'], isSelfSigned: true })
    await using server = await smtpServer({ cert: other.cert, key: other.key })
    const opened = await sessionWith(needs, { ...local, port: server.port })
    assert.match(opened.tls?.text ?? '', /^TLSv1\.3/)
    await opened[Symbol.asyncDispose]()
    const refused = await openPeer(needs, { ...plan, ...local, port: server.port, tls: verified })
    assert.ok(refused.kind === 'failure')
    assert.equal(refused.at, 'tls')
    assert.match(refused.outcome.reply, /self-signed certificate/)
    assert.equal(refused.tlsResult?.resultType, 'certificate-not-trusted')
  })
})

describe('a login by SCRAM-SHA-256', () => {
  /** Speaks as RFC 5802 has it, with the arithmetic of our own server. */
  async function scramServer(channel: Channel, { password, knows = true }: { password: string; knows?: boolean }) {
    let text = ''
    const line = async () => {
      while (!text.includes('\r\n')) text += Buffer.from((await channel.read(1000)) ?? '\r\n').toString('latin1')
      const [first = '', ...rest] = text.split('\r\n')
      text = rest.join('\r\n')
      return first
    }
    const say = (words: string) => channel.write(`${words}\r\n`)
    say('220 x')
    await line()
    say('250-x\r\n250 AUTH PLAIN SCRAM-SHA-256')
    const first = readClientFirst(Buffer.from((await line()).split(' ')[2] ?? '', 'base64'))
    const salt = Buffer.from('some salt')
    const keys = await deriveKeys({ mechanism: 'SCRAM-SHA-256', password, salt, iterations: 4096 })
    const nonce = `${first.nonce}server`
    const challenge = printServerFirst({ nonce, salt, iterations: 4096 })
    say(`334 ${btoa(challenge)}`)
    const final = readClientFinal(Buffer.from(await line(), 'base64'))
    const authMessage = `${first.bare},${challenge},${final.withoutProof}`
    assert.equal(final.nonce, nonce)
    if (!isProven(keys, authMessage, final.proof)) return say('535 5.7.8 no')
    const signature = serverSignature(keys, knows ? authMessage : 'something')
    say(`334 ${btoa(printServerFinal(signature))}`)
    assert.equal(await line(), '')
    say('235 2.7.0 welcome')
    await line()
  }

  const table = [
    ['right', { password: 'pass,=word' }, undefined],
    ['wrong', { password: 'other' }, /535 5\.7\.8 no/],
    ['a server that does not know the password', { password: 'pass,=word', knows: false }, /it is not who it says/],
  ] as const
  for (const [name, server, wanted] of table)
    test(name, async () => {
      const clock = manualClock()
      const network = memoryNetwork(clock)
      network.set(plan.address, plan.port, { serve: channel => scramServer(channel, server).catch(() => {}) })
      const credentials = { user: 'a,b=c', password: new Secret('pass,=word') }
      const opened = await openPeer({ dialer: network, clock, random: seededRandom(3) }, { ...plan, credentials })
      if (wanted === undefined) assert.equal(opened.kind, 'session')
      else assert.match(opened.kind === 'failure' ? opened.outcome.reply : '', wanted)
    })
})
