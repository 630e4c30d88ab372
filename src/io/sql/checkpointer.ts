// Copies SQLite's log into the database file on a thread of its own, so that its syncs stop nobody.
// A passive checkpoint runs beside the writes. When under steady load the log still grows, writes wait (without stopping the event loop) until it can begin anew:
// to write over a file costs less than to let it grow.

import { Worker } from 'node:worker_threads'
import type { Log } from '#io/log.ts'
import { threadEnvironment } from '#io/thread-environment.ts'
import { sql } from './database.ts'
import type { SqliteConnection } from './sqlite-connection.ts'

export interface CheckpointerOptions {
  readonly path: string
  readonly log: Log | undefined
  readonly checkpointBytes: number
  readonly restartBytes: number
  readonly truncateBytes: number
  /** Runs `alone` while no transaction is open on the writer. */
  holdWrites(alone: () => Promise<void>): Promise<void>
}

export type CheckpointOrder = { readonly mode: 'PASSIVE' | 'RESTART' | 'TRUNCATE' }
export type CheckpointReport = { readonly error: string | undefined }

export class Checkpointer {
  readonly #options: CheckpointerOptions
  #worker: Worker | undefined
  #running: Promise<void> | undefined
  #closed = false
  #failing = false
  /** Log bytes after the last checkpoint: the next starts when as many again as `checkpointBytes` were added. Undefined: to be measured. */
  #doneAtBytes: number | undefined = 0
  #pageBytes = 0

  constructor(options: CheckpointerOptions) {
    this.#options = options
  }

  /** Call it after each commit. */
  afterCommit(writer: SqliteConnection): void {
    if (this.#running !== undefined || this.#closed) return
    const bytes = this.#logBytesOrNone(writer)
    // Measured here and not behind the checkpoint: in the middle of a transaction SQLite refuses the question.
    if (this.#doneAtBytes === undefined || bytes < this.#doneAtBytes) this.#doneAtBytes = bytes
    if (bytes - this.#doneAtBytes < this.#options.checkpointBytes) return
    this.#start(this.#modeAt(bytes))
  }

  /** Call it when the disk is full: what is in the log twice need not be there. */
  afterDiskFull(): void {
    if (this.#running === undefined && !this.#closed) this.#start('TRUNCATE')
  }

  #modeAt(bytes: number): CheckpointOrder['mode'] {
    const { restartBytes, truncateBytes } = this.#options
    if (bytes >= truncateBytes) return 'TRUNCATE'
    return bytes >= restartBytes ? 'RESTART' : 'PASSIVE'
  }

  #start(mode: CheckpointOrder['mode']): void {
    this.#running = this.#checkpoint(mode).finally(() => {
      this.#running = undefined
    })
  }

  async #checkpoint(mode: CheckpointOrder['mode']): Promise<void> {
    try {
      // First beside the writes, so that they wait for little.
      await this.#order({ mode: 'PASSIVE' })
      if (mode !== 'PASSIVE') await this.#options.holdWrites(() => this.#order({ mode }))
      this.#doneAtBytes = undefined
      if (this.#failing) this.#options.log?.info('sql.checkpoint-works-again')
      this.#failing = false
    } catch (error) {
      // The log stays, complete: nothing is lost, and the next commit tries again. Told once: on a full disk each commit comes here.
      if (!this.#failing) this.#options.log?.error('sql.checkpoint-failed', { reason: String(error) })
      this.#failing = true
    }
  }

  /** The commit is done: not knowing how long the log is harms nothing. */
  #logBytesOrNone(writer: SqliteConnection): number {
    try {
      return this.#logBytes(writer)
    } catch (error) {
      this.#options.log?.error('sql.log-size-unknown', { reason: String(error) })
      return 0
    }
  }

  /** NOOP checkpoints nothing: it tells the frames in the log that are in use. */
  #logBytes(writer: SqliteConnection): number {
    if (this.#pageBytes === 0) this.#pageBytes = Number(writer.get(sql`PRAGMA page_size`)?.[0])
    const frames = Number(writer.get(sql`PRAGMA wal_checkpoint(NOOP)`)?.[1])
    return frames * this.#pageBytes
  }

  async #order(order: CheckpointOrder): Promise<void> {
    const worker = this.#started()
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const onMessage = (report: CheckpointReport) => {
      if (report.error === undefined) resolve()
      else reject(new Error(report.error))
    }
    worker.once('message', onMessage)
    worker.once('error', reject)
    worker.once('exit', reject)
    worker.postMessage(order)
    try {
      await promise
    } finally {
      worker.off('message', onMessage)
      worker.off('error', reject)
      worker.off('exit', reject)
    }
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker
    // In the published package the files are .js.
    const url = new URL(
      import.meta.url.endsWith('.ts') ? './checkpoint-thread.ts' : './checkpoint-thread.js',
      import.meta.url,
    )
    const worker = new Worker(url, {
      env: threadEnvironment(),
      workerData: { path: this.#options.path },
      resourceLimits: { maxOldGenerationSizeMb: 16 },
    })
    worker.unref()
    // A thread that died is started anew by the next order; the order under way hears of it by its own listener.
    worker.on('error', error => this.#options.log?.error('sql.checkpoint-thread-died', { reason: String(error) }))
    worker.once('exit', () => {
      if (this.#worker === worker) this.#worker = undefined
    })
    this.#worker = worker
    return worker
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#running
    await this.#worker?.terminate()
  }
}
