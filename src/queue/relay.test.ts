// Mail to other hosts: a scripted carriage under a clock that stands still, on each engine where statements are new.

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { noMailParameters } from '#wire/smtp/parameters.ts'
import { limits } from './limits.ts'
import type { Filter } from './queue.ts'
import { refused, taken } from './scripted-carriage.ts'
import { TemporaryQueue, type TemporaryQueueOptions, turnsUntil } from './temporary-queue.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs

function actionsIn(report: string): readonly string[] {
  return [...report.matchAll(/^Action: (.*)\r\nStatus: (.*)\r$/gm)].map(([, action, status]) => `${action} ${status}`)
}

async function statesOf(place: TemporaryQueue, filter: Filter = {}): Promise<readonly string[]> {
  const found = await place.queue.list(filter)
  return found.flatMap(({ recipients }) => recipients.map(({ address, state }) => `${address} ${state}`))
}

async function countOf(place: TemporaryQueue, table: 'queue_message' | 'queue_recipient' | 'queue_try' | 'blob_kept') {
  const rows = await place.needs.database.read(async tx => {
    if (table === 'queue_message') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_message`)
    if (table === 'queue_try') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_try`)
    if (table === 'blob_kept') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM blob_kept`)
    return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_recipient`)
  })
  return rows?.[0]
}

describe('the relay on SQLite', () => contract(undefined))
describe('the relay on PGlite', () => contract(openPglite))

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

  async function open(options: TemporaryQueueOptions = {}): Promise<TemporaryQueue> {
    if (database === undefined) return await TemporaryQueue.open(options)
    await database.write(tx => tx.define('DROP SCHEMA public CASCADE; CREATE SCHEMA public'))
    return await TemporaryQueue.open({ ...options, database })
  }

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

  testOnSqlite('a hop that answers for all: nothing else that is due is tried', async () => {
    await using place = await open()
    const gate = Promise.withResolvers<void>()
    place.carriage.script('dead.test', {
      answer: refused('deferred', { class: 'network' }),
      isOfHop: true,
      until: gate.promise,
    })
    for (let index = 0; index < limits.handedPerLane + 50; index += 1)
      await place.accept({ to: { [`r${index}@dead.test`]: {} } })
    await place.accept({ to: { 'eve@live.test': {} } })
    gate.resolve()
    await place.queue.idle()
    assert.deepEqual(place.carriage.tried.map(text => text.split(' ')[0]).sort(), ['dead.test', 'live.test'])
    const stats = await place.queue.stats()
    assert.deepEqual([...stats.states], [['deferred', limits.handedPerLane + 50]])
    assert.deepEqual(stats.hops, [['dead.test', limits.handedPerLane + 50]])
    // One try a round, until they come apart by their chances; all of them in the end.
    place.carriage.script('dead.test', {})
    await place.pass(10 * minuteMs)
    assert.equal(place.carriage.arrived.length, limits.handedPerLane + 51)
  })

  testOnSqlite('a sender with many recipients does not stand before another’s single one', async () => {
    await using place = await open()
    place.carriage.script('far.test', { couriers: 0, mostRecipients: 1 })
    for (let index = 0; index < limits.handedPerLane + 150; index += 1)
      await place.accept({ to: { [`r${index}@far.test`]: {} } })
    const single = await place.accept({ to: { 'eve@far.test': {} }, accountId: 2, sender: 'bob@example.test' })
    place.carriage.script('far.test', {})
    await place.queue.idle()
    const position = place.carriage.arrived.findIndex(({ messageId }) => messageId === single)
    assert.ok(position <= 1, `it came ${position} after others`)
    assert.equal(place.carriage.arrived.length, limits.handedPerLane + 151)
    assert.equal(place.carriage.most.get('far.test'), 1)
  })

  testOnSqlite('the same after a restart, from the rows', async () => {
    await using place = await open()
    place.carriage.script('far.test', { couriers: 0 })
    for (let index = 0; index < 350; index += 1) await place.accept({ to: { [`r${index}@far.test`]: {} } })
    const single = await place.accept({ to: { 'eve@far.test': {} }, accountId: 2, sender: 'bob@example.test' })
    await place.restart()
    place.carriage.script('far.test', {})
    await place.queue.idle()
    const position = place.carriage.arrived.findIndex(({ messageId }) => messageId === single)
    assert.ok(position <= 1, `it came ${position} after others`)
    assert.equal(place.carriage.arrived.length, 351)
  })

  test('what is urgent goes first, of memory and of the rows', async () => {
    await using place = await open()
    place.carriage.script('far.test', { couriers: 0 })
    for (const priority of [-4, 0, 6, 2])
      await place.accept({
        to: { [`r${priority}@far.test`]: {} },
        parameters: { ...noMailParameters, priority },
      })
    await place.restart()
    for (const priority of [5, -1])
      await place.accept({ to: { [`r${priority}@far.test`]: {} }, parameters: { ...noMailParameters, priority } })
    place.carriage.script('far.test', {})
    await place.queue.idle()
    assert.deepEqual(
      place.carriage.arrived.map(({ to }) => to[0]?.split('@')[0]),
      ['r6', 'r5', 'r2', 'r0', 'r-1', 'r-4'],
    )
  })

  testOnSqlite('a hop without couriers holds up no other, and gives back what it has in memory', async () => {
    await using place = await open()
    place.carriage.script('slow.test', { couriers: 0 })
    await place.accept({ to: { 'eve@slow.test': {} } })
    assert.deepEqual(await statesOf(place), ['eve@slow.test active'])
    await place.accept({ to: { 'fay@far.test': {} } })
    await place.queue.idle()
    assert.equal(place.carriage.arrived.length, 1)
    place.clock.advance(limits.patienceMs)
    await place.queue.idle()
    assert.deepEqual(await statesOf(place), ['eve@slow.test ready'])
    await place.accept({ to: { 'gus@slow.test': {} } })
    assert.deepEqual(await statesOf(place), ['eve@slow.test ready', 'gus@slow.test ready'])
    place.carriage.script('slow.test', {})
    await place.queue.idle()
    assert.deepEqual(
      place.carriage.arrived.map(({ to }) => to[0]),
      ['fay@far.test', 'eve@slow.test', 'gus@slow.test'],
    )
  })

  test('what is in hand keeps its lease as long as it is', async () => {
    await using place = await open()
    const gate = Promise.withResolvers<void>()
    place.carriage.script('far.test', { until: gate.promise })
    await place.accept({ to: { 'eve@far.test': {} } })
    const lease = () =>
      place.needs.database.read(tx => tx.get<[string, number]>(sql`SELECT state, leased_until FROM queue_recipient`))
    const begunAt = place.clock.now()
    assert.deepEqual(await lease(), ['active', begunAt + limits.leaseMs])
    for (let passed = 0; passed < 3 * limits.leaseMs; passed += limits.patienceMs) {
      place.clock.advance(limits.patienceMs)
      // It is not idle as long as the courier is on its way.
      await turnsUntil(async () => ((await lease())?.[1] ?? 0) > place.clock.now())
      const [state, until = 0] = (await lease()) ?? []
      assert.equal(state, 'active')
      assert.ok(until > place.clock.now(), 'the lease ran out')
    }
    gate.resolve()
    await place.queue.idle()
    assert.equal(place.carriage.arrived.length, 1)
    assert.equal(await countOf(place, 'queue_message'), 0)
  })

  testOnSqlite('more couriers are asked for as long as there is more', async () => {
    await using place = await open()
    const gate = Promise.withResolvers<void>()
    place.carriage.script('far.test', { couriers: 5, until: gate.promise })
    for (let index = 0; index < 8; index += 1) await place.accept({ to: { [`r${index}@far.test`]: {} } })
    await turnsUntil(() => place.carriage.tried.length === 5)
    assert.equal(place.carriage.tried.length, 5)
    gate.resolve()
    await place.queue.idle()
    assert.equal(place.carriage.arrived.length, 8)
    assert.equal(place.carriage.open.get('far.test'), 0)
  })

  testOnSqlite('a courier that may carry no more gives way to the next', async () => {
    await using place = await open()
    place.carriage.script('far.test', { messages: 2, couriers: 0 })
    for (let index = 0; index < 7; index += 1) await place.accept({ to: { [`r${index}@far.test`]: {} } })
    place.carriage.script('far.test', { messages: 2 })
    await place.queue.idle()
    assert.equal(place.carriage.arrived.length, 7)
  })

  testOnSqlite('as many recipients go at a time as the courier takes', async () => {
    await using place = await open()
    place.carriage.script('far.test', { mostRecipients: 4 })
    const to = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`r${index}@far.test`, {}]))
    await place.accept({ to })
    await place.queue.idle()
    assert.deepEqual(
      place.carriage.arrived.map(one => one.to.length),
      [4, 4, 3],
    )
    assert.equal(await countOf(place, 'queue_message'), 0)
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

  test('retry, hold, release, drop and bounce, by filters', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: refused('deferred') })
    const one = await place.accept({ to: { 'eve@far.test': {}, 'fay@far.test': {} } })
    const two = await place.accept({ to: { 'gus@far.test': {} }, accountId: 2, sender: 'bob@example.test' })
    const later = await place.accept({ to: { bob: {} }, releaseAt: place.clock.now() + dayMs })
    await place.queue.idle()
    assert.deepEqual(await place.queue.act('hold', { accountId: 1 }, 'the guard'), { messages: 2, recipients: 3 })
    assert.deepEqual(await statesOf(place, { state: 'held' }), [
      'eve@far.test held',
      'fay@far.test held',
      'bob@example.test held',
    ])
    assert.equal((await place.queue.show(one))?.recipients[0]?.heldFor, 'the guard')
    await place.pass(2 * dayMs)
    assert.deepEqual(await statesOf(place, { accountId: 1 }), [
      'eve@far.test held',
      'fay@far.test held',
      'bob@example.test held',
    ])

    place.carriage.script('far.test', {})
    assert.deepEqual(await place.queue.act('retry', { domain: 'FAR.test' }), { messages: 1, recipients: 1 })
    await place.queue.idle()
    assert.deepEqual(
      place.carriage.arrived.map(({ messageId }) => messageId),
      [two],
    )

    assert.deepEqual(await place.queue.act('drop', { recipient: 'Eve@far.test' }), { messages: 1, recipients: 1 })
    assert.deepEqual(await place.queue.act('bounce', { hop: 'far.test', class: 'rate' }, 'no more of this'), {
      messages: 1,
      recipients: 1,
    })
    await place.queue.idle()
    const [report = '', ...more] = await place.inbox('alice')
    assert.deepEqual(more, [])
    assert.deepEqual(actionsIn(report), ['failed 5.7.1'])
    assert.match(report, /returned by the operator of mail\.example\.test: no more of\s+this/)
    assert.equal(await place.queue.show(one), undefined)

    assert.deepEqual(await place.queue.act('release', { messageId: later }), { messages: 1, recipients: 1 })
    await place.queue.idle()
    assert.equal((await place.inbox('bob')).filter(text => !actionsIn(text).length).length, 1)
    assert.deepEqual(await place.queue.stats(), {
      ...{ messages: 0, recipients: 0, oldestAt: undefined, states: new Map(), hops: [], accounts: [] },
    })
  })

  testOnSqlite('what an operator holds, drops or returns is not brought by who has it in memory', async () => {
    await using place = await open()
    const cases = ['hold', 'drop', 'bounce'] as const
    for (const action of cases) {
      const hop = `${action}.test`
      place.carriage.script(hop, { couriers: 0 })
      await place.accept({ to: { [`eve@${hop}`]: {} } })
      assert.equal((await place.queue.act(action, { hop })).recipients, 1)
      place.carriage.script(hop, {})
      await place.queue.idle()
    }
    assert.deepEqual(place.carriage.arrived, [])
    assert.deepEqual(await statesOf(place), ['eve@hold.test held'])
    assert.equal((await place.inbox('alice')).length, 1)
    assert.equal((await place.queue.act('release', {})).recipients, 1)
    await place.queue.idle()
    assert.equal(place.carriage.arrived.length, 1)
  })

  testOnSqlite('what is with a courier when it is held waits when it comes back refused', async () => {
    await using place = await open()
    const gate = Promise.withResolvers<void>()
    place.carriage.script('far.test', { until: gate.promise, answer: refused('deferred') })
    await place.accept({ to: { 'eve@far.test': {} } })
    assert.equal((await place.queue.act('hold', {}, 'wait')).recipients, 1)
    gate.resolve()
    await place.queue.idle()
    assert.deepEqual(await statesOf(place), ['eve@far.test held'])
    await place.pass(dayMs)
    assert.equal(place.carriage.tried.length, 1)
    assert.equal((await place.queue.list())[0]?.recipients[0]?.heldFor, 'wait')
  })

  test('a route that holds: held and shown; by another configuration it goes when it is released', async () => {
    await using place = await open()
    place.carriage.reroute = () => ({ kind: 'held', reason: 'posthouse dev lets no mail out' })
    await place.accept({ to: { 'eve@far.test': {}, bob: {} } })
    await place.queue.idle()
    const [one] = await place.queue.list()
    assert.deepEqual(
      one?.recipients.map(({ state, heldFor }) => [state, heldFor]),
      [['held', 'posthouse dev lets no mail out']],
    )
    await place.queue.act('release', {})
    await place.queue.idle()
    assert.deepEqual(await statesOf(place), ['eve@far.test held'])
    place.carriage.reroute = () => ({ kind: 'hop', hop: 'smarthost' })
    await place.queue.act('release', {})
    await place.queue.idle()
    assert.deepEqual(
      place.carriage.arrived.map(({ hop }) => hop),
      ['smarthost'],
    )
  })

  testOnSqlite('the route is asked for again before each try', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: refused('deferred') })
    place.carriage.reroute = ({ tries }) => (tries < 2 ? undefined : { kind: 'hop', hop: 'fallback' })
    await place.accept({ to: { 'eve@far.test': {} } })
    await place.pass(hourMs)
    assert.deepEqual(
      place.carriage.arrived.map(({ hop }) => hop),
      ['fallback'],
    )
  })

  testOnSqlite('what the guard holds from the beginning waits, mailboxes here too', async () => {
    await using place = await open()
    await place.accept({ to: { bob: {}, 'eve@far.test': {} }, heldFor: 'an unusual burst' })
    await place.pass(dayMs)
    assert.deepEqual([await place.inbox('bob'), place.carriage.arrived], [[], []])
    await place.queue.act('release', { accountId: 1 })
    await place.queue.idle()
    assert.deepEqual([(await place.inbox('bob')).length, place.carriage.arrived.length], [1, 1])
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

  test('pages of a list, and filters in it', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: refused('deferred') })
    const count = limits.listed + 7
    for (let index = 0; index < count; index += 1) {
      await place.accept({
        to: { [`r${index}@${index % 2 === 0 ? 'far' : 'held'}.test`]: {} },
        heldFor: index % 2 === 0 ? undefined : 'x',
      })
      place.clock.advance(1)
    }
    await place.queue.idle()
    const first = await place.queue.list()
    const second = await place.queue.list({}, first.at(-1))
    assert.deepEqual([first.length, second.length], [limits.listed, 7])
    assert.equal(new Set([...first, ...second].map(({ messageId }) => messageId)).size, count)
    assert.deepEqual(await place.queue.list({}, second.at(-1)), [])
    assert.equal((await place.queue.list({ state: 'held' })).length, Math.floor(count / 2))
    assert.equal((await place.queue.list({ domain: 'far.test', class: 'rate' })).length, Math.ceil(count / 2))
    assert.equal((await place.queue.list({ domain: 'ar.test' })).length, 0)
    assert.equal((await place.queue.list({ domain: '%' })).length, 0)
    assert.equal((await place.queue.list({ olderThanMs: count - 3 })).length, 4)
    assert.equal((await place.queue.list({ accountId: 9 })).length, 0)
    assert.equal((await place.queue.list({ sender: '' })).length, 0)
    const stats = await place.queue.stats()
    assert.deepEqual([stats.messages, stats.recipients, stats.oldestAt], [count, count, first[0]?.arrivedAt])
    assert.deepEqual(stats.accounts, [[1, count]])
  })
}
