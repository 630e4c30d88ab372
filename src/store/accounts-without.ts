// Accounts known to lack something that is asked for often: a quota, for one. The answer is remembered. Right as long as every change of it goes
// through this process.

import { limits } from './limits.ts'

export class AccountsWithout {
  readonly #accountIds = new Set<number>()
  #generation = 0

  /** Rises with every change. */
  get generation(): number {
    return this.#generation
  }

  has(accountId: number): boolean {
    return this.#accountIds.has(accountId)
  }

  /** Remembers what was read at `generation`; nothing if there was a change since. */
  add(accountId: number, generation: number): void {
    if (generation !== this.#generation) return
    if (this.#accountIds.size >= limits.accountsWithout) this.#accountIds.clear()
    this.#accountIds.add(accountId)
  }

  changed(accountId: number): void {
    this.#generation += 1
    this.#accountIds.delete(accountId)
  }
}
