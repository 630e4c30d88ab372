// Whether one more connection is of use: a few always, more of them as the thread has time to spare. While it is at work without a pause they would
// only share it among more, and each holds memory and is slower for it. What hangs on slow peers leaves time, and so makes room for others.

import type { Clock } from '#io/clock.ts'
import { limits } from './limits.ts'

export class Headroom {
  readonly #clock: Pick<Clock, 'monotonicMs' | 'busyMs'>
  /** Time to spare that nobody has opened a connection for. */
  #spareMs: number = limits.spareMs
  #seenMs: number
  #seenBusyMs: number

  constructor(clock: Pick<Clock, 'monotonicMs' | 'busyMs'>) {
    this.#clock = clock
    this.#seenMs = clock.monotonicMs()
    this.#seenBusyMs = clock.busyMs()
  }

  /** @param open connections at work */
  isThere(open: number): boolean {
    if (open < limits.busyConnections) return true
    this.#look()
    return this.#spareMs >= limits.openingMs
  }

  /** There is time for many. */
  get isWide(): boolean {
    this.#look()
    return this.#spareMs >= limits.spareMs / 2
  }

  /** One was opened. */
  take(open: number): void {
    if (open >= limits.busyConnections) this.#spareMs -= limits.openingMs
  }

  #look(): void {
    const nowMs = this.#clock.monotonicMs()
    const busyMs = this.#clock.busyMs()
    const passedMs = nowMs - this.#seenMs
    const idleMs = Math.max(0, passedMs - (busyMs - this.#seenBusyMs))
    this.#spareMs = Math.min(limits.spareMs, this.#spareMs + idleMs + passedMs * limits.busyShare)
    this.#seenMs = nowMs
    this.#seenBusyMs = busyMs
  }
}
