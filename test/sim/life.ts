// The life of a simulated process: it ends at a step that the seed has chosen, as by SIGKILL. What it had under way then never goes on: each of
// its doors lets nothing through any more, in either direction.

import type { Clock } from '#io/clock.ts'
import type { Database, Tx } from '#io/sql/database.ts'

/** Never settles: what waits for it is forgotten. */
const never = new Promise<never>(() => {})

export class Life {
  #steps = 0
  #isOver = false
  readonly #lastStep: number
  readonly #whenEnded: () => void
  readonly #ended = Promise.withResolvers<void>()

  /** @param lastStep the number of the database or network step at which it ends; Infinity: none. @param ended called at once then */
  constructor(lastStep: number, ended: () => void) {
    this.#lastStep = lastStep
    this.#whenEnded = ended
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Settles when it is over. */
  get ended(): Promise<void> {
    return this.#ended.promise
  }

  get steps(): number {
    return this.#steps
  }

  end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#whenEnded()
    this.#ended.resolve()
  }

  /** Before and after whatever reaches the world outside. Never settles when the life is over. */
  async step(): Promise<void> {
    if (!this.#isOver) {
      this.#steps += 1
      if (this.#steps >= this.#lastStep) this.end()
    }
    if (this.#isOver) await never
  }

  /** What the world has to say reaches only the living. */
  async heard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } finally {
      if (this.#isOver) await never
    }
  }

  clock(clock: Clock): Clock {
    return {
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      busyMs: () => clock.busyMs(),
      after: (delayMs, run) =>
        clock.after(delayMs, () => {
          if (!this.#isOver) run()
        }),
    }
  }

  database(database: Database): Database {
    return {
      read: async work => {
        await this.step()
        return await this.heard(database.read(work))
      },
      write: async <T>(work: (tx: Tx) => Promise<T>, onDurable?: (result: T) => void): Promise<T> => {
        await this.step()
        const result = await database.write(work)
        // It has happened, and whoever asked for it may never hear.
        await this.step()
        onDurable?.(result)
        return result
      },
      durable: async () => await this.heard(database.durable()),
      faults: async () => await database.faults(),
      async [Symbol.asyncDispose]() {},
    }
  }
}
