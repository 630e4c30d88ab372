// The end of PASS and of AUTH: credentials in, a locked maildrop or a refusal out.

import type { Account, Authenticator } from '#accounts/account.ts'
import type { Store } from '#store/store.ts'
import { type Refusal, refusal } from '#wire/pop3/print.ts'
import { type Maildrop, openMaildrop } from './maildrop.ts'

export interface LoginNeeds {
  readonly store: Store
  readonly authenticator: Authenticator
}

export interface Credentials {
  readonly user: string
  readonly password: string
  readonly remoteAddress: string
}

export type LoginResult =
  | { readonly kind: 'welcome'; readonly maildrop: Maildrop }
  | { readonly kind: 'wrong' | 'disabled' | 'too-many' | 'in-use'; readonly reply: Refusal }

/** The maildrop belongs to the caller, who disposes of it. */
export async function login(needs: LoginNeeds, credentials: Credentials): Promise<LoginResult> {
  const { user, password, remoteAddress } = credentials
  const outcome = await needs.authenticator.login(user, password, remoteAddress)
  switch (outcome.kind) {
    case 'welcome':
      return await enter(needs.store, outcome.account)
    case 'wrong':
      return { kind: 'wrong', reply: refusal('wrong user name or password', 'AUTH') }
    case 'disabled':
      return { kind: 'disabled', reply: refusal('this account is disabled', 'AUTH') }
    case 'too-many': {
      const seconds = Math.ceil(outcome.retryAfterMs / 1000)
      return { kind: 'too-many', reply: refusal(`too many logins failed, try again in ${seconds} s`, 'LOGIN-DELAY') }
    }
  }
}

async function enter(store: Store, account: Account): Promise<LoginResult> {
  const maildrop = await openMaildrop(store, account)
  if (maildrop !== undefined) return { kind: 'welcome', maildrop }
  return { kind: 'in-use', reply: refusal('another POP3 session has this maildrop open', 'IN-USE') }
}
