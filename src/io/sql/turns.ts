// A queue that runs what it is given in order, in batches, and lets the event loop have its turn between two of them.

export class Turns<T> {
  readonly #run: (batch: readonly T[]) => Promise<void>
  readonly #batchSize: number
  #queue: T[] = []
  #running: Promise<void> | undefined
  #pause: Promise<void> | undefined

  /** `run` never rejects. */
  constructor(batchSize: number, run: (batch: readonly T[]) => Promise<void>) {
    this.#batchSize = batchSize
    this.#run = run
  }

  add(item: T): void {
    this.#queue.push(item)
    this.#running ??= this.#drain()
  }

  async #drain(): Promise<void> {
    // From here on in a microtask, as inMicrotasks needs it; and what comes in the same turn joins the first batch.
    await undefined
    while (this.#queue.length > 0) {
      if (this.#pause !== undefined) await this.#pause
      await this.#run(this.#queue.splice(0, this.#batchSize))
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
