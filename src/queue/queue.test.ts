// Messages that wait: held, released, refused, delayed, reported; on each engine, under a clock that stands still until a test moves it.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { sql } from '#io/sql/database.ts'
import { noMailParameters } from '#wire/smtp/parameters.ts'
import { refuse } from '#wire/smtp/refusals.ts'
import { type Engine, onEachEngine } from './each-engine.ts'
import { limits } from './limits.ts'
import type { Carrier } from './queue.ts'
import { actionsIn, subjectOf, TemporaryQueue } from './temporary-queue.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

onEachEngine('the queue', contract)

function contract({ open, testOnSqlite }: Engine): void {
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

  test('an address that has come to be a forward brings the message to all of its targets', async () => {
    await using place = await open()
    await place.hold({ to: { bob: { notify: ['SUCCESS'] } }, inMs: hourMs })
    await place.directory.removeAccount('bob@example.test')
    await place.directory.addAlias('bob@example.test', 'carol@example.test', 'eve@far.test', 'gus@near.test')
    await place.pass(hourMs)
    assert.equal((await place.inbox('carol')).length, 1)
    assert.deepEqual(
      place.carriage.arrived.map(({ hop, to }) => [hop, ...to]),
      [
        ['far.test', 'eve@far.test'],
        ['near.test', 'gus@near.test'],
      ],
    )
    assert.deepEqual(await place.queue.list(), [])
  })

  // RFC 3461 5.2.7.3: one address was written to, so one delivery is told of.
  testOnSqlite(
    'of what has come to lead to several places the sender is told once, and nobody gets it twice',
    async () => {
      await using place = await open()
      const asks = { notify: ['SUCCESS', 'FAILURE'] as const }
      await place.hold({ to: { bob: asks, 'eve@far.test': {} }, inMs: hourMs })
      await place.directory.removeAccount('bob@example.test')
      await place.directory.addAlias('bob@example.test', 'EVE@far.test', 'fay@far.test', 'gus@far.test')
      await place.pass(hourMs)
      const arrived = place.carriage.arrived.flatMap(({ to }) => to).toSorted()
      assert.deepEqual(arrived, ['eve@far.test', 'fay@far.test', 'gus@far.test'])
      assert.deepEqual((await place.inbox('alice')).flatMap(actionsIn), ['relayed 2.0.0'])
    },
  )

  testOnSqlite('an address of a domain that is no more ours goes to its host', async () => {
    await using place = await open()
    await place.hold({ to: { bob: {} }, inMs: hourMs })
    const resolve = place.directory.resolve.bind(place.directory)
    place.directory.resolve = async (localPart, domain) =>
      localPart === 'bob' ? { kind: 'not-local' } : await resolve(localPart, domain)
    await place.pass(hourMs)
    assert.deepEqual(
      place.carriage.arrived.map(({ hop, to }) => [hop, ...to]),
      [['example.test', 'bob@example.test']],
    )
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
  // More than one look at the rows takes.
  const count = limits.scheduledPerAccount + 1
  assert.ok(count > limits.rowsPerSlice)
  assert.equal((await place.queue.stats()).messages, count)
  assert.deepEqual(await place.queue.act('hold', { state: 'scheduled' }), { messages: count, recipients: count })
  assert.deepEqual(await place.queue.act('drop', {}), { messages: count, recipients: count })
})
