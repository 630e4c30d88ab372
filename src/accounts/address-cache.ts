// The addresses mail came for last, with their owners: RCPT is asked thousands of times a second for the same few.

import type { Resolution } from './account.ts'
import { limits } from './limits.ts'

export class AddressCache {
  /** What was used of late; when it is half of what may be remembered, it is the older half. */
  #recent = new Map<string, Resolution>()
  #older = new Map<string, Resolution>()
  #generation = 0

  /** Rises with every change of the directory. */
  get generation(): number {
    return this.#generation
  }

  get(key: string): Resolution | undefined {
    const found = this.#recent.get(key)
    if (found !== undefined) return found
    const older = this.#older.get(key)
    if (older !== undefined) this.#keep(key, older)
    return older
  }

  /** Remembers what was read when the directory was at `generation`; nothing if it has changed since. */
  set(key: string, resolution: Resolution, generation: number): void {
    if (generation === this.#generation) this.#keep(key, resolution)
  }

  clear(): void {
    this.#generation += 1
    this.#recent.clear()
    this.#older.clear()
  }

  /** What was not used while half of the room was filled anew is forgotten. */
  #keep(key: string, resolution: Resolution): void {
    if (this.#recent.size >= limits.rememberedAddresses / 2) {
      this.#older = this.#recent
      this.#recent = new Map()
    }
    this.#recent.set(key, resolution)
  }
}
