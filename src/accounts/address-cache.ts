// The addresses mail came for last, with their owners: RCPT is asked thousands of times a second for the same few.

import type { Resolution } from './account.ts'
import { limits } from './limits.ts'

export class AddressCache {
  /** In the order of use, the longest unused first. */
  readonly #entries = new Map<string, Resolution>()
  #generation = 0

  /** Rises with every change of the directory. */
  get generation(): number {
    return this.#generation
  }

  get(key: string): Resolution | undefined {
    const found = this.#entries.get(key)
    if (found === undefined) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, found)
    return found
  }

  /** Remembers what was read when the directory was at `generation`; nothing if it has changed since. */
  set(key: string, resolution: Resolution, generation: number): void {
    if (generation !== this.#generation) return
    if (this.#entries.size >= limits.rememberedAddresses) {
      const oldest = this.#entries.keys().next()
      if (!oldest.done) this.#entries.delete(oldest.value)
    }
    this.#entries.set(key, resolution)
  }

  clear(): void {
    this.#generation += 1
    this.#entries.clear()
  }
}
