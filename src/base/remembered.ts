// A map that forgets: what was not touched for a while, and beyond a number of keys what was untouched longest.

export interface RememberedOptions {
  /** What tells how long ago a value was touched. */
  readonly clock: { monotonicMs(): number }
  readonly mostKeys: number
  /** A value not touched for so long is gone. */
  readonly forgetMs: number
}

interface Kept<V> {
  readonly value: V
  readonly touchedMs: number
}

export class Remembered<V> {
  readonly #options: RememberedOptions
  /** Oldest touch first: a Map keeps the order in which keys were set. */
  readonly #kept = new Map<string, Kept<V>>()

  constructor(options: RememberedOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#kept.size
  }

  get(key: string): V | undefined {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    if (kept.touchedMs + this.#options.forgetMs > this.#options.clock.monotonicMs()) return kept.value
    this.#kept.delete(key)
    return undefined
  }

  /** Sets and touches. */
  set(key: string, value: V): void {
    this.#kept.delete(key)
    this.#kept.set(key, { value, touchedMs: this.#options.clock.monotonicMs() })
    if (this.#kept.size <= this.#options.mostKeys) return
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined) this.#kept.delete(oldest)
  }

  delete(key: string): void {
    this.#kept.delete(key)
  }
}
