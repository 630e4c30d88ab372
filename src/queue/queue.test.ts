// Messages that wait: held, released, refused, delayed, reported; on each engine, under a clock that stands still until a test moves it.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { firstValue, readHeader } from '#mail/header.ts'
import { noMailParameters } from '#wire/smtp/parameters.ts'
import { refuse } from '#wire/smtp/refusals.ts'
import { limits } from './limits.ts'
import type { Carrier } from './queue.ts'
import { TemporaryQueue, type TemporaryQueueOptions } from './temporary-queue.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

/** Action and status of each recipient that a report names. */
function actionsIn(report: string): readonly string[] {
  return [...report.matchAll(/^Action: (.*)\r\nStatus: (.*)\r$/gm)].map(([, action, status]) => `${action} ${status}`)
}

function subjectOf(text: string): string | undefined {
  return firstValue(readHeader(Buffer.from(text)), 'subject')
}

describe('the queue on SQLite', () => contract(undefined))
describe('the queue on PGlite', () => contract(openPglite))

function contract(openDatabase: (() => Promise<Database>) | undefined): void {
  let database: Database | undefined
  /** What says nothing new about statements: PGlite takes seconds for each. */
  const testOnSqlite = openDatabase === undefined ? test : () => {}

  before(async () => {
    database = await openDatabase?.()
  })

  after(async () => {
    await database?.[Symbol.asyncDispose]()
  })

  /** Each test begins with nothing; PGlite takes too long to start for a database each. */
  async function open(options: TemporaryQueueOptions = {}): Promise<TemporaryQueue> {
    if (database === undefined) return await TemporaryQueue.open(options)
    await database.write(tx => tx.define('DROP SCHEMA public CASCADE; CREATE SCHEMA public'))
    return await TemporaryQueue.open({ ...options, database })
  }

  test('a message is delivered at its time, not before, and its bytes are let go', async () => {
    await using place = await open()
    for (const text of ['Subject: small\r\n\r\n', `Subject: large\r\n\r\n${'x'.repeat(200_000)}\r\n`])
      await place.hold({ text, inMs: dayMs })
    await place.pass(dayMs - 1)
    assert.deepEqual(await place.inbox('bob'), [])
    await place.pass(1)
    const texts = await place.inbox('bob')
    assert.deepEqual(texts.map(subjectOf), ['small', 'large'])
    assert.ok(
      texts[0]?.startsWith('Return-Path: <alice@example.test>\r\nDelivered-To: bob@example.test\r\nReceived: here\r\n'),
    )
    assert.equal(texts[1]?.slice(-5), 'xxx\r\n')
    assert.deepEqual(await place.queue.list(), [])
    assert.deepEqual(await place.needs.database.read(tx => tx.all(sql`SELECT blob_id FROM blob_kept`)), [])
    assert.deepEqual(await place.inbox('alice'), [])
  })

  test('what was held before a restart is delivered after it, what fell due meanwhile at once', async () => {
    await using place = await open()
    await place.hold({ text: 'Subject: one\r\n\r\n', inMs: hourMs })
    await place.hold({ text: 'Subject: two\r\n\r\n', inMs: dayMs })
    await place.queue[Symbol.asyncDispose]()
    place.clock.advance(2 * hourMs)
    await place.restart()
    await place.pass(1)
    assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['one'])
    await place.pass(dayMs)
    assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['one', 'two'])
  })

  testOnSqlite('the earliest goes first, whatever came in last', async () => {
    await using place = await open()
    for (const [text, inMs] of [
      ['late', 3 * hourMs],
      ['early', hourMs],
      ['middle', 2 * hourMs],
    ] as const)
      await place.hold({ text: `Subject: ${text}\r\n\r\n`, inMs })
    place.clock.advance(hourMs)
    await place.queue.idle()
    assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['early'])
    await place.pass(3 * hourMs)
    assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['early', 'middle', 'late'])
  })

  testOnSqlite('more than one round takes up are delivered all', async () => {
    await using place = await open()
    const count = limits.page * 2 + 3
    for (let index = 0; index < count; index++) await place.hold({ inMs: hourMs })
    await place.pass(hourMs)
    assert.equal((await place.inbox('bob')).length, count)
  })

  testOnSqlite('a clock that is set forward is noticed within the longest sleep', async () => {
    const clock = manualClock()
    let aheadMs = 0
    await using place = await open({ clock: { ...clock, now: () => clock.now() + aheadMs } })
    await place.hold({ inMs: 30 * dayMs })
    aheadMs = 30 * dayMs
    clock.advance(limits.longestSleepMs)
    await place.queue.idle()
    assert.equal((await place.inbox('bob')).length, 1)
  })

  const gone: readonly (readonly [string, string, (place: TemporaryQueue) => Promise<unknown>])[] = [
    ['has no mailbox any more', '5.1.1', place => place.directory.removeAccount('bob@example.test')],
    ['was disabled', '5.2.1', place => place.directory.setDisabled('bob@example.test', true)],
    ['can never hold the message', '5.2.2', place => place.store.setQuota(2, 10)],
  ]
  for (const [what, status, change] of gone) {
    testOnSqlite(`a recipient that ${what} is reported at once, with the message`, async () => {
      await using place = await open()
      await place.hold({
        to: { bob: {}, carol: {} },
        inMs: hourMs,
        parameters: { ...noMailParameters, envelopeId: 'E1' },
      })
      await change(place)
      await place.pass(hourMs)
      assert.equal((await place.inbox('carol')).length, 1)
      const [report = '', ...more] = await place.inbox('alice')
      assert.deepEqual(more, [])
      assert.deepEqual(actionsIn(report), [`failed ${status}`])
      assert.match(report, /^Return-Path: <>\r\n/)
      assert.match(report, /^Final-Recipient: rfc822; bob@example.test\r$/m)
      assert.match(report, /^Original-Envelope-Id: E1\r$/m)
      assert.match(report, /Content-Type: message\/rfc822\r\n.*\r\n\r\nReceived: here\r\nSubject: tea\r\n\r\nhot\r\n/)
      assert.deepEqual(await place.queue.list(), [])
    })
  }

  testOnSqlite('RET=HDRS, REQUIRETLS and a large message bring back the header alone', async () => {
    await using place = await open()
    await place.hold({ to: { nobody: {} }, parameters: { ...noMailParameters, ret: 'HDRS' } })
    await place.hold({ to: { nobody: {} }, parameters: { ...noMailParameters, ret: 'FULL', requireTls: true } })
    await place.hold({ to: { nobody: {} }, text: `Subject: large\r\n\r\n${'x'.repeat(limits.returnedBytes)}` })
    await place.pass(1)
    const reports = await place.inbox('alice')
    assert.equal(reports.length, 3)
    for (const report of reports)
      assert.match(report, /text\/rfc822-headers\r\n.*\r\n\r\nReceived: here\r\nSubject: \w+\r\n\r\n--/)
  })

  testOnSqlite('NOTIFY=NEVER and the null path are silent', async () => {
    await using place = await open()
    await place.hold({ to: { nobody: { notify: ['NEVER'] } } })
    await place.hold({ to: { nobody: {} }, sender: '' })
    await place.hold({ to: { bob: { notify: ['SUCCESS'] } }, sender: '' })
    await place.pass(1)
    assert.deepEqual(await place.inbox('alice'), [])
    assert.deepEqual(await place.queue.list(), [])
    assert.equal((await place.inbox('bob')).length, 1)
  })

  testOnSqlite('NOTIFY=SUCCESS is answered, for those that asked alone', async () => {
    await using place = await open()
    const originalRecipient = { type: 'rfc822', address: 'robert@example.test' }
    await place.hold({ to: { bob: { notify: ['SUCCESS'], originalRecipient }, carol: { notify: ['FAILURE'] } } })
    await place.pass(1)
    const [report = '', ...more] = await place.inbox('alice')
    assert.deepEqual(more, [])
    assert.deepEqual(actionsIn(report), ['delivered 2.0.0'])
    assert.match(
      report,
      /^Original-Recipient: rfc822; robert@example.test\r\nFinal-Recipient: rfc822; bob@example.test\r$/m,
    )
  })

  testOnSqlite('a report to a sender that is gone is dropped', async () => {
    await using place = await open()
    await place.hold({ to: { nobody: {} }, inMs: hourMs })
    await place.directory.removeAccount('alice@example.test')
    await place.store.removeAccount(1)
    await place.pass(hourMs)
    assert.deepEqual(await place.store.mailboxes(1), [])
    assert.ok(place.log.events.some(({ event }) => event === 'queue.nobody-to-tell'))
    assert.deepEqual(await place.queue.list(), [])
  })

  test('a full mailbox is tried again, its sender told once of the delay, and the message delivered when there is room', async () => {
    await using place = await open()
    await fillUp(place)
    await place.hold({ inMs: hourMs })
    await place.pass(hourMs)
    assert.deepEqual(
      (await place.queue.list())[0]?.recipients.map(({ state }) => state),
      ['deferred'],
    )
    await place.pass(4 * hourMs - 1)
    assert.deepEqual(await place.inbox('alice'), [])
    await place.pass(1)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.2.2']])
    assert.match((await place.inbox('alice'))[0] ?? '', /^Will-Retry-Until: Tue, 06 Jan 2026 01:00:00 \+0000\r$/m)
    await place.pass(dayMs)
    assert.equal((await place.inbox('alice')).length, 1)
    await place.store.setQuota(2, undefined)
    await place.pass(5 * hourMs)
    assert.equal((await place.inbox('bob')).length, 2)
    assert.equal((await place.inbox('alice')).length, 1)
  })

  testOnSqlite('a mailbox that stays full is given up after five days', async () => {
    await using place = await open()
    await fillUp(place)
    await place.hold({ to: { bob: { notify: ['FAILURE'] } } })
    await place.pass(5 * dayMs)
    assert.deepEqual(await place.inbox('alice'), [])
    const tries = (await place.queue.show('m1'))?.recipients[0]?.tries ?? 0
    assert.ok(tries > 30 && tries < 45, `${tries} tries in five days`)
    await place.pass(1)
    const [report = ''] = await place.inbox('alice')
    assert.deepEqual(actionsIn(report), ['failed 4.4.7'])
    assert.match(report, /452 4\.2\.2 <bob@example\.test>: this mailbox is full/)
    assert.deepEqual(await place.queue.list(), [])
  })

  testOnSqlite('BY with R gives up at its time, BY with N tells of the delay at it', async () => {
    await using place = await open()
    await fillUp(place)
    for (const mode of ['return', 'notify'] as const)
      await place.hold({ parameters: { ...noMailParameters, deliverBy: { seconds: 600, mode, trace: false } } })
    await place.pass(599_000)
    assert.deepEqual(await place.inbox('alice'), [])
    await place.pass(1_000)
    assert.deepEqual((await place.inbox('alice')).flatMap(actionsIn).sort(), ['delayed 4.2.2', 'failed 4.4.7'])
    assert.equal((await place.queue.list()).length, 1)
  })

  testOnSqlite('an address that has a new owner brings the message to that one', async () => {
    await using place = await open()
    await place.hold({ inMs: hourMs })
    await place.directory.removeAccount('bob@example.test')
    await place.directory.addAlias('bob@example.test', 'carol@example.test')
    await place.pass(hourMs)
    assert.deepEqual([await place.inbox('bob'), (await place.inbox('carol')).length], [[], 1])
  })

  test('each recipient has its own outcome, and those that were reached are not reached again', async () => {
    let isFirst = true
    const carrier = (local: Carrier): Carrier => ({
      async carry(message) {
        if (!isFirst) return await local.carry(message)
        isFirst = false
        const recipients = message.recipients.filter(({ address }) => address.startsWith('bob'))
        await local.carry({ ...message, recipients })
        return message.recipients.map(recipient =>
          recipients.includes(recipient)
            ? { kind: 'delivered' }
            : refuse('mailbox-full', { address: recipient.address }),
        )
      },
    })
    await using place = await open({ carrier })
    await place.hold({ to: { bob: { notify: ['SUCCESS'] }, carol: {} } })
    await place.pass(1)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delivered 2.0.0']])
    await place.pass(hourMs)
    assert.deepEqual([(await place.inbox('bob')).length, (await place.inbox('carol')).length], [1, 1])
    assert.equal((await place.inbox('alice')).length, 1)
  })

  // A folder restored without its blobs, say.
  testOnSqlite('a message whose bytes are gone is a fault, holds up nobody, and waits to be dropped', async () => {
    await using place = await TemporaryQueue.open()
    const lost = await place.hold({ inMs: 1 })
    await loseBytes(place)
    await place.hold({ text: 'Subject: other\r\n\r\n', inMs: 2 })
    await place.pass(2)
    assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['other'])
    assert.deepEqual(
      place.log.events.filter(({ event }) => event === 'queue.fault').map(({ fields }) => fields?.message),
      [lost],
    )
    assert.equal(await place.act('drop', lost), 1)
  })

  testOnSqlite('what every try has a fault with is given up in the end, and its sender told', async () => {
    await using place = await open({ carrier: failing })
    await place.hold({ text: 'Subject: tea\r\n\r\nhot\r\n' })
    await place.pass(limits.giveUpMs)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.3.0']])
    await place.pass(dayMs)
    const reports = await place.inbox('alice')
    assert.deepEqual(reports.map(actionsIn), [['delayed 4.3.0'], ['failed 4.4.7']])
    assert.match(reports[1] ?? '', /Subject: tea\r\n\r\nhot/)
    assert.deepEqual(await place.queue.list(), [])
  })

  testOnSqlite('a message whose bytes are gone is given up in the end like any other', async () => {
    await using place = await open()
    await place.hold({ to: { bob: {}, carol: { notify: ['NEVER'] } } })
    await loseBytes(place)
    await place.pass(limits.giveUpMs + dayMs)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.3.0'], ['failed 4.4.7']])
    assert.deepEqual(await place.queue.list(), [])
  })

  testOnSqlite('a message whose bytes cannot be read is given up in the end like any other', async () => {
    await using place = await open({ carrier: failing })
    await place.hold({})
    const { store } = place.needs
    const kept = store.kept.bind(store)
    store.kept = async blobId => {
      const spooled = await kept(blobId)
      return spooled && Object.assign(spooled, { read: () => Promise.reject(new Error('a bad sector')) })
    }
    await place.pass(limits.giveUpMs + dayMs)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.3.0'], ['failed 4.4.7']])
    assert.deepEqual(await place.queue.list(), [])
  })

  for (const table of ['queue_message', 'queue_recipient']) {
    testOnSqlite(`a row of ${table} that cannot be read holds up nobody, and can be dropped`, async () => {
      await using place = await open()
      const unreadable = await place.hold({ inMs: 1 })
      await place.needs.database.write(tx => tx.define(`UPDATE ${table} SET parameters = '{'`))
      await place.hold({ text: 'Subject: other\r\n\r\n', inMs: 2 })
      await place.pass(2 + minuteMs)
      assert.deepEqual((await place.inbox('bob')).map(subjectOf), ['other'])
      assert.deepEqual(
        place.log.events.filter(({ level }) => level === 'error').map(({ event, fields }) => [event, fields?.message]),
        [
          ['queue.fault', unreadable],
          ['queue.fault', unreadable],
        ],
      )
      assert.equal(await place.act('drop', unreadable), 1)
    })
  }

  testOnSqlite('a fault before and after the delivery loses nothing and delivers once', async () => {
    const faults = ['before', 'after']
    const carrier = (local: Carrier): Carrier => ({
      async carry(message) {
        const fault = faults.shift()
        if (fault === 'before') throw new Error('before')
        const outcomes = await local.carry(message)
        if (fault === 'after') throw new Error('after')
        return outcomes
      },
    })
    await using place = await open({ carrier })
    await place.hold({ to: { bob: { notify: ['SUCCESS'] } } })
    await place.pass(hourMs)
    assert.equal((await place.inbox('bob')).length, 1)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delivered 2.0.0']])
    assert.equal(place.log.events.filter(({ event }) => event === 'queue.fault').length, 2)
  })

  test('an account holds up to so many octets', async () => {
    await using place = await open({ scheduledBytesPerAccount: 60 })
    const [text, inMs] = ['Subject: tea\r\n\r\nhot.\r\n', dayMs]
    const first = await place.hold({ text, inMs })
    await place.hold({ text: 'x'.repeat(38), inMs })
    assert.equal(await place.hold({ text: 'x', inMs }), 'too-much-held')
    const bob = { accountId: 2, sender: 'bob@example.test' }
    assert.equal(await place.hold({ text: 'x', inMs, ...bob }), 'm4')
    assert.equal(await place.act('drop', first), 1)
    assert.equal(await place.hold({ text, inMs }), 'm5')
  })

  test('an operator lists, looks, releases and drops', async () => {
    await using place = await open()
    const arrivedAt = place.clock.now()
    const first = await place.hold({ to: { bob: {}, carol: {} }, inMs: dayMs })
    place.clock.advance(1)
    const second = await place.hold({ to: { carol: {} }, inMs: hourMs })
    const idsOf = async (filter = {}) => (await place.queue.list(filter)).map(({ messageId }) => messageId)
    assert.deepEqual(await idsOf(), [first, second])
    assert.deepEqual(await idsOf({ recipient: 'BOB@example.test' }), [first])
    assert.deepEqual(await idsOf({ sender: 'alice@example.test', state: 'scheduled' }), [first, second])
    assert.deepEqual(await idsOf({ state: 'failed' }), [])
    const [head] = await place.queue.list()
    assert.deepEqual(
      (await place.queue.list({}, head)).map(({ messageId }) => messageId),
      [second],
    )
    const facts = {
      ...{ messageId: first, accountId: 1, origin: 'submission', sender: 'alice@example.test', sizeBytes: 21 },
      ...{ arrivedAt, releaseAt: arrivedAt + dayMs, nextAt: arrivedAt + dayMs, recipientCount: 2 },
      recipients: ['bob', 'carol'].map(name => ({
        ...{ address: `${name}@example.test`, state: 'scheduled', hop: 'local', tries: 0, nextAt: arrivedAt + dayMs },
        ...{ status: undefined, reply: undefined, class: undefined, heldFor: undefined },
      })),
    }
    assert.deepEqual(head, facts)
    assert.deepEqual(await place.queue.show(first), {
      ...{ ...facts, returnPath: 'alice@example.test', expiresAt: arrivedAt + 6 * dayMs, tries: [] },
      header: 'Received: here\r\nSubject: tea\r\n\r\n',
    })
    assert.equal(await place.act('drop', second), 1)
    assert.equal(await place.act('drop', second), 0)
    assert.equal(await place.queue.show(second), undefined)
    assert.equal(await place.act('release', second), 0)
    assert.equal(await place.act('release', first), 2)
    await place.pass(1)
    assert.deepEqual([(await place.inbox('bob')).length, (await place.inbox('carol')).length], [1, 1])
    assert.deepEqual(await place.inbox('alice'), [])
  })

  testOnSqlite('what is dropped while it is in hand reaches nobody', async () => {
    const [begun, dropped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const carrier = (local: Carrier): Carrier => ({
      async carry(message) {
        begun.resolve()
        await dropped.promise
        return await local.carry(message)
      },
    })
    await using place = await open({ carrier })
    const id = await place.hold({})
    place.clock.advance(1)
    await begun.promise
    assert.equal(await place.act('drop', id), 1)
    dropped.resolve()
    await place.queue.idle()
    assert.deepEqual(await place.inbox('bob'), [])
    assert.deepEqual(
      place.log.events.filter(({ level }) => level === 'error'),
      [],
    )
  })
}

/** Brings reports alone. */
const failing = (local: Carrier): Carrier => ({
  carry: message => (message.sender === '' ? local.carry(message) : Promise.reject(new Error('always'))),
})

async function loseBytes(place: TemporaryQueue): Promise<void> {
  await place.needs.database.write(async tx => {
    await tx.run(sql`DELETE FROM blob_kept`)
    await tx.run(sql`DELETE FROM blob_bytes`)
    await tx.run(sql`DELETE FROM blob`)
  })
}

/** Bob's mailbox holds one message of 100 octets, and no more. */
async function fillUp(place: TemporaryQueue): Promise<void> {
  await using message = await place.message('x'.repeat(100))
  await place.store.deliver(message, [{ accountId: 2, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
  await place.store.setQuota(2, 120)
}

test('an account holds up to its limit', async () => {
  await using place = await TemporaryQueue.open()
  const held = await Promise.all(Array.from({ length: limits.scheduledPerAccount }, () => place.hold({ inMs: dayMs })))
  assert.equal(new Set(held).size, limits.scheduledPerAccount)
  assert.equal(await place.hold({ inMs: dayMs }), 'too-many-held')
  assert.equal(await place.hold({ inMs: dayMs, accountId: 2, sender: 'bob@example.test' }), 'm1002')
  assert.equal(await place.act('drop', 'm7'), 1)
  assert.equal(await place.hold({ inMs: dayMs }), 'm1003')
})
