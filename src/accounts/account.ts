// Who exists: an account as the rest of the server sees it. Its password never leaves this folder.

export interface Account {
  readonly accountId: number
  /** The full address, as written when it was made: `alice@example.test`. */
  readonly address: string
  readonly disabled: boolean
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

/** What becomes of mail to one address (RFC 5321 3.6, 5233 for the detail). */
export type Resolution =
  | {
      readonly kind: 'account'
      readonly account: Account /** `x` of `alice+x@`. */
      readonly detail: string | undefined
    }
  /** The domain is ours, the name is nobody's. */
  | { readonly kind: 'no-such-mailbox' }
  /** The account exists and takes no mail. */
  | { readonly kind: 'disabled' }
  /** Not one of our domains: relaying. */
  | { readonly kind: 'not-local' }

export interface Resolver {
  /** `localPart` unquoted, `domain` in lower case ASCII or U-labels; domain undefined for `<postmaster>` alone. */
  resolve(localPart: string, domain: string | undefined): Promise<Resolution>
}

export type LoginOutcome =
  | { readonly kind: 'welcome'; readonly account: Account }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'disabled' }
  /** Too many failures from this address or for this account: not even looked at. */
  | { readonly kind: 'too-many'; readonly retryAfterMs: number }

export interface AccountWatch {
  /** Calls `onGone` when the account is disabled or removed, and at once when it is so already. Dispose of it when its session ends. */
  watch(accountId: number, onGone: () => void): Promise<Disposable>
}

export interface Authenticator {
  /** Takes as long for a name that does not exist. `remoteAddress` is the client's IP address. Wrong credentials are answered late by the throttle's delay. */
  login(user: string, password: string, remoteAddress: string): Promise<LoginOutcome>
}
