// Couriers of one hop that have nothing more to bring and wait a moment for what is accepted next. One timer for all, which a busy hop seldom sets.

import type { Clock } from '#io/clock.ts'
import { limits } from './limits.ts'

interface Waiting {
  readonly untilMs: number
  end(isWanted: boolean): void
}

export class Lingering {
  readonly #clock: Clock
  /** In the order in which they came. */
  readonly #waiting: Waiting[] = []
  #timer: Disposable | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Settles with whether something came; after limits.lingerMs in any case. */
  wait(): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>()
    this.#waiting.push({ untilMs: this.#clock.monotonicMs() + limits.lingerMs, end: resolve })
    this.#timer ??= this.#clock.after(limits.lingerMs, this.#endTooLate)
    return promise
  }

  /** For the one that came last: those that nobody needs go. False: nobody waits. */
  wake(): boolean {
    const last = this.#waiting.pop()
    last?.end(true)
    return last !== undefined
  }

  /** Nobody waits any more. */
  stop(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    for (const { end } of this.#waiting.splice(0)) end(false)
  }

  readonly #endTooLate = (): void => {
    this.#timer = undefined
    const nowMs = this.#clock.monotonicMs()
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (first.untilMs > nowMs) {
        this.#timer = this.#clock.after(first.untilMs - nowMs, this.#endTooLate)
        return
      }
      this.#waiting.shift()
      first.end(false)
    }
  }
}
