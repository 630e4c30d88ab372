// A store for tests: real SQLite in a folder that is removed at the end, after the consistency check found nothing.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { checkStore } from './check.ts'
import { openStore, type StoreOptions } from './open.ts'
import type { SpooledMessage } from './spool.ts'
import type { Store } from './store.ts'

export interface TemporaryStore extends AsyncDisposable {
  readonly store: Store
  readonly database: Database
  readonly folder: string
  readonly clock: ManualClock
  readonly log: MemoryLog
  /** A message with these octets (one for each character), ready to be stored. */
  message(text: string | Uint8Array): Promise<SpooledMessage>
}

export interface TemporaryStoreOptions extends Partial<StoreOptions> {
  /** Accounts that are there from the start. */
  readonly accounts?: readonly number[]
}

/** Opens a store in a folder of its own. A database that is passed stays open at the end; it is checked all the same. */
export async function temporaryStore(options: TemporaryStoreOptions = {}): Promise<TemporaryStore> {
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'posthouse-store-')))
  const database = options.database ?? (await openSqlite({ path: join(folder, 'posthouse.db') }))
  const clock = manualClock()
  const log = memoryLog()
  const random = seededRandom(1)
  const store = await openStore({ clock, log, random, freeBytesThreshold: 0, ...options, database, folder })
  for (const accountId of options.accounts ?? []) await store.createAccount(accountId)
  return {
    store,
    database,
    folder,
    clock,
    log,
    message: text => spooled(store, text),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      try {
        await assertConsistent(database, folder)
      } finally {
        if (options.database === undefined) await database[Symbol.asyncDispose]()
        if (options.folder === undefined) await rm(folder, { recursive: true })
      }
    },
  }
}

/** Fails with what the consistency check found. */
export async function assertConsistent(database: Database, folder: string): Promise<void> {
  assert.deepEqual(await Array.fromAsync(checkStore(database, folder)), [])
}

async function spooled(store: Store, text: string | Uint8Array): Promise<SpooledMessage> {
  await using writer = store.spool.open()
  await writer.write(typeof text === 'string' ? Buffer.from(text, 'latin1') : text)
  return writer.finish()
}
