// Makes commits durable without stopping the event loop: one fdatasync of SQLite's log at a time, on the thread pool, shared by all that wait.
// Opening and closing the log is safe; the main file and its -shm are never touched (POSIX drops all locks of a process on any close).

import { close, fdatasync, openSync } from 'node:fs'
import { promisify } from 'node:util'

export interface Waiting {
  /** Called in the order of `add`, once everything committed before is on the disk for good. */
  durable(): void
  failed(error: unknown): void
}

export class WalSync {
  readonly #file: number
  #waiting: Waiting[] = []
  #running = false
  #failure: Error | undefined
  #idle: (() => void)[] = []

  constructor(path: string) {
    this.#file = openSync(path, 'r')
  }

  /** Set after a failed sync: what the kernel lost it may not report twice, so nothing written later can be trusted. */
  get failure(): Error | undefined {
    return this.#failure
  }

  add(waiting: Waiting): void {
    this.#waiting.push(waiting)
    if (!this.#running) this.#start()
  }

  #start(): void {
    const covered = this.#waiting
    this.#waiting = []
    this.#running = true
    fdatasync(this.#file, error => {
      if (error !== null) this.#failure = new Error(`fdatasync of the log failed: ${error.message}`, { cause: error })
      for (const waiting of covered) {
        if (this.#failure !== undefined) waiting.failed(this.#failure)
        else waiting.durable()
      }
      this.#running = false
      if (this.#waiting.length > 0) this.#start()
      else for (const wake of this.#idle.splice(0)) wake()
    })
  }

  /** Settles when everything committed before is on the disk for good. */
  async done(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (!this.#running) return
    await new Promise<void>((durable, failed) => this.add({ durable, failed }))
  }

  /** Settles when nobody waits. */
  async idle(): Promise<void> {
    while (this.#running) await new Promise<void>(resolve => this.#idle.push(resolve))
  }

  async close(): Promise<void> {
    await this.idle()
    await promisify(close)(this.#file)
  }
}
