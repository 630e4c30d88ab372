// Lets so many questions be on their way at once. Who waits for a turn too long, or behind too many others, gets none.

import type { Clock } from './clock.ts'
import { limits } from './limits.ts'

export class DnsTurns {
  readonly #clock: Clock
  readonly #waitMs: number
  /** In the order in which they came. */
  readonly #waiting = new Set<(isMine: true) => void>()
  #running = 0

  constructor(clock: Clock, waitMs: number) {
    this.#clock = clock
    this.#waitMs = waitMs
  }

  /** Undefined without a turn. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#running < limits.dnsQuestions) this.#running += 1
    else if (!(await this.#turn())) return undefined
    try {
      return await work()
    } finally {
      const [next] = this.#waiting
      if (next === undefined) this.#running -= 1
      else this.#pass(next)
    }
  }

  async #turn(): Promise<boolean> {
    if (this.#waiting.size >= limits.dnsWaiting) return false
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#waiting.add(resolve)
    using _limit = this.#clock.after(this.#waitMs, () => {
      this.#waiting.delete(resolve)
      resolve(false)
    })
    return await promise
  }

  #pass(next: (isMine: true) => void): void {
    this.#waiting.delete(next)
    next(true)
  }
}
