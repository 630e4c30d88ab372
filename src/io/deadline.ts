// A time limit that is set again for every read of a connection. The timer behind it is set only when none is
// running that fires early enough: a busy connection makes no timer for each read.

import type { Clock } from './clock.ts'

export class Deadline {
  readonly #clock: Clock
  readonly #expired: () => void
  #dueMs = Number.POSITIVE_INFINITY
  #timer: Disposable | undefined
  #timerDueMs = 0

  /** @param expired called when a limit that was set is reached before `clear` */
  constructor(clock: Clock, expired: () => void) {
    this.#clock = clock
    this.#expired = expired
  }

  set(limitMs: number): void {
    const dueMs = this.#clock.monotonicMs() + limitMs
    this.#dueMs = dueMs
    if (this.#timer !== undefined && this.#timerDueMs <= dueMs) return
    this.#timer?.[Symbol.dispose]()
    this.#start(dueMs, limitMs)
  }

  /** Nothing is limited now; costs nothing. */
  clear(): void {
    this.#dueMs = Number.POSITIVE_INFINITY
  }

  /** Lets go of the timer too: the connection is over. */
  stop(): void {
    this.clear()
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  #start(dueMs: number, delayMs: number): void {
    this.#timerDueMs = dueMs
    this.#timer = this.#clock.after(delayMs, this.#tick)
  }

  readonly #tick = (): void => {
    this.#timer = undefined
    if (this.#dueMs === Number.POSITIVE_INFINITY) return
    const leftMs = this.#dueMs - this.#clock.monotonicMs()
    if (leftMs > 0) {
      this.#start(this.#dueMs, leftMs)
      return
    }
    this.clear()
    this.#expired()
  }
}
