// How fast one source may go towards one provider: how many connections at once, and how many messages a minute. It begins with a few
// connections, doubles while all goes well, and after the first trouble gains and loses one for each round of answers (1/N). A complaint
// (421, 4.7.x) halves both. In memory, no timer, each call O(1).

import type { Clock } from '#io/clock.ts'
import { limits } from './limits.ts'
import type { PaceSettings } from './settings.ts'

const minuteMs = 60_000

export interface PaceState {
  /** Connections there may be. */
  readonly connections: number
  /** Connections there are. */
  readonly active: number
  /** Undefined: as many as come. */
  readonly messagesPerMinute: number | undefined
}

export class Pace {
  readonly #clock: Clock
  readonly #settings: PaceSettings
  #window: number
  #isStarting = true
  #isProven = false
  #active = 0
  /** Of the bucket, as of `#atMs`. */
  #tokens: number
  #atMs: number
  /** Since a complaint. */
  #slowed: { readonly perMinute: number; readonly atMs: number } | undefined
  /** Messages of this minute and of the one before: what a complaint halves. */
  #sent = { minute: 0, now: 0, before: 0 }

  constructor(settings: PaceSettings, clock: Clock) {
    this.#settings = settings
    this.#clock = clock
    this.#window = Math.min(limits.firstConnections, settings.connections)
    this.#atMs = clock.monotonicMs()
    this.#tokens = capacity(settings.messagesPerMinute ?? 0)
  }

  get state(): PaceState {
    const messagesPerMinute = this.#perMinute(this.#clock.monotonicMs())
    return { connections: Math.floor(this.#window), active: this.#active, messagesPerMinute }
  }

  get active(): number {
    return this.#active
  }

  /** It has taken a message, or refused one: it is there. */
  get isProven(): boolean {
    return this.#isProven
  }

  get hasRoom(): boolean {
    return this.#active < Math.floor(this.#window)
  }

  /** Whether there are no more connections than there may be: trouble has made them fewer, or not. */
  get isWithin(): boolean {
    return this.#active <= Math.floor(this.#window)
  }

  /** Milliseconds until one more message may go; 0: now. */
  waitMs(): number {
    const nowMs = this.#clock.monotonicMs()
    const perMinute = this.#perMinute(nowMs)
    if (perMinute === undefined) return 0
    this.#fill(perMinute, nowMs)
    return this.#tokens >= 1 ? 0 : Math.ceil(((1 - this.#tokens) * minuteMs) / perMinute)
  }

  /** One more connection; the caller asked `hasRoom`. */
  open(): void {
    this.#active += 1
  }

  close(): void {
    this.#active -= 1
  }

  /** One more message; the caller asked `waitMs`. Several that asked together may take the bucket below nothing: the next waits longer. */
  spend(): void {
    const nowMs = this.#clock.monotonicMs()
    this.#count(nowMs)
    const perMinute = this.#perMinute(nowMs)
    if (perMinute === undefined) return
    this.#fill(perMinute, nowMs)
    this.#tokens -= 1
  }

  /** The message that was spent did not go. */
  giveBack(): void {
    this.#tokens += 1
    this.#sent = { ...this.#sent, now: Math.max(0, this.#sent.now - 1) }
  }

  /** A message went through, or was refused for its own sake. */
  succeeded(): void {
    this.#isProven = true
    if (this.#window >= this.#settings.connections) return
    this.#window = Math.min(this.#settings.connections, this.#window + (this.#isStarting ? 1 : 1 / this.#window))
  }

  /** No connection, or one that broke. */
  failed(): void {
    this.#isStarting = false
    this.#window = Math.max(1, this.#window - 1 / this.#window)
  }

  /** No connection, while those that stand go on: as many as they are, and no more, there may be. */
  full(): void {
    this.#isStarting = false
    // The one that failed is counted still.
    this.#window = Math.max(1, Math.min(this.#window, this.#active - 1))
  }

  /** The peer finds us too fast. */
  complained(): void {
    const nowMs = this.#clock.monotonicMs()
    if (this.#slowed !== undefined && nowMs - this.#slowed.atMs < limits.slowOnceMs) return
    this.#isStarting = false
    this.#window = Math.max(1, this.#window / 2)
    const lately = this.#sentLately(nowMs)
    const rate = Math.min(this.#perMinute(nowMs) ?? lately, Math.max(lately, 1))
    const perMinute = Math.max(limits.slowestPerMinute, rate / 2)
    this.#slowed = { perMinute, atMs: nowMs }
    this.#tokens = 0
    this.#atMs = nowMs
  }

  #perMinute(nowMs: number): number | undefined {
    const { messagesPerMinute } = this.#settings
    if (this.#slowed === undefined) return messagesPerMinute
    const ageMs = nowMs - this.#slowed.atMs
    if (ageMs >= limits.slowForgottenMs) {
      this.#slowed = undefined
      this.#tokens = capacity(messagesPerMinute ?? 0)
      return messagesPerMinute
    }
    const slowed = this.#slowed.perMinute * 2 ** (ageMs / limits.slowDoublesMs)
    return messagesPerMinute === undefined ? slowed : Math.min(slowed, messagesPerMinute)
  }

  #fill(perMinute: number, nowMs: number): void {
    const more = ((nowMs - this.#atMs) * perMinute) / minuteMs
    this.#tokens = Math.min(capacity(perMinute), this.#tokens + more)
    this.#atMs = nowMs
  }

  #count(nowMs: number): void {
    const minute = Math.floor(nowMs / minuteMs)
    if (minute !== this.#sent.minute)
      this.#sent = { minute, now: 0, before: minute === this.#sent.minute + 1 ? this.#sent.now : 0 }
    this.#sent.now += 1
  }

  /** About how many messages went in the last minute. */
  #sentLately(nowMs: number): number {
    const age = nowMs / minuteMs - this.#sent.minute
    if (age >= 2) return 0
    const { now, before } = this.#sent
    return age < 1 ? now + before * (1 - age) : now * (2 - age)
  }
}

/** What a bucket holds: at least one. */
function capacity(perMinute: number): number {
  return Math.max(1, (perMinute * limits.burstMs) / minuteMs)
}
