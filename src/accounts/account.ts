// Who exists: an account as the rest of the server sees it. Its password never leaves this folder.

import type { Channel } from '#io/channel.ts'

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
  | Forwarding
  /** The domain is ours, the name is nobody's. */
  | { readonly kind: 'no-such-mailbox' }
  /** The account exists and takes no mail. */
  | { readonly kind: 'disabled' }
  /** Not one of our domains: relaying. */
  | { readonly kind: 'not-local' }

/**
 * Mail that goes on: of an account with forwards, or an alias with targets. Every mailbox and address stands in it once, however many ways lead there;
 * a target of ours that is gone or disabled is left out, and with nothing in it the mail can go nowhere.
 */
export interface Forwarding {
  readonly kind: 'forward'
  readonly mailboxes: readonly MailboxTarget[]
  readonly elsewhere: readonly ForwardTarget[]
  /** It led to more than is followed (limits.forwardSteps): what came after that is left out. */
  readonly isCut: boolean
}

export interface MailboxTarget {
  readonly account: Account
  /** `x` of `alice+x@`. */
  readonly detail: string | undefined
}

/** An address of another server. */
export interface ForwardTarget {
  /** As SMTP writes it. */
  readonly address: string
  readonly forwarder: Forwarder
}

/** The last address of ours on the way there. */
export interface Forwarder {
  readonly address: string
  /** In lower case ASCII. */
  readonly domain: string
  /** The account that forwards; undefined: an alias. */
  readonly account: Account | undefined
}

export interface Resolver {
  /** `localPart` unquoted, `domain` in lower case ASCII or U-labels; domain undefined for `<postmaster>` alone. */
  resolve(localPart: string, domain: string | undefined): Promise<Resolution>
  /** Whether the account may name that address as the sender: its mail comes to the account, or it was granted. Arguments as for `resolve`. */
  maySendAs(account: Account, localPart: string, domain: string | undefined): Promise<boolean>
}

export type LoginOutcome =
  | { readonly kind: 'welcome'; readonly account: Account }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'disabled' }
  /** Too many failures from this address or for this account: not even looked at. `busy`: no failures, but more logins than can be looked at now. */
  | { readonly kind: 'too-many'; readonly retryAfterMs: number; readonly busy?: boolean }

/** Who stands behind a name, and the other way round. */
export interface AccountNames {
  /** By its own address in any case, disabled or not; an alias is no account. */
  named(address: string): Promise<Account | undefined>
  /** Those that exist. */
  byId(accountIds: readonly number[]): Promise<ReadonlyMap<number, Account>>
}

export interface AccountWatch {
  /** Calls `onGone` when the account is disabled or removed, and at once when it is so already. Dispose of it when its session ends. */
  watch(accountId: number, onGone: () => void): Promise<Disposable>
}

export type SaslOutcome =
  | LoginOutcome
  /** The client wants to act for somebody else: nobody may here. */
  | { readonly kind: 'not-yourself' }
  /** The client believes that we can't bind to the channel, which we offered: somebody on the way has changed our list (RFC 5802 6). */
  | { readonly kind: 'downgraded' }

export type SaslStep =
  /** Send this (the protocol encodes it in base64) and give the answer to `respond`. */
  | { readonly kind: 'challenge'; readonly bytes: Uint8Array }
  /** The client broke the mechanism's syntax: 501, BAD. */
  | { readonly kind: 'malformed'; readonly reason: string }
  /** `user` as the client named itself, for the log. */
  | { readonly kind: 'settled'; readonly user: string; readonly outcome: SaslOutcome }

/** One SASL exchange (RFC 4422), see sasl/mechanisms.ts. */
export interface SaslExchange {
  /** `initial` is the decoded initial response; undefined when there was none. Called once, first. */
  start(initial: Uint8Array | undefined): Promise<SaslStep>
  respond(response: Uint8Array): Promise<SaslStep>
}

/** What of a connection SASL looks at. */
export type SaslChannel = Pick<Channel, 'tls' | 'peerCertificate' | 'channelBinding'>

export interface Authenticator {
  /** Takes as long for a name that does not exist. `remoteAddress` is the client's IP address. Wrong credentials are answered late by the throttle's delay. */
  login(user: string, password: string, remoteAddress: string): Promise<LoginOutcome>
  /** Those to advertise on this connection, as it is now. */
  mechanisms(channel: SaslChannel): readonly string[]
  /** `mechanism` in any case; undefined: not offered here. `remoteAddress` as for `login`. */
  exchange(mechanism: string, channel: SaslChannel, remoteAddress: string): SaslExchange | undefined
}
