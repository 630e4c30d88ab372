// How many recipients an hour one network may name, and one account: what a spammer needs is many.

import type { Clock } from '#io/clock.ts'
import { recipientDefaults } from './limits.ts'
import { networkOf } from './network.ts'
import { TokenBuckets } from './token-bucket.ts'
import type { IsTrusted } from './trusted.ts'

export type RecipientLimits = { readonly [name in keyof typeof recipientDefaults]: number }

/** More than the limit. */
export interface TooFast {
  readonly limit: number
  readonly retryAfterMs: number
}

export interface RecipientRateNeeds {
  readonly clock: Clock
  /** Networks that may name as many as they like. */
  readonly isTrusted: IsTrusted
  readonly limits?: RecipientLimits
}

export class RecipientRate {
  readonly #limits: RecipientLimits
  readonly #isTrusted: IsTrusted
  readonly #networks: TokenBuckets
  readonly #accounts: TokenBuckets

  constructor({ clock, isTrusted, limits = recipientDefaults }: RecipientRateNeeds) {
    this.#limits = limits
    this.#isTrusted = isTrusted
    this.#networks = new TokenBuckets(hourly(limits.perHourPerNetwork), clock)
    this.#accounts = new TokenBuckets(hourly(limits.perHourPerAccount), clock)
  }

  /** Counts one recipient that a peer at `address` names. Undefined: go on. */
  ofNetwork(address: string): TooFast | undefined {
    if (this.#isTrusted(address)) return undefined
    return tooFast(this.#networks.take(networkOf(address)), this.#limits.perHourPerNetwork)
  }

  /** The same for who has logged in, from wherever. */
  ofAccount(accountId: number): TooFast | undefined {
    return tooFast(this.#accounts.take(String(accountId)), this.#limits.perHourPerAccount)
  }
}

function hourly(perHour: number): { readonly capacity: number; readonly perMinute: number } {
  return { capacity: perHour, perMinute: perHour / 60 }
}

function tooFast(retryAfterMs: number, limit: number): TooFast | undefined {
  return retryAfterMs === 0 ? undefined : { limit, retryAfterMs }
}
