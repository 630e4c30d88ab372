// Token buckets by key: each key may take `capacity` at once, and gets back `perMinute` a minute.

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import { limits } from './limits.ts'

export interface BucketRate {
  readonly capacity: number
  readonly perMinute: number
}

interface Level {
  readonly tokens: number
  readonly atMs: number
}

export class TokenBuckets {
  readonly #rate: BucketRate
  readonly #clock: Clock
  readonly #levels: Remembered<Level>

  constructor(rate: BucketRate, clock: Clock) {
    this.#rate = rate
    this.#clock = clock
    const forgetMs = (rate.capacity / rate.perMinute) * 60_000 // a bucket is full again by then: as good as none
    this.#levels = new Remembered({ clock, mostKeys: limits.remembered, forgetMs })
  }

  /** Takes a token: 0. Or takes none, if none is there: milliseconds until there is one. */
  take(key: string): number {
    const nowMs = this.#clock.monotonicMs()
    const tokens = this.#tokensAt(key, nowMs)
    if (tokens < 1) return Math.ceil(((1 - tokens) * 60_000) / this.#rate.perMinute)
    this.#levels.set(key, { tokens: tokens - 1, atMs: nowMs })
    return 0
  }

  #tokensAt(key: string, nowMs: number): number {
    const level = this.#levels.get(key)
    if (level === undefined) return this.#rate.capacity
    return Math.min(this.#rate.capacity, level.tokens + ((nowMs - level.atMs) * this.#rate.perMinute) / 60_000)
  }
}
