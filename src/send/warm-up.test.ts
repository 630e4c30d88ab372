import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { manualClock } from '#io/manual-clock.ts'
import { memoryLog } from '#io/memory-log.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { limits } from './limits.ts'
import { WarmUp } from './warm-up.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const perDay = [24, 48, 96]

const engines: readonly (readonly [name: string, open: (folder: string) => Promise<Database>])[] = [
  ['SQLite', folder => openSqlite({ path: join(folder, 'a.db') })],
  ['PGlite', () => openPglite()],
]

function send(warmUp: WarmUp, count: number): void {
  for (let at = 0; at < count; at += 1) warmUp.sent('192.0.2.1', 'google')
}

for (const [name, open] of engines)
  describe(name, () => {
    let folder = ''
    let database: Database

    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'posthouse-warm-up-'))
      database = await open(folder)
    })

    after(async () => {
      await database[Symbol.asyncDispose]()
      await rm(folder, { recursive: true })
    })

    const opened = async () => {
      const clock = manualClock()
      const log = memoryLog()
      const needs = { database, clock, log, perDay }
      const warmUp = await WarmUp.open(needs)
      await database.write(tx => tx.run(sql`DELETE FROM warm_up WHERE day > 0`))
      return { clock, warmUp: await WarmUp.open(needs), reopen: () => WarmUp.open(needs), first: warmUp }
    }

    test('a day’s share is spread over its hours', async () => {
      const { clock, warmUp } = await opened()
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'google'), 0)
      send(warmUp, 1)
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'google'), clock.now() + hourMs)
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'yahoo'), 0)
      assert.equal(warmUp.usedUpUntil('192.0.2.2', 'google'), 0)
      clock.advance(hourMs - 1)
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'google'), clock.now() + 1)
      clock.advance(1)
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'google'), 0)
      clock.advance(22 * hourMs)
      send(warmUp, 22)
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'google'), 0)
      send(warmUp, 1)
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'google'), clock.now() + hourMs)
      await warmUp[Symbol.asyncDispose]()
    })

    test('it grows when half of a share was used, and is over after the last', async () => {
      const { clock, warmUp } = await opened()
      const mosts: (number | undefined)[] = []
      for (const count of [24, 24, 10, 90]) {
        send(warmUp, count)
        clock.advance(dayMs)
        mosts.push(warmUp.state('192.0.2.1', 'google').mostToday)
      }
      assert.deepEqual(mosts, [48, 96, 96, undefined])
      send(warmUp, 100_000)
      assert.equal(warmUp.usedUpUntil('192.0.2.1', 'google'), 0)
      assert.equal(warmUp.state('192.0.2.1', 'google').day, undefined)
      await warmUp[Symbol.asyncDispose]()
    })

    test('what was counted is there after a restart', async () => {
      const { clock, warmUp, reopen } = await opened()
      send(warmUp, 24)
      clock.advance(dayMs)
      send(warmUp, 7)
      await warmUp[Symbol.asyncDispose]()
      const again = await reopen()
      assert.deepEqual(again.state('192.0.2.1', 'google'), { day: 2, sentToday: 7, mostToday: 48 })
      await again[Symbol.asyncDispose]()
    })

    test('it is written without an end too', async () => {
      const { clock, warmUp, reopen } = await opened()
      send(warmUp, 5)
      clock.advance(limits.warmUpWriteMs)
      await warmUp[Symbol.asyncDispose]()
      assert.equal((await reopen()).state('192.0.2.1', 'google').sentToday, 5)
    })

    test('who was sent nothing for long begins anew', async () => {
      const { clock, warmUp, reopen } = await opened()
      send(warmUp, 24)
      clock.advance(dayMs)
      send(warmUp, 24)
      await warmUp[Symbol.asyncDispose]()
      clock.advance(limits.warmUpForgottenMs + dayMs)
      assert.equal(warmUp.state('192.0.2.1', 'google').day, 1)
      assert.equal((await reopen()).state('192.0.2.1', 'google').day, 1)
      const rows = await database.read(tx => tx.all(sql`SELECT source FROM warm_up`))
      assert.equal(rows.length, 0)
    })
  })
