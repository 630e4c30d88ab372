// Who may in: a login by full address and password. An unknown name takes as long as a wrong password.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Account, Authenticator, LoginOutcome } from './account.ts'
import type { Directory } from './directory.ts'
import { limits } from './limits.ts'
import { readAddress } from './names.ts'
import { preparePassword } from './prepare-password.ts'
import { RecentLogins } from './recent-logins.ts'

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

export interface AuthenticatorNeeds {
  readonly directory: Directory
  readonly backoff: Backoff
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

export function authenticator(needs: AuthenticatorNeeds): Authenticator {
  const recent = new RecentLogins(needs.random, needs.clock)
  return { login: (user, password, remoteAddress) => login(needs, recent, { user, password, remoteAddress }) }
}

interface Attempt {
  readonly user: string
  readonly password: string
  readonly remoteAddress: string
}

async function login(needs: AuthenticatorNeeds, recent: RecentLogins, attempt: Attempt): Promise<LoginOutcome> {
  const { backoff, clock } = needs
  const name = throttledName(attempt.user)
  const first = backoff.before(name, attempt.remoteAddress)
  if (first.kind === 'too-many') return first
  const verdict = await judge(needs, recent, attempt)
  if (verdict.kind === 'too-many') return verdict
  // Asked again, for others may have failed meanwhile: guesses side by side must win nothing that they would not win in a row.
  const answer = backoff.before(name, attempt.remoteAddress)
  if (answer.kind === 'too-many') return answer
  if (verdict.kind === 'wrong') {
    backoff.failed(name, attempt.remoteAddress)
    await passed(clock, answer.delayMs)
    return verdict
  }
  backoff.succeeded(name, attempt.remoteAddress)
  return verdict
}

/** The password alone decides; only who knows it is told that the account is disabled. */
async function judge(needs: AuthenticatorNeeds, recent: RecentLogins, attempt: Attempt): Promise<LoginOutcome> {
  const { directory } = needs
  const password = preparePassword(attempt.password)
  const found = await directory.credentials(attempt.user)
  if (found !== undefined && password !== undefined && recent.knows(found, password)) return admitted(found.account)
  const verified = await directory.hasher.verify(password ?? '', found?.passwordHash)
  if (verified === 'busy') return { kind: 'too-many', retryAfterMs: limits.busyRetryMs }
  if (verified === 'wrong' || found === undefined || password === undefined) return { kind: 'wrong' }
  if (verified === 'right-but-weak') await strengthen(needs, found, password)
  else recent.remember(found, password)
  return admitted(found.account)
}

function admitted(account: Account): LoginOutcome {
  return account.disabled ? { kind: 'disabled' } : { kind: 'welcome', account }
}

/** The parameters have risen since the password was set: this is the moment when it is known. */
async function strengthen(
  { directory, log }: AuthenticatorNeeds,
  found: { readonly account: Account; readonly passwordHash: string },
  password: string,
): Promise<void> {
  const newHash = await directory.hasher.hash(password)
  await directory.replaceHash(found.account.accountId, found.passwordHash, newHash)
  log.info('accounts.password.rehashed', { account: found.account.address })
}

/** One name for every way to write it, so that each way does not get tries of its own. */
function throttledName(user: string): string {
  const name = readAddress(user)
  return name === undefined ? user.slice(0, limits.localPartBytes + limits.domainBytes) : `${name.local}@${name.domain}`
}

function passed(clock: Clock, delayMs: number): Promise<void> | undefined {
  if (delayMs <= 0) return undefined
  return new Promise(resolve => clock.after(delayMs, resolve))
}
