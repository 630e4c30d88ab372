// What is made of reports and complaints that come back, with real return paths, a real list and real reports.

import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import { Directory } from '#accounts/directory.ts'
import { ReturnPaths } from '#accounts/return-paths.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { sql } from '#io/sql/database.ts'
import { composeDsn, type DsnRecipient } from '#mail/dsn.ts'
import { type TemporaryStore, temporaryStore } from '#store/temporary-store.ts'
import type { SettledOutcome } from '#suppression/outcome-rows.ts'
import { Suppressions } from '#suppression/suppressions.ts'
import { utf8 } from '#text/bytes.ts'
import { openReturns, type Returns } from './returns.ts'

const alice = { localPart: 'alice', domain: 'example.com' }
const accountId = 7
const messageId = '0123456789abcdef'

describe('what comes back', () => {
  let store: TemporaryStore
  let clock: ManualClock
  let log: MemoryLog
  let suppressions: Suppressions
  let returnPaths: ReturnPaths
  let returns: Returns
  let verp: string

  before(async () => {
    store = await temporaryStore()
    await Directory.open({ database: store.database, clock: store.clock, random: seededRandom(2) })
    await Suppressions.open({ database: store.database, clock: store.clock })
  })

  after(() => store[Symbol.asyncDispose]())

  beforeEach(async () => {
    const { database } = store
    await database.write(async tx => {
      await tx.run(sql`DELETE FROM suppression`)
      await tx.run(sql`DELETE FROM sent_recipient`)
    })
    clock = manualClock()
    log = memoryLog()
    suppressions = await Suppressions.open({ database, clock })
    returnPaths = await ReturnPaths.open({ database, clock, random: seededRandom(3) })
    returns = openReturns({ suppressions, returnPaths, log })
    verp = returnPaths.verp(alice, messageId)
  })

  async function sentTo(...recipients: readonly string[]): Promise<void> {
    const outcome = { kind: 'delivered', reply: '250 ok', peerReports: true } as const
    const settled = { messageId, accountId, origin: 'submission', outcome, isFinal: true }
    await suppressions.noteOutcomes(recipients.map((recipient): SettledOutcome => ({ ...settled, recipient })))
  }

  async function comesBack(text: string, recipient = verp): Promise<void> {
    await using message = await store.message(text)
    await returns.note({ messageId: 'incoming', recipients: [recipient], message })
  }

  /** Recipient and reason of what is suppressed now. */
  async function suppressed(): Promise<readonly string[]> {
    return (await suppressions.list()).items.map(({ recipient, reason, source }) => `${recipient} ${reason} ${source}`)
  }

  function report(over: Partial<DsnRecipient> = {}): string {
    const recipient: DsnRecipient = {
      address: 'bob@example.org',
      originalRecipient: undefined,
      action: 'failed',
      status: '5.1.1',
      reply: '550 5.1.1 <bob@example.org>: no such user here',
      willRetryUntil: undefined,
      by: 'mx.example.org',
      ...over,
    }
    const octets = composeDsn({
      hostname: 'relay.example.org',
      id: 'r1',
      now: clock.now(),
      to: verp,
      arrivedAt: clock.now(),
      envelopeId: undefined,
      recipients: [recipient],
      original: Buffer.from('Subject: tea\r\n\r\n'),
      returns: 'header',
    })
    return utf8(octets)
  }

  function complaint(fields: readonly string[], original: readonly string[] = []): string {
    return [
      'Content-Type: multipart/report; report-type=feedback-report; boundary=x',
      '',
      '--x',
      'Content-Type: message/feedback-report',
      '',
      ...fields,
      '--x',
      'Content-Type: message/rfc822',
      '',
      ...original,
      'Subject: tea',
      '',
      '--x--',
      '',
    ].join('\r\n')
  }

  test('a recipient who is not there, of a message that was sent there, is suppressed', async () => {
    await sentTo('bob@example.org')
    await comesBack(report({ address: 'Bob@EXAMPLE.org' }))
    assert.deepEqual(await suppressed(), ['bob@example.org unknown report'])
    const [entry] = (await suppressions.list()).items
    assert.deepEqual(entry?.scope, { kind: 'account', accountId })
    assert.equal(entry?.detail, '550 5.1.1 <bob@example.org>: no such user here')
    const noted = log.events.find(({ event }) => event === 'return.report')
    assert.equal(noted?.fields['about'], messageId)
    assert.equal(noted.fields['class'], 'recipient-unknown')
  })

  const nothingFollows: readonly (readonly [string, Partial<DsnRecipient>])[] = [
    ['a full mailbox', { status: '5.2.2', reply: '552 5.2.2 mailbox full' }],
    ['a block list', { status: '5.7.1', reply: '550 5.7.1 blocked using zen.spamhaus.org' }],
    ['a delay', { action: 'delayed', status: '4.1.1', reply: '450 4.1.1 no such user here' }],
    ['a failure that calls itself temporary', { status: '4.1.1', reply: '450 4.1.1 no such user here' }],
    ['a delivery', { action: 'delivered', status: '2.0.0', reply: undefined }],
    ['an address that the message was never sent to', { address: 'dave@example.org' }],
    [
      'where it was forwarded to',
      { address: 'dave@example.net', originalRecipient: { type: 'rfc822', address: 'bob@example.org' } },
    ],
  ]
  for (const [name, recipient] of nothingFollows)
    test(`nothing follows from ${name}`, async () => {
      await sentTo('bob@example.org')
      await comesBack(report(recipient))
      assert.deepEqual(await suppressed(), [])
      assert.ok(log.events.some(({ event }) => event === 'return.report'))
    })

  test('nothing is believed of a report to an address that nobody here signed, or that is too old', async () => {
    await sentTo('bob@example.org')
    await comesBack(report(), 'alice@example.com')
    await comesBack(
      report(),
      verp.replace(/.@/, end => (end === 'a@' ? 'b@' : 'a@')),
    )
    await comesBack(report(), verp.replace('@example.com', '@example.net'))
    clock.advance(100 * 86_400_000)
    await comesBack(report())
    assert.deepEqual(await suppressed(), [])
    assert.ok(!log.events.some(({ event }) => event === 'return.report'))
  })

  test('a report that names nobody is about the only recipient', async () => {
    const unnamed = report().replace(/Final-Recipient.*\r\n/, '')
    await sentTo('bob@example.org', 'carol@example.org')
    await comesBack(unnamed)
    assert.deepEqual(await suppressed(), [])
    await store.database.write(tx => tx.run(sql`DELETE FROM sent_recipient WHERE recipient = 'carol@example.org'`))
    await comesBack(unnamed)
    assert.deepEqual(await suppressed(), ['bob@example.org unknown report'])
  })

  test("qmail's form is read too", async () => {
    await sentTo('bob@example.org')
    await comesBack(
      'Subject: failure notice\r\n\r\nHi. This is the qmail-send program at example.org.\r\n\r\n<bob@example.org>:\r\n' +
        'Sorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n',
    )
    assert.deepEqual(await suppressed(), ['bob@example.org unknown report'])
  })

  test('a complaint suppresses who complained, wherever it was sent and however little it tells', async () => {
    await sentTo('bob@example.org')
    await comesBack(
      complaint(['Feedback-Type: abuse', 'User-Agent: X/1'], [`Return-Path: <${verp}>`]),
      'fbl@example.com',
    )
    assert.deepEqual(await suppressed(), ['bob@example.org complaint feedback'])
  })

  // Bob knows the return path of what Carol has got as well: he could have her suppressed.
  test('of several recipients none, whoever is named', async () => {
    await sentTo('bob@example.org', 'carol@example.org')
    const fields = ['Feedback-Type: abuse', `Original-Mail-From: ${verp}`]
    await comesBack(complaint(fields), 'fbl@example.com')
    await comesBack(complaint([...fields, 'Original-Rcpt-To: carol@example.org']), 'fbl@example.com')
    await comesBack(report({ address: 'carol@example.org', reply: '550 5.1.1 no such user' }))
    assert.deepEqual(await suppressed(), [])
    const noted = log.events.find(({ event }) => event === 'return.report')
    assert.deepEqual([noted?.fields['isKnown'], noted?.fields['isBelieved']], [true, false])
  })

  test('no complaint is what praises, tells of a virus or of a signature, or is of no message of ours', async () => {
    await sentTo('bob@example.org')
    for (const type of ['not-spam', 'virus', 'auth-failure', 'other'])
      await comesBack(complaint([`Feedback-Type: ${type}`, `Original-Mail-From: ${verp}`]), 'fbl@example.com')
    await comesBack(complaint(['Feedback-Type: abuse', 'Original-Mail-From: alice@example.com']), 'fbl@example.com')
    await comesBack(complaint(['Feedback-Type: abuse']), 'fbl@example.com')
    assert.deepEqual(await suppressed(), [])
  })

  test('of what calls itself a complaint little is read', async () => {
    await using message = await store.message(complaint([`X: ${'y'.repeat(300_000)}`]))
    let [most, reads] = [0, 0]
    const watched = {
      ...message,
      head: message.head,
      sizeBytes: message.sizeBytes,
      read: (start: number, end: number) => {
        most = Math.max(most, end)
        reads += 1
        return message.read(start, end)
      },
    }
    await returns.note({ messageId: 'incoming', recipients: ['alice@example.com'], message: watched })
    assert.deepEqual([reads, most], [1, 32_768])
  })

  test('a letter is not even looked into', async () => {
    await using message = await store.message('Subject: hi\r\n\r\nfeedback-report?\r\n')
    let reads = 0
    const watched = {
      ...message,
      head: message.head,
      sizeBytes: message.sizeBytes,
      read: (start: number, end: number) => {
        reads += 1
        return message.read(start, end)
      },
    }
    await returns.note({ messageId: 'incoming', recipients: ['alice@example.com'], message: watched })
    assert.equal(reads, 0)
    assert.deepEqual(log.events, [])
  })

  test('a fault is logged, and told to nobody', async () => {
    await sentTo('bob@example.org')
    const broken = {
      sentTo: () => Promise.reject(new Error('disk')),
      suppress: () => Promise.reject(new Error('disk')),
    }
    await using message = await store.message(report())
    await openReturns({ suppressions: broken, returnPaths, log }).note({
      messageId: 'incoming',
      recipients: [verp],
      message,
    })
    assert.deepEqual(
      log.events.map(({ event }) => event),
      ['return.not-noted'],
    )
  })
})
