import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Database, sql } from './database.ts'
import { type Migration, migrate } from './migrate.ts'
import { openSqlite } from './sqlite.ts'

const first: Migration = { number: 1, statements: ['CREATE TABLE a (id BIGINT PRIMARY KEY)'] }
const second: Migration = {
  number: 2,
  statements: ['CREATE TABLE b (id BIGINT PRIMARY KEY, bytes BYTES)', 'DROP TABLE a'],
}
const broken: Migration = {
  number: 2,
  statements: ['CREATE TABLE c (id BIGINT PRIMARY KEY)', 'CREATE TABLE a (x BIGINT)'],
}

async function withDatabase(run: (database: Database) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-migrate-'))
  const database = await openSqlite({ path: join(folder, 'a.db') })
  try {
    await run(database)
  } finally {
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  }
}

async function tables(database: Database): Promise<unknown[]> {
  const rows = await database.read(tx => tx.all(sql`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`))
  return rows.flat()
}

test('each migration runs once, from where the database stands', () =>
  withDatabase(async database => {
    await migrate(database, 'post', [first])
    await migrate(database, 'post', [first])
    assert.deepEqual(await tables(database), ['a', 'schema_version'])
    await migrate(database, 'post', [first, second])
    await migrate(database, 'post', [first, second])
    assert.deepEqual(await tables(database), ['b', 'schema_version'])
  }))

test('rooms are numbered apart', () =>
  withDatabase(async database => {
    await migrate(database, 'post', [first])
    await migrate(database, 'office', [{ number: 1, statements: ['CREATE TABLE z (id BIGINT PRIMARY KEY)'] }])
    assert.deepEqual(await tables(database), ['a', 'schema_version', 'z'])
  }))

test('a migration that fails leaves nothing of itself', () =>
  withDatabase(async database => {
    await assert.rejects(migrate(database, 'post', [first, broken]))
    assert.deepEqual(await tables(database), ['a', 'schema_version'])
    await migrate(database, 'post', [first, second])
    assert.deepEqual(await tables(database), ['b', 'schema_version'])
  }))

test('a database from a newer program is refused', () =>
  withDatabase(async database => {
    await migrate(database, 'post', [first, second])
    await assert.rejects(migrate(database, 'post', [first]), /version 2, this program knows 1/)
  }))
