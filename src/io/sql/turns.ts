// A queue that runs what it is given in order, in batches, and lets the event loop have its turn between two of them.

export interface TurnsOptions<T> {
  /** Items of one batch at most. */
  readonly batchSize: number
  /** Never rejects. */
  run(batch: readonly T[]): Promise<void>
  /** Settles when a batch may begin; what is added until then joins it. */
  ready?(): Promise<void>
}

export class Turns<T> {
  readonly #options: TurnsOptions<T>
  #queue: T[] = []
  #running: Promise<void> | undefined
  #batch: Promise<void> | undefined
  #pause: Promise<void> | undefined

  constructor(options: TurnsOptions<T>) {
    this.#options = options
  }

  add(item: T): void {
    this.#queue.push(item)
    this.#running ??= this.#drain()
  }

  async #drain(): Promise<void> {
    const { run, ready, batchSize } = this.#options
    // From here on in a microtask, as inMicrotasks needs it; and what comes in the same turn joins the first batch.
    await undefined
    while (this.#queue.length > 0) {
      await ready?.()
      // A pause may have begun meanwhile, and what it was for may have made the next batch wait again.
      if (this.#pause !== undefined) {
        await this.#pause
        continue
      }
      this.#batch = run(this.#queue.splice(0, batchSize))
      await this.#batch
      this.#batch = undefined
      if (this.#queue.length > 0) await new Promise(resolve => setImmediate(resolve))
    }
    this.#running = undefined
  }

  /** Runs `alone` while the queue stands still. */
  async hold(alone: () => Promise<void>): Promise<void> {
    while (this.#pause !== undefined) await this.#pause
    const done = Promise.withResolvers<void>()
    this.#pause = done.promise
    try {
      // One that gives turns of the event loop may stand in the middle.
      await this.#batch
      await alone()
    } finally {
      this.#pause = undefined
      done.resolve()
    }
  }

  /** Settles when the queue is empty. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running
  }
}
