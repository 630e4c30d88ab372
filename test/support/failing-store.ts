// A store of a test's own: real SQLite in a temporary folder, whose database fails while it is told to. At the end it is checked, and found whole.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { type Random, systemRandom } from '#io/random.ts'
import { type Database, DiskFullError } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { assertConsistent } from '#store/temporary-store.ts'

const states = ['works', 'broken', 'unwritable', 'full'] as const

export interface FailingDatabase extends Database {
  /** Read transactions so far. */
  readonly reads: number
  /** `works`; `broken`: everything fails, as with a broken disk; `unwritable`: writes do; `full`: they do with DiskFullError. */
  become(state: string): void
}

export interface StoreNeeds {
  readonly clock: Clock
  readonly log: Log
  readonly random?: Random
}

/** Opens a store that `owned` takes down, after a check that finds nothing. */
export async function openFailingStore(
  owned: AsyncDisposableStack,
  { clock, log, random = systemRandom }: StoreNeeds,
): Promise<{ readonly store: Store; readonly database: FailingDatabase }> {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-place-'))
  owned.defer(() => rm(folder, { recursive: true }))
  const sound = owned.use(await openSqlite({ path: join(folder, 'store.sqlite') }))
  owned.defer(() => assertConsistent(sound, folder))
  const database = failing(sound)
  const store = owned.use(await openStore({ database, folder, clock, random, log }))
  return { store, database }
}

function failing(database: Database): FailingDatabase {
  let state: (typeof states)[number] = 'works'
  let reads = 0
  const broken = () => Promise.reject(new Error('the disk is broken'))
  return {
    get reads() {
      return reads
    },
    become(wanted) {
      const found = states.find(one => one === wanted)
      assert.ok(found, `a database can be ${states.join(', ')}, not ${wanted}`)
      state = found
    },
    read(work) {
      reads += 1
      return state === 'broken' ? broken() : database.read(work)
    },
    write(work, onDurable) {
      if (state === 'broken' || state === 'unwritable') return broken()
      return state === 'full' ? Promise.reject(new DiskFullError('no room')) : database.write(work, onDurable)
    },
    durable: () => database.durable(),
    faults: () => database.faults(),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}
