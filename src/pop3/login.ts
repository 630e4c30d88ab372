// The end of PASS and of AUTH: an outcome in, a locked maildrop or a refusal out.

import type { Account, SaslOutcome } from '#accounts/account.ts'
import type { Store } from '#store/store.ts'
import { type Refusal, refusal } from '#wire/pop3/print.ts'
import { type Maildrop, openMaildrop } from './maildrop.ts'

export type LoginResult =
  | { readonly kind: 'welcome'; readonly maildrop: Maildrop }
  | { readonly kind: Exclude<SaslOutcome['kind'], 'welcome'> | 'in-use'; readonly reply: Refusal }

/** The maildrop belongs to the caller, who disposes of it. */
export async function enter(store: Store, outcome: SaslOutcome): Promise<LoginResult> {
  switch (outcome.kind) {
    case 'welcome':
      return await lock(store, outcome.account)
    case 'wrong':
      return { kind: 'wrong', reply: refusal('wrong user name or password', 'AUTH') }
    case 'not-yourself':
      return { kind: 'not-yourself', reply: refusal('nobody may act for another user here', 'AUTH') }
    case 'downgraded':
      return {
        kind: 'downgraded',
        reply: refusal('channel binding was offered, but your program did not see it', 'AUTH'),
      }
    case 'disabled':
      return { kind: 'disabled', reply: refusal('this account is disabled', 'AUTH') }
    case 'too-many': {
      const seconds = Math.ceil(outcome.retryAfterMs / 1000)
      return { kind: 'too-many', reply: refusal(`too many logins failed, try again in ${seconds} s`, 'LOGIN-DELAY') }
    }
  }
}

async function lock(store: Store, account: Account): Promise<LoginResult> {
  const maildrop = await openMaildrop(store, account)
  if (maildrop !== undefined) return { kind: 'welcome', maildrop }
  return { kind: 'in-use', reply: refusal('another POP3 session has this maildrop open', 'IN-USE') }
}
