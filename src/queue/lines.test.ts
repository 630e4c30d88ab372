// Who goes first, by how many couriers, from memory and from the rows.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#io/sql/database.ts'
import { noMailParameters } from '#wire/smtp/parameters.ts'
import { onEachEngine } from './each-engine.ts'
import { limits } from './limits.ts'
import { refused } from './scripted-carriage.ts'
import { statesOf, type TemporaryQueue, turnsUntil } from './temporary-queue.ts'

const minuteMs = 60_000
const hourMs = 60 * 60_000

async function countOf(place: TemporaryQueue, table: 'queue_message' | 'queue_recipient' | 'queue_try' | 'blob_kept') {
  const rows = await place.needs.database.read(async tx => {
    if (table === 'queue_message') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_message`)
    if (table === 'queue_try') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_try`)
    if (table === 'blob_kept') return await tx.get<[number]>(sql`SELECT COUNT(*) FROM blob_kept`)
    return await tx.get<[number]>(sql`SELECT COUNT(*) FROM queue_recipient`)
  })
  return rows?.[0]
}

onEachEngine('the lines', ({ open, testOnSqlite }) => {
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

  testOnSqlite('a courier waits a moment for what is accepted next', async () => {
    await using place = await open()
    const { arrived, granted, open: connections } = place.carriage
    place.carriage.script('far.test', { lingers: true, couriers: 2 })
    for (const number of [1, 2, 3]) {
      await place.accept({ to: { 'eve@far.test': {} } })
      await turnsUntil(() => arrived.length === number)
    }
    assert.deepEqual([granted.get('far.test'), connections.get('far.test')], [1, 1])
    // Two at once are more than one courier brings, and whoever is not needed goes first.
    const gate = Promise.withResolvers<void>()
    place.carriage.script('far.test', { lingers: true, couriers: 2, until: gate.promise })
    for (const name of ['ann', 'bea']) await place.accept({ to: { [`${name}@far.test`]: {} } })
    await turnsUntil(() => connections.get('far.test') === 2)
    gate.resolve()
    await turnsUntil(() => arrived.length === 5)
    place.clock.advance(limits.lingerMs)
    await place.queue.idle()
    assert.deepEqual([granted.get('far.test'), connections.get('far.test')], [2, 0])
    await place.accept({ to: { 'eve@far.test': {} } })
    await turnsUntil(() => arrived.length === 6)
    assert.equal(granted.get('far.test'), 3)
    // The end of the server does not wait for it.
    await place.restart()
    assert.equal(connections.get('far.test'), 0)
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

  testOnSqlite('urgent mail without end starves no lower rank', async () => {
    await using place = await open()
    place.carriage.script('far.test', { couriers: 0, mostRecipients: 1 })
    const send = (name: string, priority: number) =>
      place.accept({ to: { [`${name}@far.test`]: {} }, parameters: { ...noMailParameters, priority } })
    for (const [name, priority] of [
      ['usual', 0],
      ['usual-too', 0],
      ['seldom', -4],
    ] as const)
      await send(name, priority)
    for (let index = 0; index < 4 * limits.urgentTurns; index += 1) await send(`urgent${index}`, 6)
    place.carriage.script('far.test', {})
    await place.queue.idle()
    const order = place.carriage.arrived.map(({ to }) => to[0]?.split('@')[0]?.replace(/\d+/, ''))
    const places = ['usual', 'seldom', 'usual-too'].map(name => order.indexOf(name) + 1)
    assert.deepEqual(
      places,
      [1, 2, 3].map(turn => turn * limits.urgentTurns),
    )
    assert.equal(order.filter(name => name === 'urgent').length, 4 * limits.urgentTurns)
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
})
