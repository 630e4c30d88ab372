// Accounts known to have no quota: every RCPT asks, so the answer is remembered. Right as long as every change of a quota goes through this process.

import { limits } from './limits.ts'

export class Unlimited {
  readonly #accountIds = new Set<number>()
  #generation = 0

  /** Rises with every change of a quota. */
  get generation(): number {
    return this.#generation
  }

  has(accountId: number): boolean {
    return this.#accountIds.has(accountId)
  }

  /** Remembers what was read at `generation`; nothing if a quota has changed since. */
  add(accountId: number, generation: number): void {
    if (generation !== this.#generation) return
    if (this.#accountIds.size >= limits.unlimitedAccounts) this.#accountIds.clear()
    this.#accountIds.add(accountId)
  }

  changed(accountId: number): void {
    this.#generation += 1
    this.#accountIds.delete(accountId)
  }
}
