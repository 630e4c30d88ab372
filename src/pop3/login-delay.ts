// LOGIN-DELAY (RFC 2449 6.5): how long an account must wait between one login and the next. Kept in memory, for all listeners together.

import type { Clock } from '#io/clock.ts'
import { delayedAccounts } from './limits.ts'

export class LoginDelay {
  readonly #delayMs: number
  readonly #clock: Clock
  /** When each account last logged in, the latest at the end. */
  readonly #lastMs = new Map<number, number>()

  constructor(delayMs: number, clock: Clock) {
    this.#delayMs = delayMs
    this.#clock = clock
  }

  /** As CAPA announces it; 0: none. */
  get seconds(): number {
    return Math.ceil(this.#delayMs / 1000)
  }

  /** How long the account has still to wait. */
  leftMs(accountId: number): number {
    const lastMs = this.#lastMs.get(accountId)
    return lastMs === undefined ? 0 : Math.max(0, lastMs + this.#delayMs - this.#clock.monotonicMs())
  }

  /** Counts from now on. */
  begin(accountId: number): void {
    if (this.#delayMs === 0) return
    this.#lastMs.delete(accountId)
    for (const [oldest] of this.#lastMs) {
      if (this.leftMs(oldest) > 0 && this.#lastMs.size < delayedAccounts) break
      this.#lastMs.delete(oldest)
    }
    this.#lastMs.set(accountId, this.#clock.monotonicMs())
  }
}
