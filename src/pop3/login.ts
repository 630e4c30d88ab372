// The end of PASS and of AUTH: an outcome in, a locked maildrop or a refusal out.

import type { Account, SaslOutcome } from '#accounts/account.ts'
import type { Admission, RetrievalSession } from '#retrieval/retrieval.ts'
import type { Store } from '#store/store.ts'
import { type Refusal, refusal } from '#wire/pop3/print.ts'
import type { LoginDelay } from './login-delay.ts'
import { type Maildrop, openMaildrop } from './maildrop.ts'

export type LoginResult =
  | { readonly kind: 'welcome'; readonly maildrop: Maildrop; readonly told: RetrievalSession }
  | {
      readonly kind: Exclude<SaslOutcome['kind'], 'welcome'> | 'pinned' | 'too-soon' | 'in-use'
      readonly reply: Refusal
    }

export interface LoginNeeds {
  readonly store: Store
  readonly loginDelay: LoginDelay
  /** Whether POP3 may read the account. */
  readonly admit: (account: Account) => Promise<Admission>
  /** UTF8 was given (RFC 6856 2.1). */
  readonly utf8: boolean
}

/** The maildrop, and what is told to the guard (retrieval.ts), belong to the caller, who disposes of them. */
export async function enter(needs: LoginNeeds, outcome: SaslOutcome): Promise<LoginResult> {
  switch (outcome.kind) {
    case 'welcome':
      return await admit(needs, outcome.account)
    case 'wrong':
      return { kind: 'wrong', reply: refusal(texts => texts.wrongCredentials, 'AUTH') }
    case 'not-yourself':
      return { kind: 'not-yourself', reply: refusal(texts => texts.notYourself, 'AUTH') }
    case 'downgraded':
      // Without a code: the credentials may be right (RFC 3206 6).
      return { kind: 'downgraded', reply: refusal(texts => texts.downgraded) }
    case 'disabled':
      return { kind: 'disabled', reply: refusal(texts => texts.disabled, 'AUTH') }
    case 'too-many': {
      if (outcome.busy) return { kind: 'too-many', reply: refusal(texts => texts.busy, 'SYS/TEMP') }
      const seconds = Math.ceil(outcome.retryAfterMs / 1000)
      // LOGIN-DELAY would say that the credentials were right (RFC 2449 8.1.1), and AUTH that they were not: they were not looked at.
      return { kind: 'too-many', reply: refusal(texts => texts.tooManyFailed(seconds)) }
    }
  }
}

async function admit(needs: LoginNeeds, account: Account): Promise<LoginResult> {
  const admission = await needs.admit(account)
  // Not [AUTH]: the credentials are right, and a program is not to ask for others (RFC 3206 6).
  if (admission.kind === 'pinned') return { kind: 'pinned', reply: refusal(texts => texts.pinned, 'SYS/PERM') }
  using untilLocked = new DisposableStack()
  untilLocked.use(admission.session)
  const result = await lock(needs, account, admission.session)
  if (result.kind === 'welcome') untilLocked.move()
  return result
}

async function lock(
  { store, loginDelay, utf8 }: LoginNeeds,
  account: Account,
  told: RetrievalSession,
): Promise<LoginResult> {
  const leftMs = loginDelay.leftMs(account.accountId)
  if (leftMs > 0) {
    const seconds = Math.ceil(leftMs / 1000)
    return { kind: 'too-soon', reply: refusal(texts => texts.tooSoon(seconds), 'LOGIN-DELAY') }
  }
  const maildrop = await openMaildrop(store, account, { utf8 })
  if (maildrop === undefined) return { kind: 'in-use', reply: refusal(texts => texts.inUse, 'IN-USE') }
  return { kind: 'welcome', maildrop, told }
}
