// Answers of DNS for as long as they say, within a number of octets; what was put in first goes first.

import type { Clock } from './clock.ts'
import { limits } from './limits.ts'

interface Kept<V> {
  readonly value: V
  readonly endsMs: number
  readonly cost: number
}

export class DnsCache<V> {
  readonly #clock: Clock
  readonly #kept = new Map<string, Kept<V>>()
  #cost = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(key: string): V | undefined {
    const kept = this.#kept.get(key)
    if (kept === undefined) return undefined
    if (kept.endsMs > this.#clock.monotonicMs()) return kept.value
    this.drop(key)
    return undefined
  }

  set(
    key: string,
    value: V,
    { sizeBytes, rememberMs }: { readonly sizeBytes: number; readonly rememberMs: number },
  ): void {
    this.drop(key)
    if (rememberMs <= 0 || sizeBytes > limits.dnsAnswerBytes) return
    const cost = sizeBytes + limits.dnsAnswerCost
    this.#kept.set(key, { value, cost, endsMs: this.#clock.monotonicMs() + rememberMs })
    this.#cost += cost
    for (const oldest of this.#kept.keys()) {
      if (this.#cost <= limits.dnsCacheBytes) return
      this.drop(oldest)
    }
  }

  drop(key: string): void {
    this.#cost -= this.#kept.get(key)?.cost ?? 0
    this.#kept.delete(key)
  }
}
