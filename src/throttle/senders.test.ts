// What accounts may send, and what is unusual of it, on both engines.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import type { Clock } from '#io/clock.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import type { Database } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { senderGuardDefaults } from './limits.ts'
import type { SenderLimits } from './sender-limits.ts'
import { Senders } from './senders.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const limits: SenderLimits = { messagesPerHour: 5, messagesPerDay: 8, recipientsPerHour: 12, recipientsPerDay: 30 }
const one = { recipients: 1, elsewhere: 1 }

for (const engine of ['SQLite', 'PGlite'] as const)
  describe(`senders on ${engine}`, () => {
    test('an account has its messages and recipients an hour and a day', async () => {
      await using place = await open(engine, { limits })
      const { senders, clock } = place
      const take = async (recipients = 1) => {
        const judged = await senders.take(1, { recipients, elsewhere: recipients })
        return judged.kind === 'spent' ? `${judged.limit} ${judged.what} a ${judged.per}` : judged.kind
      }
      for (let count = 0; count < 5; count += 1) assert.equal(await take(), 'goes')
      assert.equal(await take(), '5 messages a hour')
      assert.deepEqual(await senders.spent(1, { messages: 1, recipients: 1 }), {
        what: 'messages',
        limit: 5,
        per: 'hour',
      })
      assert.equal(await senders.spent(2, { messages: 1, recipients: 12 }), undefined)
      assert.equal((await senders.spent(2, { messages: 1, recipients: 13 }))?.what, 'recipients')
      clock.advance(65 * minuteMs)
      assert.equal(await take(11), 'goes')
      assert.equal(await take(2), '12 recipients a hour')
      assert.equal(await take(1), 'goes')
      clock.advance(65 * minuteMs)
      assert.equal(await take(12), 'goes')
      assert.equal(await take(1), '8 messages a day')
      clock.advance(dayMs)
      assert.equal(await take(1), 'goes')
    })

    test('a limit of its own holds where there are none for all', async () => {
      await using place = await open(engine, {})
      const { senders } = place
      await senders.setLimits(1, { messagesPerHour: 1 })
      for (const accountId of [1, 2]) assert.equal((await senders.take(accountId, one)).kind, 'goes')
      assert.deepEqual(await senders.spent(1, { messages: 1, recipients: 1 }), {
        what: 'messages',
        limit: 1,
        per: 'hour',
      })
      assert.equal((await senders.take(1, one)).kind, 'spent')
      assert.equal((await senders.take(2, { recipients: 50_000, elsewhere: 50_000 })).kind, 'goes')
      await senders.setLimits(1, {})
      assert.equal((await senders.take(1, one)).kind, 'goes')
    })

    test('a limit of its own, and the counts, outlive the process', async () => {
      await using place = await open(engine, { limits })
      for (let count = 0; count < 5; count += 1) await place.senders.take(1, one)
      await place.restart()
      assert.equal((await place.senders.take(1, one)).kind, 'spent')
      await place.senders.setLimits(1, { messagesPerHour: 6 })
      await place.restart()
      assert.equal((await place.senders.take(1, one)).kind, 'goes')
      assert.equal((await place.senders.take(1, one)).kind, 'spent')
      const { own, hour } = await place.senders.show(1)
      assert.deepEqual([own.messagesPerHour, own.messagesPerDay, hour.messages], [6, undefined, 6])
      await place.senders.forget(1)
      assert.equal((await place.senders.show(1)).hour.messages, 0)
    })

    test('of a burst twenty messages go, whichever connection they come by, and the rest waits until somebody looks', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      const { senders, clock } = place
      const judged = await Promise.all(Array.from({ length: 500 }, () => senders.take(1, one)))
      assert.equal(judged.filter(({ kind }) => kind === 'goes').length, 20)
      assert.equal(judged.filter(one => one.kind === 'held' && one.isNew).length, 1)
      await place.restart()
      clock.advance(3 * dayMs)
      assert.deepEqual(await place.senders.take(1, one), {
        kind: 'held',
        reason: 'more than 20 messages to other servers within an hour; the most before was 0',
        isNew: false,
      })
      assert.equal((await place.senders.take(1, { recipients: 1, elsewhere: 0 })).kind, 'held')
      await place.senders.setGuard(1, 'on')
      assert.equal((await place.senders.take(1, one)).kind, 'goes')
      assert.equal((await place.senders.take(2, one)).kind, 'goes')
    })

    test('after a hold it is twenty again, and not as many as go within some minutes', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      const burst = async () => {
        const judged = await Promise.all(Array.from({ length: 100 }, () => place.senders.take(1, one)))
        return judged.filter(({ kind }) => kind === 'goes').length
      }
      assert.equal(await burst(), 20)
      await place.senders.setGuard(1, 'on')
      assert.equal(await burst(), 20)
      await place.senders.setGuard(1, 'on')
      await place.restart()
      assert.equal(await burst(), 20)
    })

    test('a clock that was wrong when somebody let it go leaves no account unguarded', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      place.wall.wrongMs = 365 * dayMs
      await place.senders.setGuard(1, 'on')
      place.wall.wrongMs = 0
      const judged = await Promise.all(Array.from({ length: 50 }, () => place.senders.take(1, one)))
      assert.equal(judged.filter(({ kind }) => kind === 'goes').length, 20)
    })

    test('not twenty at each end of an hour', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      const { senders, clock } = place
      clock.advance(hourMs - (clock.now() % hourMs) - minuteMs)
      let gone = 0
      for (let count = 0; count < 60; count += 1) {
        if ((await senders.take(1, one)).kind === 'goes') gone += 1
        clock.advance(minuteMs / 2)
      }
      assert.equal(gone, 20)
    })

    test('recipients count too, and what stays here does not', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      for (let count = 0; count < 50; count += 1)
        assert.equal((await place.senders.take(1, { recipients: 90, elsewhere: 0 })).kind, 'goes')
      assert.equal((await place.senders.take(1, { recipients: 100, elsewhere: 100 })).kind, 'goes')
      assert.equal((await place.senders.take(1, one)).kind, 'held')
      assert.equal((await place.senders.take(2, { recipients: 101, elsewhere: 101 })).kind, 'held')
    })

    test('who has sent much before may send twice as much, but today is no past yet', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      const { senders, clock } = place
      for (let day = 0; day < 3; day += 1) {
        for (let count = 0; count < 20; count += 1) assert.equal((await senders.take(1, one)).kind, 'goes')
        clock.advance(dayMs)
      }
      for (let count = 0; count < 40; count += 1) assert.equal((await senders.take(1, one)).kind, 'goes', `${count}`)
      clock.advance(2 * hourMs)
      const { guard } = await senders.show(1)
      assert.equal(guard, 'on')
      for (let count = 0; count < 40; count += 1) assert.equal((await senders.take(1, one)).kind, 'goes', `${count}`)
      assert.equal((await senders.take(1, one)).kind, 'held')
    })

    test('a day has its limit, too', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      const { senders, clock } = place
      clock.advance(dayMs - (clock.now() % dayMs))
      let gone = 0
      for (let hour = 0; hour < 12; hour += 1) {
        for (let count = 0; count < 19; count += 1) if ((await senders.take(1, one)).kind === 'goes') gone += 1
        clock.advance(70 * minuteMs)
      }
      assert.equal(gone, 100)
    })

    test('what somebody has looked at counts no more, and is no way round the guard either', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      const { senders, clock } = place
      for (let count = 0; count < 21; count += 1) await senders.take(1, one)
      await senders.setGuard(1, 'on')
      assert.equal((await senders.take(1, one)).kind, 'goes')
      clock.advance(5 * minuteMs)
      for (let count = 0; count < 19; count += 1) assert.equal((await senders.take(1, one)).kind, 'goes')
      assert.equal((await senders.take(1, one)).kind, 'held')
    })

    test('off is off', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      await place.senders.setGuard(1, 'off')
      for (let count = 0; count < 200; count += 1) assert.equal((await place.senders.take(1, one)).kind, 'goes')
    })

    test('too many that refuse for good', async () => {
      await using place = await open(engine, { guard: senderGuardDefaults })
      const { senders, clock } = place
      for (let count = 0; count < 30; count += 1) assert.equal(await senders.noteEnd(1, 'delivered'), undefined)
      for (let count = 0; count < 12; count += 1) assert.equal(await senders.noteEnd(1, 'failed'), undefined)
      assert.equal(
        await senders.noteEnd(1, 'failed'),
        '13 of the last 43 recipients at other servers refused its mail for good',
      )
      assert.equal(await senders.noteEnd(1, 'failed'), undefined)
      assert.equal((await senders.take(1, one)).kind, 'held')
      for (let count = 0; count < 9; count += 1) assert.equal(await senders.noteEnd(2, 'failed'), undefined)
      clock.advance(25 * hourMs)
      assert.equal(await senders.noteEnd(2, 'failed'), undefined)
    })
  })

interface Settings {
  readonly limits?: SenderLimits
  readonly guard?: typeof senderGuardDefaults
}

class Place implements AsyncDisposable {
  readonly clock: ManualClock
  /** How far somebody has set the wall clock wrong. */
  readonly wall: { wrongMs: number }
  senders: Senders
  readonly #open: () => Promise<Senders>
  readonly #owned: AsyncDisposableStack

  constructor(parts: {
    clock: ManualClock
    wall: { wrongMs: number }
    senders: Senders
    open: () => Promise<Senders>
    owned: AsyncDisposableStack
  }) {
    this.clock = parts.clock
    this.wall = parts.wall
    this.senders = parts.senders
    this.#open = parts.open
    this.#owned = parts.owned
  }

  async restart(): Promise<void> {
    await this.senders[Symbol.asyncDispose]()
    this.senders = await this.#open()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.senders[Symbol.asyncDispose]()
    await this.#owned.disposeAsync()
  }
}

async function open(engine: 'SQLite' | 'PGlite', settings: Settings): Promise<Place> {
  await using owned = new AsyncDisposableStack()
  const database = owned.use(engine === 'PGlite' ? await openPglite() : await sqlite(owned))
  const clock = manualClock()
  const log = memoryLog()
  const { limits: most, guard } = settings
  const wall = { wrongMs: 0 }
  const set: Clock = { ...clock, now: () => clock.now() + wall.wrongMs }
  const openSenders = () => Senders.open({ database, clock: set, log, limits: most, guard })
  return new Place({ clock, wall, senders: await openSenders(), open: openSenders, owned: owned.move() })
}

async function sqlite(owned: AsyncDisposableStack): Promise<Database> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-senders-'))
  owned.defer(() => rm(folder, { recursive: true }))
  return await openSqlite({ path: join(folder, 'posthouse.db') })
}
