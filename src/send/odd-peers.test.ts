// Peers as others have met them: what was seen in the wild, and what the RFCs ask of a client that is easily left out.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Secret } from '#base/secret.ts'
import type { MemoryTls } from '#io/memory-link.ts'
import { usualExtensions } from '../../test/support/bad-peer.ts'
import { type MessageOptions, message, type SendingOptions, sendingTo } from '../../test/support/sending.ts'
import type { PeerPlan } from './session.ts'

const tls: MemoryTls = { names: ['mx.peer.example'] }
const text = 'Subject: x\r\n\r\ny\r\n'

/** Each command in a packet of its own, and in groups. */
const ways: readonly (readonly string[])[] = [['8BITMIME'], usualExtensions]

describe('TLS', () => {
  test('what a policy in testing mode wants and misses is told with its reason (RFC 8460 4.3)', async () => {
    const { session } = sendingTo({ tls })
    const opened = await session({ tls: { kind: 'opportunistic', tested: ['other.example'] } })
    assert.deepEqual(opened.tlsResult, {
      resultType: 'certificate-host-mismatch',
      reason: 'its certificate is for other names (mx.peer.example)',
      localAddress: '192.0.2.200',
    })
  })

  test('a host that such a policy does not have is told as such, whatever its certificate says', async () => {
    const { tlsResult } = await sendingTo({ tls }).session({ tls: { kind: 'opportunistic', tested: [] } })
    assert.equal(tlsResult.resultType, 'validation-failure')
    assert.equal(tlsResult.reason, 'the MTA-STS policy does not have this mail host')
  })

  test('why the handshake failed is told, though it goes on in the clear', async () => {
    const { session } = sendingTo({ tls: { ...tls, failure: 'no cipher' } })
    const { tlsResult } = await session()
    assert.equal(tlsResult.resultType, 'validation-failure')
    assert.match(tlsResult.reason ?? '', /no cipher/)
  })

  test('a peer that is gone after the handshake: in the clear, where nobody insists on TLS', async () => {
    const options: SendingOptions = { tls, script: { EHLO: [undefined, { end: 'close' }, undefined] } }
    const { session, peer } = sendingTo(options)
    const opened = await session()
    assert.equal(opened.tls, undefined)
    assert.equal(opened.tlsResult.resultType, 'validation-failure')
    assert.equal(peer.connections, 2)
    const marks = opened.opening.transcript.split('\n').flatMap(line => /^(.{4})EHLO/.exec(line)?.[1] ?? [])
    assert.deepEqual(marks, [' -> ', ' ~> ', ' -> '])
    const insisting = await sendingTo(options).open({ tls: { kind: 'encrypted' } })
    assert.ok(insisting.kind === 'failure')
    assert.deepEqual([insisting.at, insisting.outcome.kind], ['tls', 'deferred'])
  })

  const missing: readonly (readonly [string, SendingOptions, string])[] = [
    ['no STARTTLS', {}, '5.7.10'],
    ['another name', { tls: { names: ['other.example'] } }, '5.7.10'],
    ['a handshake that fails', { tls: { ...tls, failure: 'no cipher' } }, '5.7.10'],
  ]
  for (const [name, options, status] of missing)
    test(`REQUIRETLS is not waited for (RFC 8689 4.2.1): ${name}`, async () => {
      const demand = { kind: 'verified', names: ['mx.peer.example'], by: 'requiretls' } as const
      const opened = await sendingTo(options).open({ tls: demand })
      assert.ok(opened.kind === 'failure')
      assert.deepEqual([opened.outcome.kind, opened.outcome.status], ['failed', status])
      const bySetting = await sendingTo(options).open({ tls: { ...demand, by: 'setting' } })
      assert.equal(bySetting.kind === 'failure' && bySetting.outcome.kind, 'deferred')
    })

  test('under DANE the name that is asked for is that of the records (RFC 7672 8.1)', async () => {
    // Of no use: what is asked for is another matter.
    const record = { usage: 1, selector: 0, matching: 0, data: Buffer.from('any') }
    for (const [demand, wanted] of [
      [{ kind: 'dane', records: [record], names: ['real.example', 'mx.peer.example'] }, 'real.example'],
      [{ kind: 'opportunistic' }, 'mx.peer.example'],
    ] as const satisfies readonly (readonly [PeerPlan['tls'], string])[]) {
      const opened = await sendingTo({ tls: tls }).session({ tls: demand })
      assert.equal(opened.tls?.details.servername, wanted)
    }
  })
})

describe('a login', () => {
  test('AUTH=<> goes with each message to who knows us by it (RFC 4954 5)', async () => {
    const credentials = { user: 'relay', password: new Secret('pass word') }
    const { session, peer } = sendingTo({ tls, extensions: ['PIPELINING', 'AUTH PLAIN'] })
    await (await session({ credentials })).deliver(message(text))
    assert.ok(peer.lines.includes('MAIL FROM:<alice@example.test> AUTH=<>'))
    const without = sendingTo({ tls, extensions: ['PIPELINING', 'AUTH PLAIN'] })
    await (await without.session()).deliver(message(text))
    assert.ok(without.peer.lines.includes('MAIL FROM:<alice@example.test>'))
  })

  test('a server that asks again for what came with AUTH PLAIN gets it (RFC 4954 4)', async () => {
    const credentials = { user: 'relay', password: new Secret('pass word') }
    const secret = btoa('\0relay\0pass word')
    const act: SendingOptions['act'] = ({ step, line }) =>
      step === 'AUTH' ? '334 ' : step === 'other' && line === secret ? '235 2.7.0 welcome' : undefined
    const opened = await sendingTo({ tls, extensions: ['AUTH PLAIN'], act }).session({ credentials })
    assert.doesNotMatch(opened.opening.transcript, new RegExp(secret))
  })
})

describe('552', () => {
  const rows: readonly (readonly [string, string, SendingOptions['script'], string, string])[] = [
    ['full mailbox at RCPT', 'mailbox-full', { RCPT: '552 5.2.2 mailbox full' }, 'deferred', '4.2.2'],
    ['too many recipients', 'rate', { RCPT: '552 5.5.3 too many recipients' }, 'deferred', '4.5.3'],
    ['nothing more, at RCPT', 'unclear', { RCPT: '552 no' }, 'deferred', '4.0.0'],
    ['too large, at RCPT', 'too-large', { RCPT: '552 5.3.4 message too big for system' }, 'failed', '5.3.4'],
    ['too large for this one, at RCPT', 'too-large', { RCPT: '552 5.2.3 too large' }, 'failed', '5.2.3'],
    [
      'too large in words, at RCPT',
      'too-large',
      { RCPT: '552 message size exceeds fixed maximum message size' },
      'failed',
      '5.0.0',
    ],
    ['too large, at MAIL', 'too-large', { MAIL: '552 5.3.4 too large' }, 'failed', '5.3.4'],
    ['full, after the message', 'mailbox-full', { message: '552 5.2.2 full' }, 'failed', '5.2.2'],
    ['bare, after the message', 'too-large', { message: '552 no' }, 'failed', '5.0.0'],
    ['bare, at MAIL', 'too-large', { MAIL: '552 no' }, 'failed', '5.0.0'],
  ]
  for (const [name, class_, script, kind, status] of rows)
    for (const extensions of ways)
      test(`${name}, ${extensions.length > 1 ? 'in groups' : 'one by one'}: ${kind}`, async () => {
        const { session } = sendingTo({ extensions, ...(script && { script }) })
        const { outcomes } = await (await session()).deliver(message(text))
        const [outcome] = outcomes
        assert.ok(outcome !== undefined && outcome.kind !== 'delivered')
        assert.deepEqual([outcome.kind, outcome.status, outcome.class], [kind, status, class_])
      })
})

describe('RSET', () => {
  for (const extensions of ways)
    test(`a peer that will not have it is left, and nobody is told no for that: ${extensions.length > 1 ? 'in groups' : 'one by one'}`, async () => {
      const { session } = sendingTo({
        extensions,
        script: {
          RCPT: ['550 5.1.1 unknown', undefined],
          RSET: '503 5.5.0 not available',
          MAIL: [undefined, '503 5.5.1 nested MAIL'],
        },
      })
      const opened = await session()
      await opened.deliver(message(text))
      const { outcomes, wasStale } = await opened.deliver(message(text))
      assert.equal(outcomes[0]?.kind, 'deferred')
      assert.equal(wasStale, true)
      assert.equal(opened.isUsable, false)
    })
})

describe('REQUIRETLS of a report', () => {
  const report: MessageOptions = { from: '', parameters: { requireTls: true } }

  test('goes where nobody offers it, unasked for (RFC 8689 5)', async () => {
    const { session, peer } = sendingTo({ tls })
    const { outcomes } = await (await session()).deliver(message(text, report))
    assert.equal(outcomes[0]?.kind, 'delivered')
    assert.ok(peer.lines.some(line => line.startsWith('MAIL FROM:<> SIZE')))
    assert.ok(!peer.lines.some(line => line.includes('REQUIRETLS')))
  })
})

describe('BDAT', () => {
  test('no octet of a message goes to who has taken no recipient: some read it as commands', async () => {
    for (const script of [
      { RCPT: '550 5.1.1 unknown' },
      { MAIL: '550 5.7.1 no', RCPT: '503 5.5.1 no', BDAT: '503 5.5.1 no' },
    ]) {
      const { session, peer } = sendingTo({ script })
      const opened = await session()
      assert.equal((await opened.deliver(message(text))).outcomes[0]?.kind, 'failed')
      assert.ok(!peer.lines.some(line => line.startsWith('BDAT')), peer.lines.join())
    }
  })

  test('nor one behind a chunk that was not taken yet', async () => {
    const { session, peer } = sendingTo({
      extensions: [...usualExtensions, 'BINARYMIME'],
      script: { BDAT: { say: '552 5.3.4 too much' } },
    })
    const mail = message('x'.repeat(1_000_000), { headBytes: 100, parameters: { body: 'BINARYMIME' } })
    assert.equal((await (await session()).deliver(mail)).outcomes[0]?.kind, 'failed')
    assert.equal(peer.lines.filter(line => line.startsWith('BDAT')).length, 1)
  })

  test('a large message of lines goes by DATA', async () => {
    const { session, peer } = sendingTo()
    await (await session()).deliver(message('x\r\n'.repeat(100_000), { headBytes: 100 }))
    assert.ok(peer.lines.includes('DATA'))
    assert.equal(peer.taken[0]?.text.length, 300_000)
  })
})

describe('BY with N', () => {
  const mail = message(text, { parameters: { deliverBy: { seconds: 120, mode: 'notify', trace: false } } })
  test('goes to who does not watch the time, and the sender is to hear that (RFC 2852 4)', async () => {
    const { outcomes } = await (await sendingTo().session()).deliver(mail)
    assert.deepEqual(outcomes, [{ kind: 'delivered', reply: '250 2.0.0 taken', peerReports: true, isUntimed: true }])
    const watching = await sendingTo({ extensions: [...usualExtensions, 'DELIVERBY'] }).session()
    const watched = await watching.deliver(mail)
    assert.deepEqual(watched.outcomes, [{ kind: 'delivered', reply: '250 2.0.0 taken', peerReports: true }])
  })
})
