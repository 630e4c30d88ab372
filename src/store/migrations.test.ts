import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { migrate } from '#io/sql/migrate.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { storeMigrations } from './migrations.ts'
import { temporaryStore } from './temporary-store.ts'

test('migrations are numbered without a gap', () => {
  assert.deepEqual(
    storeMigrations.map(({ number }) => number),
    storeMigrations.map((_, index) => index + 1),
  )
})

for (const { number } of storeMigrations) {
  test(`migration ${number} brings a store that stood before it to one that works`, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'posthouse-migrations-'))
    const database = await openSqlite({ path: join(folder, 'posthouse.db') })
    await migrate(database, 'store', storeMigrations.slice(0, number - 1))
    {
      await using temporary = await temporaryStore({ database, folder, accounts: [1] })
      await using message = await temporary.message('hello')
      await temporary.store.deliver(message, [{ accountId: 1, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
    }
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })
}
