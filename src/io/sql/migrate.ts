// The schema's way forward: numbered migrations per room (store, accounts, queue, ...), each in a transaction of its own.
// Statements are written once, in SQL that every engine accepts, but for three words:
//   BYTES               a column of octets: BLOB, BYTEA
//   CLUSTERED           after the closing parenthesis of CREATE TABLE: rows lie in the order of the primary key, where the engine can do that
//   BIGINT PRIMARY KEY  a table whose only key is one number: SQLite's row id itself

import { type Clock, systemClock } from '#io/clock.ts'
import { type Database, sql } from './database.ts'

export interface Migration {
  /** 1, 2, 3, ... without a gap. Once released a migration never changes. */
  readonly number: number
  readonly statements: readonly string[]
}

/** The database was opened by a newer program: nothing was done to it. */
export class NewerDatabaseError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'NewerDatabaseError'
  }
}

/** Brings `room` to its newest migration. Rejects when the database has been opened by a newer program. */
export async function migrate(
  database: Database,
  room: string,
  migrations: readonly Migration[],
  clock: Clock = systemClock,
): Promise<void> {
  await database.write(tx =>
    tx.define(`CREATE TABLE IF NOT EXISTS schema_version (
      room TEXT NOT NULL, number BIGINT NOT NULL, applied_at BIGINT NOT NULL, PRIMARY KEY (room, number))`),
  )
  const at = await version(database, room)
  const newest = migrations.at(-1)?.number ?? 0
  if (at > newest) {
    throw new NewerDatabaseError(
      `the database's ${room} tables are at version ${at}, this program knows ${newest}: it was opened by a newer Posthouse`,
    )
  }
  for (const migration of migrations) if (migration.number > at) await apply(database, room, migration, clock.now())
}

/** The newest migration of `room` that was applied; 0 for none. */
async function version(database: Database, room: string): Promise<number> {
  return database.read(async tx => {
    const row = await tx.get<[number | null]>(sql`SELECT MAX(number) FROM schema_version WHERE room = ${room}`)
    return row?.[0] ?? 0
  })
}

async function apply(database: Database, room: string, migration: Migration, now: number): Promise<void> {
  await database.write(async tx => {
    for (const statement of migration.statements) await tx.define(statement)
    await tx.run(
      sql`INSERT INTO schema_version (room, number, applied_at) VALUES (${room}, ${migration.number}, ${now})`,
    )
  })
}
