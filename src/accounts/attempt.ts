// One try to get in, however it is made, under the throttle: the same delays and bans for a password, a proof, a token and a certificate.

import type { Clock } from '#io/clock.ts'
import type { Account, LoginOutcome } from './account.ts'

export type BackoffAnswer =
  | { readonly kind: 'go'; readonly delayMs: number }
  | { readonly kind: 'too-many'; readonly retryAfterMs: number }

/** What slows down guessing; `throttle/` has it. */
export interface Backoff {
  /** Asked before a password is looked at, and before its verdict is told. `delayMs`: how late to answer if it is wrong. */
  before(user: string, address: string): BackoffAnswer
  failed(user: string, address: string): void
  succeeded(user: string, address: string): void
}

export interface AttemptNeeds {
  readonly backoff: Backoff
  readonly clock: Clock
}

export interface Attempt {
  /** One for every way to write it (names.ts, countedName), so that each way does not get tries of its own. */
  readonly name: string
  readonly remoteAddress: string
  /** Looks at what the client has shown. */
  readonly judge: () => Promise<LoginOutcome>
}

export async function attempt({ backoff, clock }: AttemptNeeds, given: Attempt): Promise<LoginOutcome> {
  const { name, remoteAddress } = given
  const first = backoff.before(name, remoteAddress)
  if (first.kind === 'too-many') return first
  const verdict = await given.judge()
  if (verdict.kind === 'too-many') return verdict
  // Asked again, for others may have failed meanwhile: guesses side by side must win nothing that they would not win in a row.
  const answer = backoff.before(name, remoteAddress)
  if (answer.kind === 'too-many') return answer
  if (verdict.kind === 'wrong') {
    backoff.failed(name, remoteAddress)
    await passed(clock, answer.delayMs)
    return verdict
  }
  backoff.succeeded(name, remoteAddress)
  return verdict
}

/** Only who has shown that the account is theirs is told that it is disabled. */
export function admitted(account: Account): LoginOutcome {
  return account.disabled ? { kind: 'disabled' } : { kind: 'welcome', account }
}

function passed(clock: Clock, delayMs: number): Promise<void> | undefined {
  if (delayMs <= 0) return undefined
  return new Promise(resolve => clock.after(delayMs, resolve))
}
