// Contract tests of the queue: the same on SQLite and on PGlite.

import { after, before, describe, test } from 'node:test'
import type { Database } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { TemporaryQueue, type TemporaryQueueOptions } from './temporary-queue.ts'

export interface Engine {
  /** Each test begins with nothing. */
  open(options?: TemporaryQueueOptions): Promise<TemporaryQueue>
  /** What says nothing new about statements: PGlite takes seconds for each. */
  readonly testOnSqlite: (name: string, run: () => Promise<void>) => void
}

export function onEachEngine(what: string, contract: (engine: Engine) => void): void {
  describe(`${what} on SQLite`, () => {
    contract({
      open: options => TemporaryQueue.open(options),
      testOnSqlite: (name, run) => void test(name, run),
    })
  })

  describe(`${what} on PGlite`, () => {
    let database: Database | undefined

    before(async () => {
      database = await openPglite()
    })

    after(async () => {
      await database?.[Symbol.asyncDispose]()
    })

    // It takes too long to start for a database each.
    async function open(options: TemporaryQueueOptions = {}): Promise<TemporaryQueue> {
      await database?.write(tx => tx.define('DROP SCHEMA public CASCADE; CREATE SCHEMA public'))
      return await TemporaryQueue.open(database === undefined ? options : { ...options, database })
    }

    contract({ open, testOnSqlite: () => {} })
  })
}
