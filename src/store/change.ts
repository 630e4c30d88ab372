// What the change feed carries: one committed change of one account, with all a view of the mailbox needs to follow it.

import type { Mailbox } from './mailbox.ts'

/** One message in one mailbox, as views and FETCH show it. Nothing but `flags`, `keywords` and `modseq` ever changes. */
export interface Entry {
  readonly uid: number
  /** Bits of flags.ts: the system flags. */
  readonly flags: number
  /** Keywords (RFC 9051 2.3.2) in the order they were first set, joined by single spaces; '' for none. */
  readonly keywords: string
  readonly modseq: number
  /** The immutable id of this entry, unique in the account, never given again (POP3's UIDL is made from it). */
  readonly entryId: number
  /** The immutable id of the message, the same for every copy of it in the account (OBJECTID's EMAILID). */
  readonly messageId: number
  readonly threadId: number
  /** Octets of the whole message as every protocol sends it: prefix and body. */
  readonly sizeBytes: number
  /** INTERNALDATE: milliseconds since 1970. */
  readonly internalDate: number
}

export type Change =
  | {
      readonly kind: 'added'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly entries: readonly Entry[]
    }
  | {
      readonly kind: 'flags'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly entries: readonly FlagChange[]
    }
  | {
      readonly kind: 'expunged'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly uids: readonly number[]
    }
  | {
      readonly kind: 'mailbox-made' | 'mailbox-changed' | 'mailbox-gone'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly mailbox: Mailbox
    }

export interface FlagChange {
  readonly uid: number
  readonly flags: number
  readonly keywords: string
}
