import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Database, sql } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { storeMigrations } from '#store/migrations.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { migrations } from './migrations.ts'
import { TemporaryQueue } from './temporary-queue.ts'

const dayMs = 24 * 60 * 60_000
const startMs = Date.UTC(2026, 0, 1)

/** A message of alice's to bob, as the tables had it before there was a relay. */
async function insert(database: Database, id: number, state: string, at: number): Promise<void> {
  const bytes = Buffer.from(`Subject: ${state}\r\n\r\n`)
  await database.write(async tx => {
    await tx.run(sql`INSERT INTO blob (blob_id, refs, size_bytes, place) VALUES (${id}, 1, ${bytes.length}, 'table')`)
    await tx.run(sql`INSERT INTO blob_bytes (blob_id, bytes) VALUES (${id}, ${bytes})`)
    await tx.run(sql`INSERT INTO blob_kept (blob_id, kept_at) VALUES (${id}, ${startMs})`)
    await tx.run(sql`
      INSERT INTO queue_message (account_id, message_id, sender, blob_id, size_bytes, fields, parameters, arrived_at,
        release_at, next_at, tries)
      VALUES (1, ${`m${id}`}, 'alice@example.test', ${id}, ${bytes.length}, 'Received: then', ${JSON.stringify(noMailParameters)},
        ${startMs}, ${startMs}, ${at}, 3)`)
    await tx.run(sql`
      INSERT INTO queue_recipient (account_id, message_id, number, address, parameters, state, status, reply, delay_told)
      VALUES (1, ${`m${id}`}, 0, 'bob@example.test', ${JSON.stringify(noRecipientParameters)}, ${state},
        ${state === 'failed' ? '5.1.1' : null}, ${state === 'failed' ? '550 5.1.1 no' : null}, 0)`)
  })
}

async function comesAlong(database: Database): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-queue-migration-'))
  await migrate(database, 'store', storeMigrations)
  await migrate(database, 'queue', migrations.slice(0, 1))
  await insert(database, 1, 'scheduled', startMs + dayMs)
  await insert(database, 2, 'deferred', startMs)
  await insert(database, 3, 'failed', startMs)
  {
    await using place = await TemporaryQueue.open({ database, folder })
    await place.pass(1)
    const [waiting, ...more] = await place.queue.list()
    assert.deepEqual(more, [])
    assert.deepEqual([waiting?.nextAt, waiting?.recipients[0]?.tries], [startMs + dayMs, 3])
    assert.equal((await place.inbox('bob')).length, 1)
    const [report = ''] = await place.inbox('alice')
    assert.match(report, /^Action: failed\r\nStatus: 5\.1\.1\r$/m)
    await place.pass(dayMs)
    assert.equal((await place.inbox('bob')).length, 2)
    assert.deepEqual(await place.queue.list(), [])
  }
  await rm(folder, { recursive: true })
}

test('what waits in tables of before comes along, on SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-queue-migration-'))
  const database = await openSqlite({ path: join(folder, 'posthouse.db') })
  await comesAlong(database)
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

test('what waits in tables of before comes along, on PGlite', async () => {
  await using database = await openPglite()
  await comesAlong(database)
})
