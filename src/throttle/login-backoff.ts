// Holds back those who guess passwords: answers come later with each failure, then a network is banned for a while.
// An account can't be locked by strangers: a network that logged in to it lately may always try.

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { limits, loginDefaults } from './limits.ts'
import { networkOf } from './network.ts'
import type { IsTrusted } from './trusted.ts'

export type LoginLimits = { readonly [name in keyof typeof loginDefaults]: number }

export type BackoffVerdict =
  /** Try; if it is wrong, answer after this delay. */
  | { readonly kind: 'go'; readonly delayMs: number }
  /** Refuse without looking. */
  | { readonly kind: 'too-many'; readonly retryAfterMs: number }

export interface LoginBackoffNeeds {
  readonly clock: Clock
  readonly log: Log
  /** Never delayed, never banned, never counted. */
  readonly isTrusted: IsTrusted
  readonly limits?: LoginLimits
}

interface Past {
  readonly failures: number
  readonly lastFailureMs: number
  readonly bans: number
  readonly bannedUntilMs: number
}

const clean: Past = { failures: 0, lastFailureMs: 0, bans: 0, bannedUntilMs: 0 }

export class LoginBackoff {
  readonly #clock: Clock
  readonly #log: Log
  readonly #isTrusted: IsTrusted
  readonly #limits: LoginLimits
  readonly #networks: Remembered<Past>
  readonly #accounts: Remembered<Past>
  /** Failures against one account from one network. */
  readonly #pairs: Remembered<number>
  /** Networks from which an account logged in. */
  readonly #known: Remembered<true>

  constructor(needs: LoginBackoffNeeds) {
    const { clock, log, isTrusted } = needs
    const { forgetMs, longestBanMs, knownMs } = needs.limits ?? loginDefaults
    const mostKeys = limits.remembered
    this.#clock = clock
    this.#log = log
    this.#isTrusted = isTrusted
    this.#limits = needs.limits ?? loginDefaults
    // A ban must not be forgotten before its end.
    this.#networks = new Remembered({ clock, mostKeys, forgetMs: forgetMs + longestBanMs })
    this.#accounts = new Remembered({ clock, mostKeys, forgetMs: forgetMs + longestBanMs })
    this.#pairs = new Remembered({ clock, mostKeys, forgetMs })
    this.#known = new Remembered({ clock, mostKeys, forgetMs: knownMs })
  }

  /** Asked before a password is looked at. @param user as the client wrote it @param address the client's */
  before(user: string, address: string): BackoffVerdict {
    if (this.#isTrusted(address)) return { kind: 'go', delayMs: 0 }
    const keys = keysOf(user, address)
    const network = this.#networks.get(keys.network) ?? clean
    const account = this.#known.get(keys.pair) ? clean : (this.#accounts.get(keys.account) ?? clean)
    const retryAfterMs = Math.max(network.bannedUntilMs, account.bannedUntilMs) - this.#clock.monotonicMs()
    if (retryAfterMs > 0) return { kind: 'too-many', retryAfterMs }
    const failures = Math.max(this.#recentFailures(network), this.#recentFailures(account))
    const { firstDelayMs, longestDelayMs } = this.#limits
    return { kind: 'go', delayMs: Math.min(longestDelayMs, firstDelayMs * 2 ** failures) }
  }

  /** The password was wrong, or there is no such account. */
  failed(user: string, address: string): void {
    if (this.#isTrusted(address)) return
    const keys = keysOf(user, address)
    this.#pairs.set(keys.pair, (this.#pairs.get(keys.pair) ?? 0) + 1)
    const { networkFailures, accountFailures } = this.#limits
    this.#countFailure(this.#networks, keys.network, networkFailures)
    // A device of the owner's own with an old password must not lock the account for the owner's others.
    if (!this.#known.get(keys.pair)) this.#countFailure(this.#accounts, keys.account, accountFailures)
  }

  /** Takes back what this account's failures did, here and in all; those of other accounts stay: a guesser may have one of their own. */
  succeeded(user: string, address: string): void {
    if (this.#isTrusted(address)) return
    const keys = keysOf(user, address)
    this.#known.set(keys.pair, true)
    this.#accounts.delete(keys.account)
    const network = this.#networks.get(keys.network)
    const ownFailures = this.#pairs.get(keys.pair) ?? 0
    this.#pairs.delete(keys.pair)
    if (network === undefined || ownFailures === 0) return
    this.#networks.set(keys.network, { ...network, failures: Math.max(0, network.failures - ownFailures) })
  }

  #recentFailures(past: Past): number {
    return this.#clock.monotonicMs() - past.lastFailureMs < this.#limits.forgetMs ? past.failures : 0
  }

  #countFailure(pasts: Remembered<Past>, key: string, mostFailures: number): void {
    const past = pasts.get(key) ?? clean
    const nowMs = this.#clock.monotonicMs()
    const failures = this.#recentFailures(past) + 1
    if (failures < mostFailures || past.bannedUntilMs > nowMs) {
      pasts.set(key, { ...past, failures, lastFailureMs: nowMs })
      return
    }
    const { firstBanMs, longestBanMs } = this.#limits
    const banMs = Math.min(longestBanMs, firstBanMs * 2 ** past.bans)
    pasts.set(key, { failures: 0, lastFailureMs: nowMs, bans: past.bans + 1, bannedUntilMs: nowMs + banMs })
    this.#log.warn('login.banned', { who: key, failures, banMs })
  }
}

function keysOf(user: string, address: string) {
  const account = user.slice(0, limits.userCharacters).toLowerCase()
  const network = networkOf(address)
  return { account, network, pair: `${network} ${account}` }
}
