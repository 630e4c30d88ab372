import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { RefusedOutcome } from '#mail/outcome.ts'
import { usualExtensions } from '../../test/support/bad-peer.ts'
import type { Script } from '../../test/support/bad-peer-script.ts'
import { message, plan, type SendingOptions, sendingTo, whenSettled } from '../../test/support/sending.ts'

const plain: readonly string[] = ['8BITMIME', 'SIZE']
const pipelined: readonly string[] = ['PIPELINING', '8BITMIME', 'SIZE']
const chunked: readonly string[] = ['CHUNKING', '8BITMIME', 'SIZE']

/** Every way in which commands and message can go. */
const ways: readonly (readonly [string, readonly string[] | undefined])[] = [
  ['one by one, by DATA', plain],
  ['in groups, by DATA', pipelined],
  ['one by one, in chunks', chunked],
  ['in groups, in chunks', usualExtensions],
]

const text = 'Subject: x\r\n\r\ny\r\n'
const two = ['ann@peer.example', 'bob@peer.example']

type Wanted = readonly [kind: string, status: string, class_?: string]

interface Row {
  readonly name: string
  readonly script: Script
  /** Of ann and bob. */
  readonly wanted: readonly [Wanted | 'delivered', Wanted | 'delivered']
  readonly reply?: RegExp
  /** Whether the session may go on; default: yes. */
  readonly isUsable?: boolean
  readonly only?: RegExp
}

const lost: Wanted = ['deferred', '4.4.2', 'network']
const rows: readonly Row[] = [
  { name: 'all goes well', script: {}, wanted: ['delivered', 'delivered'] },
  {
    name: 'MAIL 5xx',
    script: { MAIL: '550 5.7.1 not from there' },
    wanted: [
      ['failed', '5.7.1'],
      ['failed', '5.7.1'],
    ],
    reply: /^550 5\.7\.1 not from there$/,
  },
  {
    name: 'MAIL 4xx',
    script: { MAIL: '451 4.3.0 later' },
    wanted: [
      ['deferred', '4.3.0'],
      ['deferred', '4.3.0'],
    ],
  },
  {
    name: 'MAIL 421',
    script: { MAIL: { say: '421 4.7.0 enough', end: 'close' } },
    wanted: [
      ['deferred', '4.7.0'],
      ['deferred', '4.7.0'],
    ],
    reply: /^421/,
    isUsable: false,
  },
  {
    name: 'MAIL closes',
    script: { MAIL: { end: 'close' } },
    wanted: [lost, lost],
    reply: /closed the connection in answer to MAIL/,
    isUsable: false,
  },
  { name: 'MAIL resets', script: { MAIL: { end: 'reset' } }, wanted: [lost, lost], isUsable: false },
  {
    name: 'MAIL hangs',
    script: { MAIL: { end: 'hang' } },
    wanted: [lost, lost],
    reply: /nothing for too long in answer to MAIL/,
    isUsable: false,
  },
  {
    name: 'MAIL: half a reply',
    script: { MAIL: { say: '250-2.1.0 ha', raw: true, end: 'close' } },
    wanted: [lost, lost],
    isUsable: false,
  },
  {
    name: 'MAIL: no reply at all',
    script: { MAIL: 'what was that' },
    wanted: [
      ['deferred', '4.5.0', 'protocol'],
      ['deferred', '4.5.0', 'protocol'],
    ],
    isUsable: false,
  },
  {
    name: 'MAIL 3xx',
    script: { MAIL: '354 go' },
    wanted: [
      ['deferred', '4.5.0', 'protocol'],
      ['deferred', '4.5.0', 'protocol'],
    ],
  },
  {
    name: 'a bare LF behind replies',
    script: { MAIL: { say: '250 2.1.0 ok\n', raw: true }, RCPT: { say: '250-2.1.5 well\n250 2.1.5 ok\n', raw: true } },
    wanted: ['delivered', 'delivered'],
  },
  {
    name: 'one RCPT 5xx',
    script: { RCPT: ['550 5.1.1 no such user', undefined] as never },
    wanted: [['failed', '5.1.1', 'recipient-unknown'], 'delivered'],
  },
  {
    name: 'one RCPT 4xx',
    script: { RCPT: ['250 2.1.5 ok', '450 4.2.1 busy'] },
    wanted: ['delivered', ['deferred', '4.2.1']],
  },
  {
    name: 'all RCPT 5xx',
    script: { RCPT: '550 5.1.1 no such user' },
    wanted: [
      ['failed', '5.1.1'],
      ['failed', '5.1.1'],
    ],
  },
  {
    name: 'RCPT 552 is 452',
    script: { RCPT: ['250 ok', '552 5.2.2 mailbox full'] },
    wanted: ['delivered', ['deferred', '4.2.2', 'mailbox-full']],
    reply: /^552 5\.2\.2 mailbox full$/,
  },
  {
    name: 'RCPT 552 without more',
    script: { RCPT: '552 no room' },
    wanted: [
      ['deferred', '4.0.0'],
      ['deferred', '4.0.0'],
    ],
  },
  { name: 'RCPT 251', script: { RCPT: '251 2.1.5 will forward' }, wanted: ['delivered', 'delivered'] },
  {
    name: 'RCPT 421, closes',
    script: { RCPT: ['250 ok', { say: '421 4.7.0 enough', end: 'close' }] },
    wanted: [
      ['deferred', '4.7.0'],
      ['deferred', '4.7.0'],
    ],
    reply: /^421/,
    isUsable: false,
  },
  {
    name: 'RCPT: one known, then it closes',
    script: { RCPT: ['550 5.1.1 no', { end: 'close' }] },
    wanted: [['failed', '5.1.1'], lost],
    isUsable: false,
  },
  {
    name: 'RCPT hangs',
    script: { RCPT: { end: 'hang' } },
    wanted: [lost, lost],
    reply: /in answer to RCPT/,
    isUsable: false,
  },
  {
    name: 'DATA 5xx',
    only: /DATA/,
    script: { DATA: '554 5.7.1 no' },
    wanted: [
      ['failed', '5.7.1'],
      ['failed', '5.7.1'],
    ],
  },
  {
    name: 'DATA 4xx',
    only: /DATA/,
    script: { DATA: '451 4.3.0 later' },
    wanted: [
      ['deferred', '4.3.0'],
      ['deferred', '4.3.0'],
    ],
  },
  {
    name: 'DATA 2xx',
    only: /DATA/,
    script: { DATA: '250 ok' },
    wanted: [
      ['deferred', '4.5.0', 'protocol'],
      ['deferred', '4.5.0', 'protocol'],
    ],
    isUsable: false,
  },
  {
    name: 'DATA closes',
    only: /DATA/,
    script: { DATA: { end: 'close' } },
    wanted: [lost, lost],
    reply: /in answer to DATA/,
    isUsable: false,
  },
  {
    name: 'DATA 421',
    only: /DATA/,
    script: { DATA: { say: '421 4.3.2 bye', end: 'close' } },
    wanted: [
      ['deferred', '4.3.2'],
      ['deferred', '4.3.2'],
    ],
    reply: /^421/,
    isUsable: false,
  },
  {
    name: 'message 5xx',
    script: { message: '554 5.6.0 spam' },
    wanted: [
      ['failed', '5.6.0'],
      ['failed', '5.6.0'],
    ],
  },
  {
    name: 'message 4xx',
    script: { message: '451 4.7.1 greylisted' },
    wanted: [
      ['deferred', '4.7.1'],
      ['deferred', '4.7.1'],
    ],
  },
  {
    name: 'message 421',
    script: { message: { say: '421 4.3.2 bye', end: 'close' } },
    wanted: [
      ['deferred', '4.3.2'],
      ['deferred', '4.3.2'],
    ],
    isUsable: false,
  },
  {
    name: 'message closes',
    script: { message: { end: 'close' } },
    wanted: [lost, lost],
    reply: /before it answered to the message: it may have it/,
    isUsable: false,
  },
  { name: 'message resets', script: { message: { end: 'reset' } }, wanted: [lost, lost], isUsable: false },
  {
    name: 'message hangs',
    script: { message: { end: 'hang' } },
    wanted: [lost, lost],
    reply: /nothing for too long before it answered/,
    isUsable: false,
  },
  {
    name: 'message 3xx',
    script: { message: '354 go on' },
    wanted: [
      ['deferred', '4.5.0', 'protocol'],
      ['deferred', '4.5.0', 'protocol'],
    ],
  },
]

for (const [way, extensions] of ways)
  describe(way, () => {
    for (const row of rows) {
      if (row.only !== undefined && !row.only.test(way)) continue
      test(row.name, async () => {
        const { session, peer, clock, network } = sendingTo({ script: row.script, ...(extensions && { extensions }) })
        const opened = await session()
        const { value } = await whenSettled(clock, opened.deliver(message(text, { to: two })))
        for (const [at, wanted] of row.wanted.entries()) {
          const outcome = value.outcomes[at]
          assert.ok(outcome)
          if (wanted === 'delivered') assert.equal(outcome.kind, 'delivered')
          else {
            const refused = outcome as RefusedOutcome // asserted in the next line
            assert.deepEqual([refused.kind, refused.status], wanted.slice(0, 2))
            if (wanted[2] !== undefined) assert.equal(refused.class, wanted[2])
          }
        }
        const replies = value.outcomes.map(({ reply }) => reply)
        if (row.reply !== undefined)
          assert.ok(
            replies.some(reply => row.reply?.test(reply)),
            replies.join(),
          )
        assert.equal(opened.isUsable, row.isUsable ?? true)
        const delivered = row.wanted.filter(wanted => wanted === 'delivered').length
        assert.equal(peer.taken.length, delivered > 0 ? 1 : 0)
        if (delivered > 0) assert.equal(peer.taken[0]?.to.length, delivered)
        if (row.isUsable !== false) {
          // What it was told to do wrong it does again: only that the two still understand each other counts.
          const again = await opened.deliver(message(text))
          assert.notEqual(again.outcomes[0]?.kind === 'deferred' && again.outcomes[0].status, '4.4.2')
        }
        await opened[Symbol.asyncDispose]()
        assert.deepEqual(peer.mistakes, [])
        assert.equal(network.open, 0)
        assert.deepEqual(network.faults, [])
      })
    }

    test('message after message, RSET only behind one that was not brought to its end', async () => {
      const script: Script = { RCPT: ['550 5.1.1 no', '250 ok'], message: ['554 5.6.0 no', '250 ok'] }
      const { session, peer } = sendingTo({ script, ...(extensions && { extensions }) })
      const opened = await session()
      for (const wanted of ['failed', 'failed', 'delivered', 'delivered'])
        assert.equal((await opened.deliver(message(text))).outcomes[0]?.kind, wanted)
      assert.equal(peer.lines.filter(line => line === 'RSET').length, 2)
      assert.equal(opened.mails, 4)
      assert.deepEqual(peer.mistakes, [])
    })

    test('no field of ours holds a line end of one octet', async () => {
      const { session, peer } = sendingTo(extensions ? { extensions } : {})
      const opened = await session()
      for (const fields of ['A: b\n.\nMAIL FROM:<x@y>\r\n', 'A: b\r\n.\rC: d\r\n', 'A: b'])
        assert.equal((await opened.deliver(message(text, { fields }))).outcomes[0]?.kind, 'delivered')
      const first = 'A: b\r\n.\r\nMAIL FROM:<x@y>\r\n'
      assert.deepEqual(
        peer.taken.map(taken => taken.text),
        [first + text, `A: b\r\n.\r\nC: d\r\n${text}`, `A: b${text}`],
      )
      assert.deepEqual(peer.mistakes, [])
    })

    test('large messages, octet for octet, mended and stuffed', async () => {
      const { session, peer } = sendingTo(extensions ? { extensions } : {})
      const opened = await session()
      const large = `Subject: x\r\n\r\n${'.\r\n..a\r\n\n'.repeat(100_000)}end`
      const { outcomes } = await opened.deliver(message(large, { headBytes: 1_000 }))
      assert.equal(outcomes[0]?.kind, 'delivered')
      const mended = `${large.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n')}\r\n`
      assert.ok(peer.taken[0]?.text === mended)
      assert.deepEqual(peer.mistakes, [])
    })

    test('a message without an octet', async () => {
      const { session, peer } = sendingTo(extensions ? { extensions } : {})
      const opened = await session()
      assert.equal((await opened.deliver(message(''))).outcomes[0]?.kind, 'delivered')
      assert.equal(peer.taken[0]?.text, '')
      assert.equal((await opened.deliver(message(text))).outcomes[0]?.kind, 'delivered')
    })
  })

describe('what the peer offers and limits', () => {
  test('DATA is answered with 354 though no recipient was taken: it gets no message', async () => {
    const { session, peer } = sendingTo({ extensions: pipelined, script: { RCPT: '550 5.1.1 no', DATA: '354 go' } })
    const opened = await session()
    const { outcomes } = await opened.deliver(message(text))
    assert.equal(outcomes[0]?.kind, 'failed')
    assert.equal(opened.isUsable, true)
    assert.equal(peer.taken[0]?.text, '')
    assert.equal((await opened.deliver(message(text))).outcomes[0]?.kind, 'failed')
  })

  test('a peer that takes its time for each of many recipients is left after twenty minutes', async () => {
    const act: SendingOptions['act'] = ({ step }) =>
      step === 'RCPT' ? { say: '250 ok', delayMs: 4 * 60_000 } : undefined
    const { session, clock } = sendingTo({ act, extensions: plain })
    const opened = await session()
    const to = Array.from({ length: 100 }, (_, at) => `u${at}@peer.example`)
    const { value, tookMs } = await whenSettled(clock, opened.deliver(message(text, { to })))
    assert.ok(value.outcomes.every(({ kind }) => kind === 'deferred'))
    assert.equal(tookMs, 20 * 60_000)
    assert.equal(opened.isUsable, false)
  })

  test('RCPTMAX: as many messages as it takes', async () => {
    const { session, peer } = sendingTo({ extensions: [...usualExtensions, 'LIMITS RCPTMAX=2'] })
    const opened = await session()
    const to = ['a', 'b', 'c', 'd', 'e'].map(name => `${name}@peer.example`)
    const { outcomes } = await opened.deliver(message(text, { to }))
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      new Array(5).fill('delivered'),
    )
    assert.deepEqual(
      peer.taken.map(({ to }) => to.length),
      [2, 2, 1],
    )
  })

  // What was taken is to be on record before the next of them, which may take minutes.
  test('RCPTMAX: who was taken is told before the next message begins', async () => {
    const { session, peer } = sendingTo({ extensions: [...usualExtensions, 'LIMITS RCPTMAX=2'] })
    const to = ['a', 'b', 'c', 'd', 'e'].map(name => `${name}@peer.example`)
    const told: (readonly [at: number, messages: number, host: string])[] = []
    const mail = {
      ...message(text, { to }),
      taken: (at: number, _: unknown, host: string) => void told.push([at, peer.taken.length, host]),
    }
    const opened = await session()
    assert.equal((await opened.deliver(mail)).outcomes.length, 5)
    assert.deepEqual(
      told.map(([at, messages]) => [at, messages]),
      [
        [0, 1],
        [1, 1],
        [2, 2],
        [3, 2],
      ],
    )
    assert.deepEqual(new Set(told.map(([, , host]) => host)), new Set([opened.plan.host]))
  })

  test('452 4.5.3 for the third and on: the rest in a next message', async () => {
    let named = 0
    const act: SendingOptions['act'] = ({ step }) => {
      if (step === 'MAIL') named = 0
      if (step === 'RCPT') named += 1
      return step === 'RCPT' && named > 2 ? '452 4.5.3 too many recipients' : undefined
    }
    const { session, peer } = sendingTo({ act })
    const opened = await session()
    const to = ['a', 'b', 'c', 'd', 'e'].map(name => `${name}@peer.example`)
    const { outcomes } = await opened.deliver(message(text, { to }))
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      new Array(5).fill('delivered'),
    )
    assert.deepEqual(
      peer.taken.map(({ to }) => to),
      [['<a@peer.example>', '<b@peer.example>'], ['<c@peer.example>', '<d@peer.example>'], ['<e@peer.example>']],
    )
    assert.deepEqual(peer.mistakes, [])
  })

  test('452 for everybody is not asked again and again', async () => {
    const { session, peer } = sendingTo({ script: { RCPT: '452 4.5.3 too many recipients' } })
    const opened = await session()
    const { outcomes } = await opened.deliver(message(text, { to: two }))
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['deferred', 'deferred'],
    )
    assert.equal(peer.lines.filter(line => line.startsWith('RCPT')).length, 2)
  })

  test('MAILMAX ends the session’s use', async () => {
    const { session } = sendingTo({ extensions: [...usualExtensions, 'LIMITS MAILMAX=2'] })
    const opened = await session()
    await opened.deliver(message(text))
    assert.equal(opened.isUsable, true)
    await opened.deliver(message(text))
    assert.equal(opened.isUsable, false)
    const { outcomes } = await opened.deliver(message(text))
    assert.equal(outcomes[0]?.kind, 'deferred')
  })

  test('RCPTDOMAINMAX: no recipient of one domain more', async () => {
    const { session, peer } = sendingTo({ extensions: [...usualExtensions, 'LIMITS RCPTDOMAINMAX=2'] })
    const opened = await session()
    const { outcomes } = await opened.deliver(
      message(text, { to: ['a@a.example', 'b@B.example', 'c@c.example', 'd@b.example'] }),
    )
    assert.deepEqual(
      outcomes.map(({ kind }) => kind),
      ['delivered', 'delivered', 'deferred', 'delivered'],
    )
    assert.equal(opened.isUsable, false)
    assert.equal(peer.taken.length, 1)
  })

  test('an idle peer that ends the connection, or says that it will, is seen without a wait', async () => {
    for (const end of ['close', 'says 421'] as const) {
      const { session, network, clock } = sendingTo()
      const left = Promise.withResolvers<void>()
      network.set(plan.address, plan.port, {
        async serve(channel) {
          channel.write('220 x\r\n')
          await channel.read(1000)
          channel.write('250 x\r\n')
          await channel.flush()
          await left.promise
          if (end === 'says 421') channel.write('421 4.4.2 idle\r\n')
          await channel.flush()
        },
      })
      const opened = await session()
      assert.equal(opened.isGone, false)
      left.resolve()
      await whenSettled(clock, new Promise(resolve => setImmediate(resolve)))
      assert.equal(opened.isGone, true)
      await opened[Symbol.asyncDispose]()
    }
  })

  const stale: readonly (readonly [string, Script, boolean])[] = [
    ['421 to MAIL', { MAIL: [undefined, { say: '421 4.4.2 idle', end: 'close' }] }, true],
    ['gone at MAIL', { MAIL: [undefined, { end: 'close' }] }, true],
    ['broken at MAIL', { MAIL: [undefined, { end: 'reset' }] }, true],
    ['refused', { MAIL: [undefined, '550 5.7.1 no'] }, false],
    ['gone at RCPT', { RCPT: [undefined, { end: 'close' }] }, false],
    ['gone with the message', { message: [undefined, { end: 'close' }] }, false],
    ['taken', {}, false],
  ]
  for (const [name, script, wanted] of stale)
    test(`whether another connection may be tried at once: ${name}`, async () => {
      const { session } = sendingTo({ script })
      const opened = await session()
      assert.equal((await opened.deliver(message(text))).wasStale, false)
      assert.equal((await opened.deliver(message(text))).wasStale, wanted)
      // What has ended takes nothing any more.
      if (!opened.isUsable) assert.equal((await opened.deliver(message(text))).wasStale, true)
    })

  test('a second message while one is on its way is a fault of ours', async () => {
    const { session } = sendingTo()
    const opened = await session()
    const first = opened.deliver(message(text))
    await assert.rejects(opened.deliver(message(text)))
    assert.equal((await first).outcomes[0]?.kind, 'delivered')
  })

  test('bytes that can’t be read are a fault of ours, and the session is over', async () => {
    const { session, network } = sendingTo()
    const opened = await session()
    const mail = message('x'.repeat(100_000), { headBytes: 100 })
    const broken = { ...mail, spooled: { ...mail.spooled, read: () => Promise.reject(new Error('disk')) } }
    await assert.rejects(opened.deliver(broken), /disk/)
    assert.equal(opened.isUsable, false)
    await opened[Symbol.asyncDispose]()
    assert.equal(network.open, 0)
  })

  test('an answer in the middle of DATA: the rest is not sent', async () => {
    const { session, network } = sendingTo()
    let octets = 0
    network.set(plan.address, plan.port, {
      async serve(channel) {
        const say = async (line: string) => {
          channel.write(`${line}\r\n`)
          return await channel.read(1000)
        }
        await say('220 x')
        await say('250 x')
        await say('250 x')
        await say('250 x')
        octets += (await say('354 x'))?.length ?? 0
        octets += (await say('552 5.3.4 too much'))?.length ?? 0
        await channel.read(1000)
      },
    })
    const opened = await session()
    const { outcomes } = await opened.deliver(message('x'.repeat(10_000_000), { headBytes: 100 }))
    const [outcome] = outcomes as RefusedOutcome[] // asserted in the next line
    assert.deepEqual([outcome?.kind, outcome?.status], ['failed', '5.3.4'])
    assert.equal(opened.isUsable, false)
    assert.ok(octets < 5_000_000, String(octets))
  })

  test('a chunk that is refused ends the message', async () => {
    const { session, peer } = sendingTo({
      extensions: [...usualExtensions, 'BINARYMIME'],
      script: { BDAT: ['250 ok', '552 5.3.4 too much', undefined] },
    })
    const opened = await session()
    const binary = message('x'.repeat(500_000), { headBytes: 100, parameters: { body: 'BINARYMIME' } })
    const { outcomes } = await opened.deliver(binary)
    const [outcome] = outcomes as RefusedOutcome[] // asserted in the next line
    assert.deepEqual([outcome?.kind, outcome?.status], ['failed', '5.3.4'])
    // RFC 3030 2: no chunk behind it.
    assert.equal(peer.lines.filter(line => line.startsWith('BDAT')).length, 2)
    assert.equal((await opened.deliver(message(text))).outcomes[0]?.kind, 'delivered')
    assert.equal(peer.taken.length, 1)
  })
})
