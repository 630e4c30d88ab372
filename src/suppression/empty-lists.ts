// Which lists have nobody on them, as most have: each recipient of each message would be looked up in vain. Another node may add somebody, so what
// is known here holds for a moment only.

import { limits } from './limits.ts'

export class EmptyLists {
  /** Until when each is known to be empty, monotonic; the oldest first. */
  readonly #until = new Map<string, number>()
  #generation = 0

  /** Rises with every change of a list. */
  get generation(): number {
    return this.#generation
  }

  has(list: string, nowMs: number): boolean {
    const until = this.#until.get(list)
    return until !== undefined && until > nowMs
  }

  /** Remembers what was read at `generation`; nothing if something was added since. */
  add(list: string, nowMs: number, generation: number): void {
    if (generation !== this.#generation) return
    if (this.#until.size >= limits.emptyLists) this.#until.clear()
    this.#until.set(list, nowMs + limits.emptyMs)
  }

  /** Somebody is being added somewhere. */
  clear(): void {
    this.#generation += 1
    this.#until.clear()
  }
}
