// Who may open one more connection: asked before anything else is done for it.

import type { Clock } from '#io/clock.ts'
import { connectionDefaults } from './limits.ts'
import { lineOf, networkOf } from './network.ts'
import { TokenBuckets } from './token-bucket.ts'
import type { IsTrusted } from './trusted.ts'

export type ConnectionLimits = { readonly [name in keyof typeof connectionDefaults]: number }

export type ConnectionVerdict =
  /** Disposed of once, when the connection is over. */
  { readonly kind: 'admitted'; readonly held: Disposable } | ConnectionRefusal

export type ConnectionRefusal =
  | { readonly kind: 'too-many-in-all'; readonly limit: number }
  | { readonly kind: 'too-many-from-address'; readonly limit: number }
  | { readonly kind: 'too-fast'; readonly limitPerMinute: number; readonly retryAfterMs: number }

export interface ConnectionsNeeds {
  readonly clock: Clock
  /** These are held back only by the limit in all. */
  readonly isTrusted: IsTrusted
  readonly limits?: ConnectionLimits
}

export class Connections {
  readonly #limits: ConnectionLimits
  readonly #isTrusted: IsTrusted
  readonly #rate: TokenBuckets
  readonly #openByLine = new Map<string, number>()
  #openInAll = 0

  constructor(needs: ConnectionsNeeds) {
    this.#limits = needs.limits ?? connectionDefaults
    this.#isTrusted = needs.isTrusted
    this.#rate = new TokenBuckets({ capacity: this.#limits.burst, perMinute: this.#limits.perMinute }, needs.clock)
  }

  get open(): number {
    return this.#openInAll
  }

  /** @param address undefined: there is none (a unix socket), or it is not known yet; only the limit in all holds */
  admit(address: string | undefined): ConnectionVerdict {
    const { inAll, perAddress, perMinute } = this.#limits
    if (this.#openInAll >= inAll) return { kind: 'too-many-in-all', limit: inAll }
    if (address === undefined || this.#isTrusted(address)) return { kind: 'admitted', held: this.#hold(undefined) }
    const line = lineOf(address)
    if ((this.#openByLine.get(line) ?? 0) >= perAddress) return { kind: 'too-many-from-address', limit: perAddress }
    const retryAfterMs = this.#rate.take(networkOf(address))
    if (retryAfterMs > 0) return { kind: 'too-fast', limitPerMinute: perMinute, retryAfterMs }
    return { kind: 'admitted', held: this.#hold(line) }
  }

  #hold(line: string | undefined): Disposable {
    let holds = true
    this.#count(line, 1)
    return {
      [Symbol.dispose]: () => {
        if (holds) this.#count(line, -1)
        holds = false
      },
    }
  }

  #count(line: string | undefined, change: 1 | -1): void {
    this.#openInAll += change
    if (line === undefined) return
    const open = (this.#openByLine.get(line) ?? 0) + change
    if (open === 0) this.#openByLine.delete(line)
    else this.#openByLine.set(line, open)
  }
}
