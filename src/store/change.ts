// What the change feed carries: one committed change of one account, with all a view of the mailbox needs to follow it.

import type { AclEntry } from './acl-entry.ts'
import type { Mailbox } from './mailbox.ts'

/** One message in one mailbox, as views and FETCH show it. Nothing but `flags`, `keywords` and `modseq` ever changes. */
export interface Entry {
  readonly uid: number
  /** Bits of flags.ts: the system flags, and POP3's mark. */
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
  /** SAVEDATE (RFC 8514): when it came into this mailbox, milliseconds since 1970. */
  readonly savedAt: number
  /** Where its message came from another account; undefined: EMAILID and THREADID are its own. */
  readonly origin?: Origin | undefined
}

/** The ids that a message goes by: those of the account that it was taken in for first. */
export interface Origin {
  readonly accountId: number
  readonly messageId: number
  readonly threadId: number
}

/** Who makes changes and wants to know its own: a session, which tells its client nothing that it did itself. */
export interface Author {
  /** Called with what one transaction changed, once it is durable, before anybody else hears of it. */
  made(changes: readonly Change[]): void
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
  /** POP3's mark was set or taken away: no IMAP client is told, and no MODSEQ of a message or mailbox rises. */
  | {
      readonly kind: 'taken'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly uids: readonly number[]
      readonly taken: boolean
    }
  /** A reader's own \Seen: nobody else is told. */
  | {
      readonly kind: 'seen'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly readerId: number
      readonly entries: readonly { readonly uid: number; readonly seen: boolean }[]
    }
  /** All entries of the mailbox's access control list as they are now. */
  | {
      readonly kind: 'rights'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly entries: readonly AclEntry[]
    }
  /** To the grantee, or to `anyone`: what it may do with a mailbox of `ownerId` has changed. The MODSEQ is the owner's. */
  | {
      readonly kind: 'shared'
      readonly accountId: number
      /** 0: it is none of the grantee's own mailboxes. */
      readonly mailboxId: 0
      readonly modseq: number
      readonly ownerId: number
      readonly sharedId: number
    }
  | {
      readonly kind: 'mailbox-made' | 'mailbox-gone'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly mailbox: Mailbox
      /** Of one made by RENAME INBOX, which stays itself (RFC 3501 6.3.5). */
      readonly oldName?: string
    }
  | {
      readonly kind: 'mailbox-changed'
      readonly accountId: number
      readonly mailboxId: number
      readonly modseq: number
      readonly mailbox: Mailbox
      readonly changed: 'name' | 'use'
      /** Where the name changed: what it was; undefined for a child that moved along with its parent. */
      readonly oldName?: string
    }
  | {
      readonly kind: 'subscription'
      readonly accountId: number
      /** 0 where no mailbox has the name. */
      readonly mailboxId: number
      readonly modseq: number
      readonly name: string
      readonly subscribed: boolean
    }
  | {
      readonly kind: 'metadata'
      readonly accountId: number
      /** 0: the server, as the account sees it. */
      readonly mailboxId: number
      readonly modseq: number
      readonly mailbox: Mailbox | undefined
      /** Who changed them: private ones concern this account alone. */
      readonly readerId: number
      /** Names in lower case, those that went too. */
      readonly entries: readonly string[]
    }

export interface FlagChange {
  readonly uid: number
  readonly flags: number
  readonly keywords: string
}
