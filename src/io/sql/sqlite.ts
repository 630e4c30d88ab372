// The embedded engine: one connection that writes, one that reads, a log that is synced behind them.
// Statements run synchronously under promises, so transactions on one connection never interleave: each waits for its turn.

import { closeSync, fsyncSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Log } from '#io/log.ts'
import { Checkpointer } from './checkpointer.ts'
import { type Database, DiskFullError, sql, type Tx } from './database.ts'
import { inMicrotasks, type Outcome } from './in-microtasks.ts'
import { limits } from './limits.ts'
import { SqliteConnection, SqliteTx } from './sqlite-connection.ts'
import { Turns } from './turns.ts'
import { WalSync } from './wal-sync.ts'

export interface SqliteOptions {
  /** The database file; made when it is missing. Its folder must exist. */
  readonly path: string
  readonly log?: Log
  readonly pageBytes?: number
  /** The file refuses to grow beyond as if the disk were full. */
  readonly maxPages?: number
  /** Log bytes from which a checkpoint starts. */
  readonly checkpointBytes?: number
  /** Log bytes from which writes wait for the log to begin anew. */
  readonly restartBytes?: number
  /** Log bytes from which its file is cut to nothing too. */
  readonly truncateBytes?: number
}

interface Request {
  work(tx: Tx): Promise<unknown>
  /** Called when the result is durable. */
  succeed(value: unknown): void
  fail(error: unknown): void
}

/** Opens an SQLite file. Rejects when it can't be opened or is no database. */
export async function openSqlite(options: SqliteOptions): Promise<Database> {
  return new SqliteDatabase(options)
}

class SqliteDatabase implements Database {
  readonly #writer: SqliteConnection
  readonly #reader: SqliteConnection
  readonly #sync: WalSync
  readonly #checkpointer: Checkpointer
  readonly #writes = new Turns<Request>({
    batchSize: limits.writesPerCommit,
    run: batch => this.#writeTogether(batch),
    // While the disk is busy with the commits before, writes gather for the next: under load one commit and one sync serve many.
    ready: () => this.#sync.idle(),
  })
  readonly #reads = new Turns<Request>({ batchSize: limits.readsPerSnapshot, run: batch => this.#readTogether(batch) })
  #closed = false

  constructor(options: SqliteOptions) {
    const pageBytes = options.pageBytes ?? limits.pageBytes
    const { path, maxPages } = options
    this.#writer = new SqliteConnection({
      path,
      readOnly: false,
      pageBytes,
      cacheBytes: limits.writerCacheBytes,
      maxPages,
    })
    // The first transaction makes the log's file, which WalSync opens.
    this.#writer.define('BEGIN IMMEDIATE; COMMIT')
    this.#reader = new SqliteConnection({ path, readOnly: true, pageBytes, cacheBytes: limits.readerCacheBytes })
    this.#sync = new WalSync(`${path}-wal`)
    this.#checkpointer = new Checkpointer({
      path,
      log: options.log,
      checkpointBytes: options.checkpointBytes ?? limits.checkpointBytes,
      restartBytes: options.restartBytes ?? limits.restartBytes,
      truncateBytes: options.truncateBytes ?? limits.truncateBytes,
      holdWrites: alone => this.#writes.hold(alone),
    })
    syncFolder(dirname(path))
  }

  read<T>(work: (tx: Tx) => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the database is closed'))
    return new Promise((resolve, reject) => {
      // Turns runs the work of this very request, so what it hands to `succeed` is a T.
      this.#reads.add({ work, succeed: value => resolve(value as T), fail: reject })
    })
  }

  write<T>(work: (tx: Tx) => Promise<T>, onDurable?: (result: T) => void): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the database is closed'))
    return new Promise((resolve, reject) => {
      const succeed = (value: unknown) => {
        const result = value as T // as in `read`
        try {
          onDurable?.(result)
          resolve(result)
        } catch (error) {
          reject(error)
        }
      }
      this.#writes.add({ work, succeed, fail: reject })
    })
  }

  async durable(): Promise<void> {
    await this.#sync.done()
  }

  async faults(): Promise<readonly string[]> {
    const rows = await this.read(tx => tx.all<[string]>(sql`PRAGMA integrity_check`))
    return rows.map(([text]) => text).filter(text => text !== 'ok')
  }

  async #readTogether(batch: readonly Request[]): Promise<void> {
    try {
      this.#reader.exec('BEGIN')
    } catch (error) {
      for (const request of batch) request.fail(error)
      return
    }
    for (const request of batch) report(request, await attempt(this.#reader, [request]))
    undo(this.#reader)
  }

  /**
   * Writes that came in together share a transaction: its commit writes a page that many of them changed once.
   * When one of them fails all are undone, and each runs again by itself, as `Database.write` allows.
   */
  async #writeTogether(batch: readonly Request[]): Promise<void> {
    const outcome = await this.#transaction(batch)
    if (outcome.kind === 'done') this.#awaitDurable(batch, outcome.value)
    else if (batch.length === 1) batch[0]?.fail(outcome.error)
    else for (const request of batch) await this.#writeTogether([request])
  }

  async #transaction(batch: readonly Request[]): Promise<Outcome<readonly unknown[]>> {
    try {
      if (this.#sync.failure !== undefined) throw this.#sync.failure
      this.#writer.exec('BEGIN IMMEDIATE')
      const outcome = await attempt(this.#writer, batch)
      if (outcome.kind === 'failed') throw outcome.error
      this.#writer.exec('COMMIT')
      return outcome
    } catch (error) {
      undo(this.#writer)
      if (error instanceof DiskFullError) this.#checkpointer.afterDiskFull()
      return { kind: 'failed', error }
    }
  }

  #awaitDurable(batch: readonly Request[], values: readonly unknown[]): void {
    this.#sync.add({
      durable() {
        for (const [index, request] of batch.entries()) request.succeed(values[index])
      },
      failed(error) {
        for (const request of batch) request.fail(error)
      },
    })
    this.#checkpointer.afterCommit(this.#writer)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#reads.idle()
    await this.#writes.idle()
    await this.#checkpointer.close()
    await this.#sync.close()
    this.#reader.close()
    // The last connection to close copies the log into the file and removes it.
    this.#writer.close()
  }
}

/** Runs requests one after the other, up to the first that fails. */
async function attempt(connection: SqliteConnection, batch: readonly Request[]): Promise<Outcome<readonly unknown[]>> {
  let tx: SqliteTx | undefined
  let isOver = false
  const outcome = await inMicrotasks(async turn => {
    const values: unknown[] = []
    for (const request of batch) {
      // One that awaited something else comes back when the transaction is long over.
      if (isOver) break
      tx = new SqliteTx(connection, turn)
      values.push(await request.work(tx))
      tx.end()
    }
    return values
  })
  isOver = true
  tx?.end()
  return outcome
}

/** Ends a transaction without its changes. When the disk is full SQLite has already done that. */
function undo(connection: SqliteConnection): void {
  try {
    if (connection.inTransaction) connection.exec('ROLLBACK')
  } catch {
    // What made it fail has been told already, or the next BEGIN fails and tells.
  }
}

function report(request: Request, outcome: Outcome<readonly unknown[]>): void {
  if (outcome.kind === 'done') request.succeed(outcome.value[0])
  else request.fail(outcome.error)
}

/** A new file's name is on the disk for good only when its folder is. */
function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  fsyncSync(folder)
  closeSync(folder)
}
