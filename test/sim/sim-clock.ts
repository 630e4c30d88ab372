// The clock of a simulated world: it stands still while anybody has something to do, then goes to the next timer. Days pass in no time.

import type { Clock } from '#io/clock.ts'

export class SimClock implements Clock {
  readonly #startMs: number
  /** By due time, those of one time in the order in which they were set. */
  readonly #timers = new TimerHeap()
  #elapsedMs = 0
  #set = 0

  constructor(startMs = Date.UTC(2026, 0, 1)) {
    this.#startMs = startMs
  }

  now(): number {
    return this.#startMs + this.#elapsedMs
  }

  monotonicMs(): number {
    return this.#elapsedMs
  }

  busyMs(): number {
    return 0
  }

  after(delayMs: number, run: () => void): Disposable {
    const timer: Timer = { dueMs: this.#elapsedMs + Math.max(0, delayMs), order: this.#set, run, isOff: false }
    this.#set += 1
    this.#timers.add(timer)
    return {
      [Symbol.dispose]: () => {
        timer.isOff = true
      },
    }
  }

  /** When the next timer is due, milliseconds from the start; undefined: there is none. */
  get nextMs(): number | undefined {
    for (;;) {
      const first = this.#timers.first
      if (first === undefined || !first.isOff) return first?.dueMs
      this.#timers.take()
    }
  }

  /** Goes to the next timer and runs all that are due then. False: there is none up to `endMs`, to which it goes. */
  step(endMs: number): boolean {
    const next = this.nextMs
    if (next === undefined || next > endMs) {
      this.#elapsedMs = Math.max(this.#elapsedMs, endMs)
      return false
    }
    this.#elapsedMs = Math.max(this.#elapsedMs, next)
    for (let due = this.nextMs; due !== undefined && due <= this.#elapsedMs; due = this.nextMs)
      this.#timers.take()?.run()
    return true
  }
}

interface Timer {
  readonly dueMs: number
  readonly order: number
  readonly run: () => void
  isOff: boolean
}

class TimerHeap {
  readonly #timers: Timer[] = []

  get first(): Timer | undefined {
    return this.#timers[0]
  }

  add(timer: Timer): void {
    const timers = this.#timers
    let at = timers.length
    timers.push(timer)
    for (; at > 0; at = (at - 1) >> 1) {
      const above = timers[(at - 1) >> 1] as Timer // at > 0 has one
      if (!isBefore(timer, above)) break
      timers[at] = above
    }
    timers[at] = timer
  }

  take(): Timer | undefined {
    const timers = this.#timers
    const [first] = timers
    const last = timers.pop()
    if (last === undefined || last === first) return first
    let at = 0
    for (;;) {
      let below = 2 * at + 1
      const [left, right] = [timers[below], timers[below + 1]]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) below += 1
      const next = timers[below] as Timer // one of the two above
      if (!isBefore(next, last)) break
      timers[at] = next
      at = below
    }
    timers[at] = last
    return first
  }
}

function isBefore(one: Timer, other: Timer): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.order < other.order)
}
