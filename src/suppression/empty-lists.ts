// Which lists have nobody on them, as most have: each recipient of each message would be looked up in vain. Another node may add somebody, so what
// is known here holds for a moment only.

import { Remembered } from '#base/remembered.ts'
import { limits } from './limits.ts'

export class EmptyLists {
  readonly #clock: { monotonicMs(): number }
  #known: Remembered<true>
  #generation = 0

  constructor(clock: { monotonicMs(): number }) {
    this.#clock = clock
    this.#known = this.#nothing()
  }

  /** Rises with every change of a list. */
  get generation(): number {
    return this.#generation
  }

  has(list: string): boolean {
    return this.#known.get(list) === true
  }

  /** Remembers what was read at `generation`; nothing if something was added since. */
  add(list: string, generation: number): void {
    if (generation === this.#generation) this.#known.set(list, true)
  }

  /** Somebody was added somewhere. */
  clear(): void {
    this.#generation += 1
    this.#known = this.#nothing()
  }

  #nothing(): Remembered<true> {
    return new Remembered({ clock: this.#clock, mostKeys: limits.emptyLists, forgetMs: limits.emptyMs })
  }
}
