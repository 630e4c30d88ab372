// Only one process opens a data folder. The lock is SQLite's own, on a file of its own: it vanishes with the process, however that ends.

import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Takes the folder for this process until disposed of; undefined when another process (or this one) has it. The folder must exist. */
export function lockFolder(path: string): Disposable | undefined {
  const database = new DatabaseSync(join(path, 'lock.sqlite'), { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode=EXCLUSIVE')
    // Without a journal nothing is left behind; nothing is ever written.
    database.exec('PRAGMA journal_mode=MEMORY')
    database.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    if (isBusy(error)) return undefined
    throw error
  }
  return { [Symbol.dispose]: () => database.close() }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5 // SQLITE_BUSY
}
