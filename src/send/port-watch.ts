// Whether the world can be reached at all: many networks let no mail out (port 25 blocked), and then no destination lets us connect. Several in a row
// that nobody could connect to, and none between them that answered, count as that; for a while routes with a fallback take it, then it is tried again.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { limits } from './limits.ts'

export class PortWatch {
  readonly #clock: Clock
  readonly #log: Log
  readonly #unreached = new Set<string>()
  #blockedUntilMs: number | undefined

  constructor({ clock, log }: { readonly clock: Clock; readonly log: Log }) {
    this.#clock = clock
    this.#log = log
  }

  get isBlocked(): boolean {
    return this.#blockedUntilMs !== undefined && this.#blockedUntilMs > this.#clock.monotonicMs()
  }

  /** Somebody answered. */
  reached(): void {
    if (this.#unreached.size > 0) this.#unreached.clear()
    if (this.#blockedUntilMs === undefined) return
    this.#blockedUntilMs = undefined
    this.#log.info('send.unblocked')
  }

  /** No connection to this provider, at any of its hosts. */
  unreached(provider: string): void {
    this.#unreached.add(provider)
    // It was blocked a while ago: two that are dead again are enough.
    const enough = this.#blockedUntilMs === undefined ? limits.blockedAfter : limits.blockedAgainAfter
    if (this.isBlocked || this.#unreached.size < enough) return
    this.#blockedUntilMs = this.#clock.monotonicMs() + limits.blockedMs
    this.#unreached.clear()
    const hint =
      'no other server can be reached on its port: ask the network whether it blocks port 25, or send through a smarthost'
    this.#log.warn('send.blocked', { hint })
  }
}
