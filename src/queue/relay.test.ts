// Mail to other hosts: what comes of it, under a clock that stands still, by a scripted carriage.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Database, sql } from '#io/sql/database.ts'
import { onEachEngine } from './each-engine.ts'
import { limits } from './limits.ts'
import { refused, taken } from './scripted-carriage.ts'
import { actionsIn, statesOf, type TemporaryQueue } from './temporary-queue.ts'

const minuteMs = 60_000
const hourMs = 60 * 60_000
const dayMs = 24 * 60 * 60_000

async function countOf(place: TemporaryQueue, table: 'queue_message' | 'queue_recipient' | 'queue_try' | 'blob_kept') {
  const rows = await place.needs.database.read(async tx => {
    if (table === 'queue_message') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_message`)
    if (table === 'queue_try') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_try`)
    if (table === 'blob_kept') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM blob_kept`)
    return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_recipient`)
  })
  return rows?.[0]
}

onEachEngine('the relay', ({ open, testOnSqlite }) => {
  test('what is accepted goes out at once, from memory, and nothing of it stays', async () => {
    await using place = await open()
    const { store } = place.needs
    store.kept = () => assert.fail('read again')
    const id = await place.accept({ to: { 'eve@far.test': {} }, returnPath: 'alice+b=x@example.test' })
    await place.queue.idle()
    assert.deepEqual(place.carriage.arrived, [
      {
        ...{ hop: 'far.test', messageId: id, returnPath: 'alice+b=x@example.test', to: ['eve@far.test'] },
        text: 'Received: here\r\nSubject: tea\r\n\r\nhot\r\n',
      },
    ])
    for (const table of ['queue_message', 'queue_recipient', 'queue_try', 'blob_kept'] as const)
      assert.equal(await countOf(place, table), 0, table)
    assert.deepEqual(
      place.settled.map(({ recipient, outcome, isFinal }) => [recipient, outcome.kind, isFinal]),
      [['eve@far.test', 'delivered', true]],
    )
  })

  test('recipients here have it at once, with those elsewhere in one transaction', async () => {
    await using place = await open()
    place.carriage.script('far.test', { couriers: 0 })
    await place.accept({ to: { bob: {}, 'eve@far.test': {}, 'fay@far.test': {}, 'gus@near.test': {} } })
    assert.equal((await place.inbox('bob')).length, 1)
    await place.queue.idle()
    assert.deepEqual(
      place.carriage.arrived.map(({ to }) => to),
      [['gus@near.test']],
    )
    assert.deepEqual(await statesOf(place), ['eve@far.test active', 'fay@far.test active'])
    place.carriage.script('far.test', {})
    await place.queue.idle()
    assert.deepEqual(place.carriage.arrived.at(-1)?.to, ['eve@far.test', 'fay@far.test'])
    assert.deepEqual(await statesOf(place), [])
  })

  test('each recipient has its own outcome; one report tells of all', async () => {
    await using place = await open()
    place.carriage.script('far.test', {
      answer: address =>
        address.startsWith('eve') ? taken : refused(address.startsWith('fay') ? 'failed' : 'deferred'),
    })
    const id = await place.accept({
      to: { 'eve@far.test': { notify: ['SUCCESS'] }, 'fay@far.test': {}, 'gus@far.test': {} },
    })
    await place.queue.idle()
    const [report = '', ...more] = await place.inbox('alice')
    assert.deepEqual(more, [])
    assert.deepEqual(actionsIn(report).toSorted(), ['failed 5.1.1', 'relayed 2.0.0'])
    assert.match(report, /550 5\.1\.1 no such user/)
    assert.deepEqual(await statesOf(place), ['gus@far.test deferred'])
    const shown = await place.queue.show(id)
    assert.deepEqual(
      shown?.recipients.map(({ hop, tries, status, reply, class: why }) => [hop, tries, status, reply, why]),
      [['far.test', 1, '4.2.1', '450 4.2.1 try later', 'rate']],
    )
    assert.deepEqual(shown?.tries, [
      {
        ...{ at: 0, tookMs: 1, host: 'mx.far.test', address: '192.0.2.1:25', tls: undefined },
        transcript: ' -> MAIL FROM:<alice@example.test>\n<-  250 2.0.0 Ok: queued\n',
      },
    ])
  })

  testOnSqlite('NOTIFY=SUCCESS is told by a peer that promised to', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: { ...taken, kind: 'delivered', peerReports: true, reply: '250 ok' } })
    await place.accept({ to: { 'eve@far.test': { notify: ['SUCCESS'] } } })
    await place.queue.idle()
    assert.deepEqual(await place.inbox('alice'), [])
    assert.equal(await countOf(place, 'queue_message'), 0)
  })

  // RFC 2852 4: with BY=...;N its sender wants to know when it is late, and nobody will tell.
  testOnSqlite('what went on to who does not watch the time is told of, unless delays are not asked for', async () => {
    await using place = await open()
    const answer = { ...taken, kind: 'delivered', peerReports: true, reply: '250 ok', isUntimed: true } as const
    place.carriage.script('far.test', { answer })
    await place.accept({ to: { 'eve@far.test': {}, 'fay@far.test': { notify: ['NEVER'] } } })
    await place.queue.idle()
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['relayed 2.0.0']])
  })

  test('what is refused for now is tried again by the schedule, its sender told once, given up, and reported', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: refused('deferred') })
    await place.accept({ to: { 'eve@far.test': {} } })
    await place.pass(4 * hourMs - 1)
    assert.deepEqual(await place.inbox('alice'), [])
    await place.pass(1)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.2.1']])
    const tried = place.carriage.tried.length
    assert.ok(tried >= 6 && tried <= 8, `${tried} tries in four hours`)
    await place.pass(5 * dayMs - 4 * hourMs - 1)
    assert.equal((await place.inbox('alice')).length, 1)
    assert.equal((await place.queue.list())[0]?.recipients[0]?.state, 'deferred')
    assert.equal(await countOf(place, 'queue_try'), limits.triesPerMessage)
    await place.pass(1)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.2.1'], ['failed 4.4.7']])
    assert.equal(await countOf(place, 'queue_message'), 0)
    assert.equal(await countOf(place, 'queue_try'), 0)
  })

  testOnSqlite('the delay of one is told once, whatever is told of others later', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: refused('deferred') })
    place.carriage.script('near.test', { answer: refused('deferred') })
    await place.accept({ to: { 'eve@far.test': {}, 'fay@near.test': { notify: ['FAILURE'] } } })
    await place.pass(5 * hourMs)
    place.carriage.script('near.test', { answer: refused('failed') })
    await place.pass(5 * hourMs)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['delayed 4.2.1'], ['failed 5.1.1']])
    const row = await place.needs.database.read(tx => tx.get(sql`SELECT report_at FROM queue_message`))
    assert.deepEqual(row, [null], 'nothing more is owed')
  })

  testOnSqlite('a peer that names a time is not asked before', async () => {
    await using place = await open()
    const at = place.clock.now() + 2 * hourMs
    place.carriage.script('far.test', { answer: refused('deferred', { notBefore: at }) })
    await place.accept({ to: { 'eve@far.test': {} } })
    await place.pass(2 * hourMs - 1)
    assert.equal(place.carriage.tried.length, 1)
    await place.pass(1)
    assert.equal(place.carriage.tried.length, 2)
  })

  testOnSqlite('a route has a schedule of its own', async () => {
    await using place = await open()
    place.carriage.schedules = { retryMs: [1_000, 2_000], jitter: 0, tellDelayMs: dayMs, giveUpMs: 4_000 }
    place.carriage.script('far.test', { answer: refused('deferred') })
    await place.accept({ to: { 'eve@far.test': {} } })
    await place.pass(3_999)
    assert.equal(place.carriage.tried.length, 3)
    await place.pass(1)
    assert.deepEqual((await place.inbox('alice')).map(actionsIn), [['failed 4.4.7']])
  })

  testOnSqlite('a fault of a courier’s is ours: tried again, logged, told in the end', async () => {
    await using place = await open()
    place.carriage.script('far.test', { fault: 'a bug' })
    const id = await place.accept({ to: { 'eve@far.test': {} } })
    await place.queue.idle()
    const [one] = await place.queue.list()
    assert.deepEqual(
      one?.recipients.map(({ state, class: why, status }) => [state, why, status]),
      [['deferred', 'ours', '4.3.0']],
    )
    assert.ok(place.log.events.some(({ event, fields }) => event === 'queue.fault' && fields?.message === id))
    place.carriage.script('far.test', {})
    await place.pass(2 * minuteMs)
    assert.equal(place.carriage.arrived.length, 1)
  })

  testOnSqlite(
    'a database that fails while an outcome is written down: it is written later, and nothing is sent twice',
    async () => {
      await using place = await open()
      const { database } = place.needs
      const write = database.write.bind(database)
      let isBroken = false
      database.write = (async (...args: Parameters<Database['write']>) => {
        if (isBroken) throw new Error('the disk is full')
        return await write(...args)
      }) as Database['write']
      const gate = Promise.withResolvers<void>()
      place.carriage.script('far.test', { until: gate.promise })
      await place.accept({ to: { 'eve@far.test': {} } })
      isBroken = true
      gate.resolve()
      await place.queue.idle()
      assert.equal(place.carriage.arrived.length, 1)
      assert.ok(place.log.events.some(({ event }) => event === 'queue.not-recorded'))
      isBroken = false
      place.clock.advance(limits.afterFaultMs)
      await place.queue.idle()
      assert.equal(await countOf(place, 'queue_message'), 0)
      assert.equal(place.carriage.arrived.length, 1)
      database.write = write
    },
  )

  test('a report to a sender at another host goes there through the queue, from the null path, and is never reported of', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: refused('failed') })
    await place.accept({
      ...{
        accountId: 2,
        origin: 'forward',
        sender: 'zoe@origin.test',
        returnPath: 'SRS0=x=y=origin.test=zoe@example.test',
      },
      to: { 'eve@far.test': {} },
    })
    await place.queue.idle()
    const [report, ...more] = place.carriage.arrived
    assert.deepEqual(more, [])
    assert.deepEqual([report?.hop, report?.returnPath, report?.to], ['origin.test', '', ['zoe@origin.test']])
    assert.deepEqual(actionsIn(report?.text ?? ''), ['failed 5.1.1'])
    assert.deepEqual(await place.inbox('bob'), [])
    // Refused itself, it comes to nobody.
    place.carriage.script('origin.test', { answer: refused('failed') })
    await place.accept({
      ...{ accountId: 0, origin: 'forward', sender: 'zoe@origin.test' },
      to: { 'eve@far.test': {} },
    })
    await place.queue.idle()
    assert.equal(place.carriage.arrived.length, 1)
    assert.equal(await countOf(place, 'queue_message'), 0)
  })

  test('a courier at work when the queue closes has a while to come back', async () => {
    await using place = await open()
    const gate = Promise.withResolvers<void>()
    place.carriage.script('far.test', { until: gate.promise })
    await place.accept({ to: { 'eve@far.test': {} } })
    const restarting = place.restart()
    gate.resolve()
    await restarting
    await place.queue.idle()
    assert.deepEqual([place.carriage.arrived.length, place.carriage.calledBack], [1, []])
    assert.equal(await countOf(place, 'queue_message'), 0)
  })

  test('who does not come back is called back, and what it had comes again at the next start, as if it had not been tried', async () => {
    await using place = await open()
    place.carriage.script('far.test', { until: new Promise(() => {}) })
    const id = await place.accept({ to: { 'eve@far.test': {} } })
    await place.restart()
    assert.deepEqual(place.carriage.calledBack, ['far.test'])
    const [recipient] = (await place.queue.show(id))?.recipients ?? []
    assert.deepEqual([recipient?.tries, recipient?.reply], [0, undefined])
    place.carriage.script('far.test', {})
    await place.restart()
    await place.queue.idle()
    assert.equal(place.carriage.arrived.length, 1)
    assert.equal(await countOf(place, 'queue_message'), 0)
  })

  testOnSqlite('large messages go from their files', async () => {
    await using place = await open()
    const text = `Subject: large\r\n\r\n${'x'.repeat(200_000)}\r\n`
    await place.accept({ text, to: { 'eve@far.test': {}, bob: {} } })
    await place.queue.idle()
    assert.equal(place.carriage.arrived[0]?.text.length, 'Received: here\r\n'.length + text.length)
    assert.equal((await place.inbox('bob')).length, 1)
    assert.equal(await countOf(place, 'blob_kept'), 0)
  })
})
