import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Secret } from '#base/secret.ts'
import type { MemoryTls } from '#io/memory-link.ts'
import { message, plan, type SendingOptions, sendingTo, settled, whenSettled } from '../../test/support/sending.ts'
import { openPeer, type PeerFailure, type PeerPlan, type PeerSession } from './session.ts'

const tls: MemoryTls = { names: ['mx.peer.example'] }

function failureOf(opened: PeerSession | PeerFailure): PeerFailure {
  assert.equal(opened.kind, 'failure')
  return opened as PeerFailure // just looked at
}

describe('a session that comes about', () => {
  test('in the clear: greeting, EHLO, a message by BDAT, QUIT', async () => {
    const { session, peer, network } = sendingTo()
    const opened = await session()
    assert.equal(opened.tls, undefined)
    assert.equal(opened.capabilities.pipelining, true)
    const { outcomes, try: tried } = await opened.deliver(
      message('Subject: x\r\n\r\ny\r\n', { fields: 'Received: z\r\n' }),
    )
    assert.deepEqual(outcomes, [{ kind: 'delivered', reply: '250 2.0.0 taken', peerReports: true }])
    await opened[Symbol.asyncDispose]()
    assert.equal(peer.taken[0]?.text, 'Received: z\r\nSubject: x\r\n\r\ny\r\n')
    assert.deepEqual(peer.mistakes, [])
    assert.equal(network.open, 0)
    assert.deepEqual(peer.lines, [
      'EHLO mail.example.test',
      'MAIL FROM:<alice@example.test> SIZE=30',
      'RCPT TO:<bob@peer.example>',
      'BDAT 30 LAST',
      'QUIT',
    ])
    assert.equal(
      tried.transcript,
      [
        '=== Trying mx.peer.example (192.0.2.1:25)...',
        '=== Connected to mx.peer.example (192.0.2.1:25) from 192.0.2.200.',
        '<-  220 peer.example ESMTP',
        ' -> EHLO mail.example.test',
        '<-  250-peer.example',
        '<-  250-PIPELINING',
        '<-  250-SIZE 52428800',
        '<-  250-8BITMIME',
        '<-  250-SMTPUTF8',
        '<-  250-ENHANCEDSTATUSCODES',
        '<-  250-DSN',
        '<-  250 CHUNKING',
        ' -> MAIL FROM:<alice@example.test> SIZE=30',
        ' -> RCPT TO:<bob@peer.example>',
        '<-  250 2.1.0 ok',
        '<-  250 2.1.5 ok',
        ' -> BDAT 30 LAST',
        '=== 30 octets of the message',
        '<-  250 2.0.0 taken',
        '',
      ].join('\n'),
    )
    assert.equal(tried.host, 'mx.peer.example')
    assert.equal(tried.address, '192.0.2.1:25')
  })

  test('under TLS where it is offered: EHLO is said again, and what it says then counts', async () => {
    const { session, peer } = sendingTo({ tls })
    const opened = await session()
    assert.equal(opened.tls?.text, 'TLSv1.3 TLS_AES_256_GCM_SHA384')
    assert.equal(opened.tlsResult.resultType, undefined)
    const { try: tried } = await opened.deliver(message('a\r\n'))
    assert.deepEqual(peer.lines.slice(0, 3), ['EHLO mail.example.test', 'STARTTLS', 'EHLO mail.example.test'])
    assert.equal(peer.taken[0]?.isTls, true)
    assert.equal(tried.tls, 'TLSv1.3 TLS_AES_256_GCM_SHA384')
    assert.match(
      tried.transcript,
      /^ -> STARTTLS\n<- {2}220 .*\n=== TLS started: TLSv1\.3 .*\n ~> EHLO .*\n<~ {2}250-/m,
    )
  })

  test('what was offered in the clear does not count under TLS', async () => {
    const script = { EHLO: ['250-x\n250-SIZE 1\n250-DSN\n250 STARTTLS', '250-x\n250 SIZE 2000'] }
    const { session } = sendingTo({ tls, script })
    const { capabilities } = await session()
    assert.deepEqual([capabilities.sizeBytes, capabilities.dsn], [2000, false])
  })

  test('HELO for who does not know EHLO', async () => {
    const { session, peer } = sendingTo({ script: { EHLO: '502 5.5.1 what?' } })
    const opened = await session()
    assert.equal(opened.capabilities.isExtended, false)
    await opened.deliver(message('.a\r\n.'))
    assert.equal(peer.taken[0]?.text, '.a\r\n.\r\n')
    assert.deepEqual(peer.lines.slice(1), [
      'HELO mail.example.test',
      'MAIL FROM:<alice@example.test>',
      'RCPT TO:<bob@peer.example>',
      'DATA',
    ])
    assert.deepEqual(peer.mistakes, [])
  })

  test('from the local address and under the name that the plan has', async () => {
    const { session, network, peer } = sendingTo()
    await session({ localAddress: '198.51.100.7', helloName: 'out7.example.test' })
    assert.equal(network.dials[0]?.localAddress, '198.51.100.7')
    assert.equal(peer.lines[0], 'EHLO out7.example.test')
  })

  test('under TLS from the start', async () => {
    const { network, peer, session } = sendingTo({ extensions: ['PIPELINING'] })
    network.set(plan.address, 465, { serve: peer.run, implicitTls: true, tls })
    const opened = await session({ implicitTls: true, port: 465, tls: { kind: 'encrypted' } })
    assert.equal(opened.tls?.details.version, 'TLSv1.3')
    assert.deepEqual(peer.lines, ['EHLO mail.example.test'])
  })
})

describe('TLS as it is demanded', () => {
  const verified: PeerPlan['tls'] = { kind: 'verified', names: ['mx.peer.example'], by: 'mta-sts' }
  type Wanted =
    | { readonly failure: RegExp; readonly resultType: string }
    | { readonly tls: string | undefined; readonly resultType?: string }
  const table: readonly [string, SendingOptions, Partial<PeerPlan>, Wanted][] = [
    ['never, though it is offered', { tls }, { tls: { kind: 'none' } }, { tls: undefined }],
    ['not offered, nobody minds', {}, {}, { tls: undefined, resultType: 'starttls-not-supported' }],
    [
      'not offered, but wanted',
      {},
      { tls: { kind: 'encrypted' } },
      { failure: /^mx\.peer\.example \(192\.0\.2\.1\): it offers no TLS/, resultType: 'starttls-not-supported' },
    ],
    [
      'taken back, nobody minds',
      { tls, script: { STARTTLS: '454 4.7.0 later' } },
      {},
      { tls: undefined, resultType: 'starttls-not-supported' },
    ],
    [
      'taken back, but wanted',
      { tls, script: { STARTTLS: '454 4.7.0 later' } },
      { tls: verified },
      { failure: /it offers no TLS, which the MTA-STS policy/, resultType: 'starttls-not-supported' },
    ],
    [
      'any certificate',
      { tls: { names: [], distrust: 'self-signed certificate' } },
      { tls: { kind: 'encrypted' } },
      { tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384' },
    ],
    ['verified', { tls }, { tls: verified }, { tls: 'TLSv1.3 TLS_AES_256_GCM_SHA384, verified by MTA-STS' }],
    [
      'for other names',
      { tls: { names: ['other.example'] } },
      { tls: verified },
      { failure: /other names \(other\.example\)/, resultType: 'certificate-host-mismatch' },
    ],
    [
      'expired',
      { tls: { ...tls, distrust: 'certificate has expired' } },
      { tls: verified },
      { failure: /certificate has expired/, resultType: 'certificate-expired' },
    ],
    [
      'a handshake that fails, but was wanted',
      { tls: { ...tls, failure: 'no shared cipher' } },
      { tls: verified },
      { failure: /no shared cipher/, resultType: 'validation-failure' },
    ],
    [
      'too old a version, but wanted',
      { tls: { ...tls, version: 'TLSv1' } },
      { tls: { kind: 'encrypted' } },
      { failure: /unsupported protocol/, resultType: 'validation-failure' },
    ],
    [
      'offered without being there, but wanted',
      { offersTls: true, script: { handshake: { end: 'close' } } },
      { tls: { kind: 'encrypted' } },
      { failure: /TLS handshake failed/, resultType: 'validation-failure' },
    ],
  ]
  for (const [name, options, more, wanted] of table)
    test(name, async () => {
      const { open, network } = sendingTo(options)
      const opened = await open(more)
      if ('failure' in wanted) {
        const failure = failureOf(opened)
        assert.equal(failure.at, 'tls')
        assert.equal(failure.outcome.kind, 'deferred')
        assert.equal(failure.outcome.class, 'tls')
        assert.match(failure.outcome.reply, wanted.failure)
        assert.equal(failure.tlsResult?.resultType, wanted.resultType)
        assert.equal(failure.tlsResult?.localAddress, '192.0.2.200')
        assert.equal(network.open, 0)
      } else {
        assert.ok(opened.kind === 'session', 'a failure')
        assert.equal(opened.tls?.text, wanted.tls)
        assert.equal(opened.tlsResult.resultType, wanted.resultType)
      }
    })

  test('a handshake that fails and was nobody’s wish: once more, in the clear', async () => {
    const { session, peer, network } = sendingTo({ tls: { ...tls, failure: 'no shared cipher' } })
    const opened = await session()
    assert.equal(opened.tls, undefined)
    assert.equal(opened.tlsResult.resultType, 'validation-failure')
    assert.deepEqual(peer.lines, ['EHLO mail.example.test', 'STARTTLS', 'EHLO mail.example.test'])
    assert.equal(network.dials.length, 2)
    const { outcomes, try: tried } = await opened.deliver(message('a\r\n'))
    assert.equal(outcomes[0]?.kind, 'delivered')
    assert.equal(tried.tls, undefined)
    assert.match(tried.transcript, /\*\*\* the TLS handshake failed: no shared cipher\n=== Trying/)
    assert.doesNotMatch(tried.transcript, /~>/)
  })

  test('what somebody put behind the answer to STARTTLS is not taken for the peer’s (RFC 3207 5)', async () => {
    const { open, network } = sendingTo({ tls, script: { STARTTLS: '220 go\n250 injected' } })
    const failure = failureOf(await open({ tls: { kind: 'encrypted' } }))
    assert.equal(failure.at, 'tls')
    assert.match(failure.outcome.reply, /sent octets before the handshake/)
    assert.equal(network.open, 0)
  })
})

describe('a session that does not come about', () => {
  type Row = readonly [
    string,
    SendingOptions,
    Partial<PeerFailure> & { readonly kind?: 'failure' },
    Partial<PeerFailure['outcome']>,
    RegExp,
  ]
  const table: readonly Row[] = [
    [
      'greeting 5xx',
      { script: { greeting: '554 5.7.1 go away' } },
      { at: 'greeting', isPermanent: true },
      { kind: 'failed', status: '5.7.1', by: 'mx.peer.example' },
      /^554 5\.7\.1 go away$/,
    ],
    [
      'greeting 4xx',
      { script: { greeting: '421 4.3.2 too busy' } },
      { at: 'greeting', isPermanent: false },
      { kind: 'deferred', status: '4.3.2' },
      /^421 4\.3\.2 too busy$/,
    ],
    [
      'greeting 521',
      { script: { greeting: '521 no mail here' } },
      { at: 'greeting', isPermanent: true },
      { kind: 'failed', status: '5.0.0' },
      /^521 no mail here$/,
    ],
    [
      'greeting of the wrong kind',
      { script: { greeting: '250 hello' } },
      { at: 'greeting' },
      { kind: 'deferred', class: 'protocol' },
      /out of order: 250 hello/,
    ],
    [
      'no greeting: closes',
      { script: { greeting: { end: 'close' } } },
      { at: 'greeting' },
      { kind: 'deferred', class: 'network', status: '4.4.2' },
      /the peer closed the connection before its greeting/,
    ],
    [
      'no greeting: resets',
      { script: { greeting: { end: 'reset' } } },
      { at: 'greeting' },
      { kind: 'deferred', class: 'network' },
      /ECONNRESET/,
    ],
    [
      'no greeting: hangs',
      { script: { greeting: { end: 'hang' } } },
      { at: 'greeting' },
      { kind: 'deferred', class: 'network' },
      /sent nothing for too long before its greeting/,
    ],
    [
      'half a greeting, then nothing',
      { script: { greeting: { say: '220-half\r\n220', raw: true, end: 'hang' } } },
      { at: 'greeting' },
      { kind: 'deferred', class: 'network' },
      /nothing for too long/,
    ],
    [
      'no SMTP at all',
      { script: { greeting: 'SSH-2.0-OpenSSH_9.9' } },
      { at: 'greeting' },
      { kind: 'deferred', class: 'protocol', status: '4.5.0' },
      /no reply: SSH-2\.0/,
    ],
    [
      'a greeting without end',
      { script: { greeting: `${'220-x\n'.repeat(600)}220 x` } },
      { at: 'greeting' },
      { kind: 'deferred', class: 'protocol' },
      /too many lines/,
    ],
    [
      'EHLO 421',
      { script: { EHLO: '421 4.7.0 not now' } },
      { at: 'hello' },
      { kind: 'deferred', status: '4.7.0' },
      /^421/,
    ],
    ['EHLO 4xx', { script: { EHLO: '450 4.7.1 not now' } }, { at: 'hello' }, { kind: 'deferred' }, /^450/],
    [
      'EHLO and HELO 5xx',
      { script: { EHLO: '550 5.7.1 no', HELO: '550 5.7.1 no' } },
      { at: 'hello', isPermanent: true },
      { kind: 'failed' },
      /^550/,
    ],
    [
      'EHLO: closes',
      { script: { EHLO: { end: 'close' } } },
      { at: 'hello' },
      { kind: 'deferred', class: 'network' },
      /closed the connection in answer to EHLO/,
    ],
    [
      'EHLO: hangs',
      { script: { EHLO: { end: 'hang' } } },
      { at: 'hello' },
      { kind: 'deferred', class: 'network' },
      /nothing for too long in answer to EHLO/,
    ],
  ]
  for (const [name, options, wanted, outcome, reply] of table)
    test(name, async () => {
      const { open, clock, network } = sendingTo(options)
      const { value } = await whenSettled(clock, open())
      const failure = failureOf(value)
      assert.deepEqual({ at: failure.at, isPermanent: failure.isPermanent }, { isPermanent: false, ...wanted })
      assert.match(failure.outcome.reply, reply)
      for (const [key, value] of Object.entries(outcome)) assert.equal(Reflect.get(failure.outcome, key), value, key)
      assert.equal(failure.tlsResult, undefined)
      assert.match(failure.try.transcript, /^=== Trying mx\.peer\.example/)
      assert.equal(network.open, 0)
    })

  const unreached = [
    ['refused', /it refused the connection \(ECONNREFUSED\)/, 'network'],
    ['unreachable', /there is no way to it \(EHOSTUNREACH\)/, 'network'],
    ['silent', /it did not answer/, 'network'],
  ] as const
  for (const [place, reply, of] of unreached)
    test(`connect: ${place}`, async () => {
      const { open, network, clock } = sendingTo()
      network.set(plan.address, plan.port, place)
      const { value, tookMs } = await whenSettled(clock, open({ connectMs: 5_000 }))
      const failure = failureOf(value)
      assert.equal(failure.at, 'connect')
      assert.equal(failure.outcome.class, of)
      assert.equal(failure.outcome.status, '4.4.1')
      assert.match(failure.outcome.reply, reply)
      assert.equal(failure.try.address, undefined)
      assert.equal(tookMs, place === 'silent' ? 5_000 : 0)
    })

  test('an address of ours that we do not have', async () => {
    const { open, network } = sendingTo()
    network.sources = new Set(['198.51.100.7'])
    const failure = failureOf(await open({ localAddress: '198.51.100.8' }))
    assert.equal(failure.outcome.class, 'ours')
  })

  test('the signal ends it, wherever it is', async () => {
    for (const script of [{ greeting: { end: 'hang' } }, { EHLO: { end: 'hang' } }] as const) {
      const { network, clock } = sendingTo({ script })
      const stop = new AbortController()
      const random = { bytes: () => new Uint8Array(1) }
      const opening = openPeer({ dialer: network, clock, random }, plan, stop.signal)
      await settled()
      stop.abort()
      const failure = failureOf(await opening)
      assert.deepEqual([failure.at, failure.outcome.class], ['connect', 'ours'])
      assert.equal(network.open, 0)
    }
  })

  test('the signal that fires when the connection stands already, and nobody has seen it yet', async () => {
    const { network, clock } = sendingTo()
    const stop = new AbortController()
    const random = { bytes: () => new Uint8Array(1) }
    const dialer: typeof network.dial = async to => {
      const channel = await network.dial(to)
      stop.abort()
      return channel
    }
    const failure = failureOf(await openPeer({ dialer: { dial: dialer }, clock, random }, plan, stop.signal))
    assert.deepEqual([failure.at, failure.outcome.class], ['connect', 'ours'])
    assert.equal(network.open, 0)
  })

  test('a reply that drips is waited for no longer than one that does not come', async () => {
    const { network, clock, open } = sendingTo()
    network.set(plan.address, plan.port, {
      async serve(channel) {
        for (;;) {
          const next = Promise.withResolvers<void>()
          clock.after(60_000, next.resolve)
          await next.promise
          channel.write('220-x\r\n')
          await channel.flush()
        }
      },
    })
    const { value, tookMs } = await whenSettled(clock, open())
    assert.match(failureOf(value).outcome.reply, /too long/)
    assert.equal(tookMs, 300_000)
  })
})

describe('logging in', () => {
  const credentials = { user: 'relay', password: new Secret('pass word') }
  const offering = (auth: string): SendingOptions => ({ tls, extensions: ['PIPELINING', `AUTH ${auth}`] })

  test('by PLAIN, and no secret in the transcript', async () => {
    const { session, peer } = sendingTo(offering('LOGIN PLAIN'))
    const opened = await session({ credentials })
    assert.equal(peer.lines.at(-1), `AUTH PLAIN ${btoa('\0relay\0pass word')}`)
    assert.match(opened.opening.transcript, /^ ~> AUTH PLAIN \[secret\]$/m)
  })

  test('by LOGIN', async () => {
    const options = offering('LOGIN')
    const answers: Record<string, string> = { [btoa('relay')]: '334 UGFzc3dvcmQ6', [btoa('pass word')]: '235 ok' }
    const act: SendingOptions['act'] = ({ step, line }) =>
      step === 'AUTH' ? '334 VXNlcm5hbWU6' : step === 'other' ? answers[line] : undefined
    const { session, peer } = sendingTo({ ...options, act })
    await session({ credentials })
    assert.deepEqual(peer.lines.slice(-3), ['AUTH LOGIN', btoa('relay'), btoa('pass word')])
  })

  const refused: readonly [string, SendingOptions, Partial<PeerPlan>, RegExp][] = [
    [
      'wrong password',
      { ...offering('PLAIN'), script: { AUTH: '535 5.7.8 no' } },
      {},
      /the login did not succeed: 535 5\.7\.8 no/,
    ],
    ['in the clear', { extensions: ['AUTH PLAIN LOGIN'] }, {}, /would not show the password/],
    ['not offered', { tls, extensions: [] }, {}, /it offers no login/],
    ['nothing that we know', offering('GSSAPI NTLM'), {}, /none of our mechanisms \(GSSAPI NTLM\)/],
    [
      'it closes',
      { ...offering('PLAIN'), script: { AUTH: { end: 'close' } } },
      {},
      /closed the connection during the login/,
    ],
  ]
  for (const [name, options, more, reply] of refused)
    test(name, async () => {
      const { open, peer } = sendingTo(options)
      const failure = failureOf(await open({ credentials, ...more }))
      assert.equal(failure.at, 'auth')
      assert.equal(failure.outcome.kind, 'deferred')
      assert.match(failure.outcome.reply, reply)
      if (name === 'in the clear') assert.deepEqual(peer.lines, ['EHLO mail.example.test'])
    })

  test('in the clear where somebody has said so', async () => {
    const { session, peer } = sendingTo({ extensions: ['AUTH PLAIN'] })
    await session({ credentials, tls: { kind: 'none' } })
    assert.equal(peer.lines.at(-1), `AUTH PLAIN ${btoa('\0relay\0pass word')}`)
  })
})
