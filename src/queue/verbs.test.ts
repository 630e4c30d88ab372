// What an operator does and sees; what is held and goes when it is released.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from '#io/sql/database.ts'
import { noRecipientParameters } from '#wire/smtp/parameters.ts'
import { onEachEngine } from './each-engine.ts'
import { limits } from './limits.ts'
import type { Carrier, Place } from './queue.ts'
import { insertRecipient } from './rows.ts'
import { refused } from './scripted-carriage.ts'
import { actionsIn, statesOf } from './temporary-queue.ts'

const hourMs = 60 * 60_000
const dayMs = 24 * hourMs

onEachEngine('the verbs', ({ open, testOnSqlite }) => {
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

  testOnSqlite('what is retried or released is tried by nothing that is remembered of its hop', async () => {
    await using place = await open()
    for (const hop of ['one.test', 'two.test', 'three.test'])
      place.carriage.script(hop, { answer: refused('deferred') })
    await place.accept({ to: { 'eve@one.test': {}, 'fay@one.test': {}, 'gus@two.test': {}, 'hal@three.test': {} } })
    await place.queue.idle()
    await place.queue.act('hold', { hop: 'two.test' })
    assert.deepEqual(place.carriage.lookedAgain, [])
    const tried = () => place.carriage.tried.length
    const before = tried()
    await place.queue.act('retry', { hop: 'one.test' })
    await place.queue.idle()
    assert.deepEqual([place.carriage.lookedAgain, tried() - before], [['one.test'], 1])
    await place.queue.act('release', { hop: 'two.test' })
    await place.queue.idle()
    assert.deepEqual([place.carriage.lookedAgain, tried() - before], [['one.test', 'two.test'], 2])
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

  testOnSqlite('what the guard holds from the beginning waits, mailboxes here too', async () => {
    await using place = await open()
    await place.accept({ to: { bob: {}, 'eve@far.test': {} }, heldFor: 'an unusual burst' })
    await place.pass(dayMs)
    assert.deepEqual([await place.inbox('bob'), place.carriage.arrived], [[], []])
    await place.queue.act('release', { accountId: 1 })
    await place.queue.idle()
    assert.deepEqual([(await place.inbox('bob')).length, place.carriage.arrived.length], [1, 1])
  })

  testOnSqlite('what a filter names by its key costs what there is of it, whatever waits besides', async () => {
    await using place = await open()
    place.carriage.script('far.test', { answer: refused('deferred') })
    place.carriage.script('near.test', { answer: refused('deferred') })
    const mine = await place.accept({ to: { 'eve@far.test': {} }, accountId: 2, sender: 'bob@example.test' })
    place.clock.advance(1)
    await place.queue.idle()
    const others = 2 * limits.rowsPerSlice + 1
    const { database } = place.needs
    const arrivedAt = place.clock.now()
    await database.write(async tx => {
      for (let index = 0; index < others; index += 1) {
        const key = { accountId: 3, messageId: `x${index}` }
        await tx.run(sql`
          INSERT INTO queue_message (account_id, message_id, origin, sender, return_path, blob_id, size_bytes, fields, parameters,
            arrived_at, release_at)
          VALUES (${3}, ${key.messageId}, ${'submission'}, ${'c@example.test'}, ${'c@example.test'}, ${0}, ${1}, ${''}, ${'{}'},
            ${arrivedAt - (index % 7)}, ${arrivedAt})`)
        const row = {
          number: 0,
          address: 'gus@near.test',
          parameters: noRecipientParameters,
          state: 'deferred',
        } as const
        const rest = { hop: 'near.test', rank: 0, nextAt: arrivedAt + dayMs, heldFor: undefined, lease: undefined }
        await insertRecipient(tx, key, { ...row, ...rest })
      }
    })
    const read = database.read.bind(database)
    let reads = 0
    database.read = work => {
      reads += 1
      return read(work)
    }
    const cost = async (work: Promise<unknown>) => {
      reads = 0
      await work
      return reads
    }
    const { queue } = place
    const few = [
      await cost(queue.act('hold', { accountId: 2 })),
      await cost(queue.act('release', { messageId: mine })),
      await cost(queue.list({ accountId: 2 })),
      await cost(queue.list({ messageId: mine })),
      await cost(queue.list({ state: 'deferred', hop: 'far.test' })),
    ]
    assert.ok(Math.max(...few) <= 2, `${few} reads`)
    database.read = read
    // In the order of arrival, page after page, though found in another.
    const pages = []
    for (let last: Place | undefined, page = await queue.list({ accountId: 3 }); page.length > 0; ) {
      pages.push(...page)
      last = page.at(-1)
      page = await queue.list({ accountId: 3 }, last)
    }
    const inOrder = pages.map(({ arrivedAt: at, messageId }) => `${at} ${messageId}`)
    assert.equal(new Set(inOrder).size, others)
    assert.deepEqual(inOrder, inOrder.toSorted())
    assert.deepEqual(await queue.act('retry', { hop: 'near.test' }), { messages: others, recipients: others })
    assert.deepEqual(await queue.act('drop', { accountId: 3 }), { messages: others, recipients: others })
    await queue.idle()
    assert.equal((await queue.stats()).recipients, 1)
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

  testOnSqlite('one of two that is dropped while both are in hand reaches nobody, and the other has it', async () => {
    const [begun, dropped] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const carrier = (local: Carrier): Carrier => ({
      async carry(message) {
        begun.resolve()
        await dropped.promise
        return await local.carry(message)
      },
    })
    await using place = await open({ carrier })
    await place.hold({ to: { bob: {}, carol: {} } })
    place.clock.advance(1)
    await begun.promise
    assert.deepEqual(await place.queue.act('drop', { recipient: 'bob@example.test' }), { messages: 1, recipients: 1 })
    dropped.resolve()
    await place.queue.idle()
    assert.deepEqual([await place.inbox('bob'), (await place.inbox('carol')).length], [[], 1])
    assert.deepEqual(await place.queue.list(), [])
  })
})
