// Connections that have done their work and wait a moment for the next message to the same host, whichever hop it is of. One timer for all of them.

import type { Clock } from '#io/clock.ts'
import { limits } from './limits.ts'

export interface Pooled extends AsyncDisposable {
  /** Whether it takes one more message. */
  readonly isUsable: boolean
  /** The peer has ended it meanwhile. */
  readonly isGone: boolean
}

interface Idle<S> {
  readonly key: string
  readonly session: S
  readonly sinceMs: number
}

export class Pool<S extends Pooled> implements AsyncDisposable {
  readonly #clock: Clock
  readonly #idleMs: number
  /** Longest idle first. */
  readonly #idle = new Set<Idle<S>>()
  readonly #byKey = new Map<string, Idle<S>[]>()
  readonly #ending = new Set<Promise<unknown>>()
  #timer: Disposable | undefined
  #isClosed = false

  constructor({ clock, idleMs }: { readonly clock: Clock; readonly idleMs: number }) {
    this.#clock = clock
    this.#idleMs = idleMs
  }

  get size(): number {
    return this.#idle.size
  }

  /** The one that was used last, if it still stands. */
  take(key: string): S | undefined {
    for (let idle = this.#byKey.get(key)?.at(-1); idle !== undefined; idle = this.#byKey.get(key)?.at(-1)) {
      this.#remove(idle)
      if (!idle.session.isGone && idle.session.isUsable) return idle.session
      this.end(idle.session)
    }
    return undefined
  }

  /** Takes the session over, for somebody or to be ended. */
  give(key: string, session: S): void {
    const ofHost = this.#byKey.get(key)
    const isFull = this.#idle.size >= limits.idle || (ofHost?.length ?? 0) >= limits.idlePerHost
    if (this.#isClosed || this.#idleMs === 0 || isFull || !session.isUsable || session.isGone) {
      this.end(session)
      return
    }
    const idle = { key, session, sinceMs: this.#clock.monotonicMs() }
    this.#idle.add(idle)
    if (ofHost === undefined) this.#byKey.set(key, [idle])
    else ofHost.push(idle)
    this.#timer ??= this.#clock.after(this.#idleMs, () => this.#sweep())
  }

  /** Says goodbye in the background. */
  end(session: S): void {
    const ended: Promise<void> = goodbye(session).finally(() => void this.#ending.delete(ended))
    this.#ending.add(ended)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#timer?.[Symbol.dispose]()
    for (const idle of [...this.#idle]) {
      this.#remove(idle)
      this.end(idle.session)
    }
    await Promise.all(this.#ending)
  }

  #sweep(): void {
    this.#timer = undefined
    const nowMs = this.#clock.monotonicMs()
    for (const idle of this.#idle) {
      const leftMs = idle.sinceMs + this.#idleMs - nowMs
      if (leftMs > 0) {
        this.#timer = this.#clock.after(leftMs, () => this.#sweep())
        return
      }
      this.#remove(idle)
      this.end(idle.session)
    }
  }

  #remove(idle: Idle<S>): void {
    this.#idle.delete(idle)
    const ofHost = this.#byKey.get(idle.key)
    if (ofHost === undefined) return
    const at = ofHost.lastIndexOf(idle)
    if (at >= 0) ofHost.splice(at, 1)
    if (ofHost.length === 0) this.#byKey.delete(idle.key)
  }
}

async function goodbye(session: Pooled): Promise<void> {
  try {
    await session[Symbol.asyncDispose]()
  } catch {
    // Whatever became of it: no message hangs on it any more.
  }
}
