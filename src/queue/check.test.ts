// Each fault is made by hand, and must be found.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Sql, sql } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { storeMigrations } from '#store/migrations.ts'
import { checkQueue } from './check.ts'
import { TemporaryQueue } from './temporary-queue.ts'

const harms: readonly (readonly [string, readonly string[], Sql])[] = [
  ['nothing', [], sql`SELECT 1`],
  ['the kept bytes', ['queued-message-without-bytes'], sql`DELETE FROM blob_kept`],
  ['the recipients', ['queued-message-without-recipient'], sql`DELETE FROM queue_recipient`],
  ['the time', ['queued-recipient-without-time'], sql`UPDATE queue_recipient SET next_at = NULL`],
  ['the lease', ['queued-recipient-without-time'], sql`UPDATE queue_recipient SET next_at = NULL, state = 'active'`],
  ['the report', ['report-without-time'], sql`UPDATE queue_recipient SET next_at = NULL, state = 'failed'`],
  [
    'the message of a try',
    ['tries-without-message'],
    sql`INSERT INTO queue_try (account_id, message_id, number, tried_at, took_ms, host, transcript) VALUES (1, 'x', 1, 1, 1, 'h', '')`,
  ],
  ['the messages', ['queued-recipient-without-message', 'kept-for-nobody'], sql`DELETE FROM queue_message`],
]
for (const [what, wanted, harm] of harms) {
  test(`the check after harm to: ${what}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'posthouse-queue-check-'))
    const database = await openSqlite({ path: join(folder, 'posthouse.db') })
    {
      await using place = await TemporaryQueue.open({ database, folder })
      await place.hold({ inMs: 1_000 })
    }
    await database.write(tx => tx.all(harm))
    const found = await Array.fromAsync(checkQueue(database))
    assert.deepEqual(
      found.map(finding => finding.what),
      wanted,
    )
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })
}

test('an installation that has no queue yet has no faults in it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-queue-check-'))
  const database = await openSqlite({ path: join(folder, 'posthouse.db') })
  await migrate(database, 'store', storeMigrations)
  assert.deepEqual(await Array.fromAsync(checkQueue(database)), [])
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})
