// Who may in: a login by full address and password, and by SASL (sasl/mechanisms.ts). An unknown name takes as long as a wrong password.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Account, Authenticator, LoginOutcome } from './account.ts'
import { admitted, attempt, type Backoff } from './attempt.ts'
import type { Directory } from './directory.ts'
import { limits } from './limits.ts'
import { countedName } from './names.ts'
import { preparePassword } from './prepare-password.ts'
import { RecentLogins } from './recent-logins.ts'
import { saslMechanisms } from './sasl/mechanisms.ts'
import { passwordsOnly, type SaslSettings } from './sasl/talk.ts'

export interface AuthenticatorNeeds {
  readonly directory: Directory
  readonly backoff: Backoff
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** No more than passwords and their proofs unless given. */
  readonly sasl?: SaslSettings
}

export function authenticator(needs: AuthenticatorNeeds): Authenticator {
  const recent = new RecentLogins(needs.random, needs.clock)
  const login: Authenticator['login'] = async (user, password, remoteAddress) =>
    await attempt(needs, {
      name: countedName(user),
      remoteAddress,
      judge: async () => await judge(needs, recent, { user, password }),
    })
  return { login, ...saslMechanisms({ ...needs, login, settings: needs.sasl ?? passwordsOnly }) }
}

interface Shown {
  readonly user: string
  readonly password: string
}

/** The password alone decides. */
async function judge(needs: AuthenticatorNeeds, recent: RecentLogins, shown: Shown): Promise<LoginOutcome> {
  const { directory } = needs
  const password = preparePassword(shown.password)
  const found = await directory.credentials(shown.user)
  if (found !== undefined && password !== undefined && recent.knows(found, password)) return admitted(found.account)
  const verify = () => directory.hasher.verify(password ?? '', found?.passwordHash)
  const isReal = found !== undefined && password !== undefined
  const verified = await (isReal ? recent.verified(found, password, verify) : verify())
  if (verified === 'busy') return { kind: 'too-many', retryAfterMs: limits.busyRetryMs, busy: true }
  if (verified === 'wrong' || found === undefined || password === undefined) return { kind: 'wrong' }
  await completeKeys(needs, found, password)
  if (verified === 'right-but-weak') await strengthen(needs, found, password)
  else recent.remember(found, password)
  return admitted(found.account)
}

interface Found {
  readonly account: Account
  readonly passwordHash: string
}

/** An account from before SCRAM, or before its rounds rose, has no keys that are good: this is the moment when the password is known. */
async function completeKeys({ directory, log }: AuthenticatorNeeds, found: Found, password: string): Promise<void> {
  if (!(await directory.scram.complete(found, password))) return
  log.info('accounts.password.scram-keys', { account: found.account.address })
}

/** The parameters have risen since the password was set. */
async function strengthen({ directory, log }: AuthenticatorNeeds, found: Found, password: string): Promise<void> {
  const newHash = await directory.hasher.hash(password)
  await directory.replaceHash(found.account.accountId, found.passwordHash, newHash)
  log.info('accounts.password.rehashed', { account: found.account.address })
}
