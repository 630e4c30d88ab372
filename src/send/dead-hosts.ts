// Hosts that could not be reached, by address and by the source that tried: they are spared for a while, then one connection at a time
// finds out whether they are back, after pauses that double. A host to which a connection is open is not dead, it is full.

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import { limits } from './limits.ts'

export interface Dead {
  /** Wall time, milliseconds since 1970. */
  readonly until: number
  /** What the last try was told. */
  readonly reply: string
  readonly status: string
}

interface Kept extends Dead {
  readonly spareMs: number
}

export class DeadHosts {
  readonly #clock: Clock
  readonly #dead: Remembered<Kept>
  /** Of dead ones: whoever else comes finds them dead still. */
  readonly #probed = new Set<string>()
  readonly #open = new Map<string, number>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#dead = new Remembered({ clock, mostKeys: limits.deadHosts, forgetMs: limits.deadForgottenMs })
  }

  /** Undefined: it may be tried. */
  at(key: string): Dead | undefined {
    const dead = this.#dead.get(key)
    if (dead === undefined) return undefined
    const now = this.#clock.now()
    if (dead.until > now) return dead
    return this.#probed.has(key) ? { ...dead, until: now + limits.firstSpareMs } : undefined
  }

  /** Whether a connection to it stands. */
  isOpen(key: string): boolean {
    return this.#open.has(key)
  }

  /** A connection is about to be tried. */
  trying(key: string): void {
    if (this.#dead.get(key) !== undefined) this.#probed.add(key)
  }

  /** It was given up without a result. */
  leftOff(key: string): void {
    this.#probed.delete(key)
  }

  /** What was found out counts no more. */
  forget(key: string): void {
    this.#probed.delete(key)
    this.#dead.delete(key)
  }

  opened(key: string): void {
    this.#probed.delete(key)
    this.#dead.delete(key)
    this.#open.set(key, (this.#open.get(key) ?? 0) + 1)
  }

  closed(key: string): void {
    const left = (this.#open.get(key) ?? 1) - 1
    if (left > 0) this.#open.set(key, left)
    else this.#open.delete(key)
  }

  /** Nobody could connect, or nobody greeted. */
  failed(key: string, { reply, status }: Pick<Dead, 'reply' | 'status'>): void {
    this.#probed.delete(key)
    if (this.#open.has(key)) return
    const now = this.#clock.now()
    const before = this.#dead.get(key)
    // Those that tried together have found out one thing.
    if (before !== undefined && before.until > now) return
    const spareMs = Math.min(limits.longestSpareMs, before === undefined ? limits.firstSpareMs : before.spareMs * 2)
    this.#dead.set(key, { until: now + spareMs, spareMs, reply: reply.slice(0, limits.quotedCharacters), status })
  }
}
