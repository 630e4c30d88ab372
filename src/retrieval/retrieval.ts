// Who reads an account with what: the door that POP3 and IMAP sessions knock at, and the answers that keep one protocol from taking mail
// away from the other. Settings and devices are rows of the database; what they come to is decided in policy.ts, which is pure.
// A session asks `admit` once, between right credentials and its first look at the mail, and disposes of what it got at its end.

import type { Account } from '#accounts/account.ts'

/** How mail is fetched. */
export type Protocol = 'imap' | 'pop3'

/** What DELE does at QUIT: POP3 sees the message no more; it goes to Trash; it goes. */
export type OnDelete = 'hide' | 'trash' | 'delete'

/** Which protocols an account may be read by. */
export type Pinning = 'any' | Protocol

/** What of an account the guard looks at. */
export type Reader = Pick<Account, 'accountId' | 'createdAt'>

export interface Login {
  readonly account: Reader
  readonly protocol: Protocol
  /** The client's IP address. */
  readonly address: string
  /** The account is read by the other protocol alone from now on: the session is to end. Called once at most, while the session lasts. */
  readonly onPinned: () => void
}

/** Whether a session may begin, asked for once its credentials are known to be right. */
export type Admission =
  | { readonly kind: 'welcome'; readonly session: RetrievalSession }
  /** The account is read by that other protocol alone. */
  | { readonly kind: 'pinned'; readonly to: Protocol }

/** What one session has told of itself. Dispose of it at its end. */
export interface RetrievalSession extends Disposable {
  /** The client's name, as its ID says (RFC 2971); POP3 has none. */
  named(client: string): void
  /** Messages whose bodies the client has fetched. */
  took(messages: number): void
  /** Messages that it removed: expunged, or moved to Trash. */
  removed(messages: number): void
  /** Messages that POP3 sees no more. */
  hid(messages: number): void
}

export interface Retrieval {
  admit(login: Login): Promise<Admission>
  /** What DELE does for this account now: as it is set, or as its use of the last 30 days suggests. */
  onDelete(account: Reader): Promise<OnDelete>
}

/** No guard: whoever has the password reads by what it likes, and DELE deletes. */
export const unguarded: Retrieval = {
  admit: async () => ({ kind: 'welcome', session: untold }),
  onDelete: async () => 'delete',
}

const untold: RetrievalSession = {
  named() {},
  took() {},
  removed() {},
  hid() {},
  [Symbol.dispose]() {},
}
