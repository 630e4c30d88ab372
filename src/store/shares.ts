// What accounts open to each other (RFC 4314): lists of who may do what, and the mailboxes of others as their readers have them.

import type { AclEdit, AclEntry } from './acl-entry.ts'
import type { Mailbox } from './mailbox.ts'
import type { MailboxView } from './mailbox-view.ts'

export interface ReaderEdit {
  readonly readerId: number
  /** Flags that it may change, as bits: the others stay as they are. */
  readonly flags: number
  readonly keywords: boolean
}

/** Where messages are copied from or to. */
export interface CopyPlace {
  readonly accountId: number
  readonly mailboxId: number
  /** Who copies, where the mailbox is another's. In the source: whose \Seen goes along; in the target: which flags may. */
  readonly reader?: ReaderEdit | undefined
}

/** A mailbox of another as a reader sees it. */
export interface SharedMailbox {
  /** The owner. */
  readonly accountId: number
  /** Under its owner's name for it; counts, HIGHESTMODSEQ and \Recent are the reader's. */
  readonly mailbox: Mailbox
  /** Letters of RFC 4314 (mail/rights.ts); never ''. */
  readonly rights: string
}

/** A verb's "no". */
export interface ShareRefusal {
  readonly kind: 'no-such-mailbox' | 'over-quota' | 'too-many'
}

export type AclSet = { readonly kind: 'done' } | { readonly kind: 'no-such-account' } | ShareRefusal

/** The two lists pair up, ascending. */
export type CopiedAcross =
  | { kind: 'done'; uidValidity: number; from: readonly number[]; to: readonly number[] }
  | ShareRefusal

export interface Shares {
  /** The entries of a mailbox's access control list: `anyone` first. */
  acl(accountId: number, mailboxId: number): Promise<readonly AclEntry[]>
  /** An entry that is left without rights goes. `too-many`: the list is full; `no-such-account`: the grantee has no mail here. */
  setAcl(accountId: number, mailboxId: number, edit: AclEdit): Promise<AclSet>
  /** Mailboxes of others that the reader has a right to, by owner; no more than `limits.sharedMailboxes`. */
  mailboxes(readerId: number): Promise<readonly SharedMailbox[]>
  /** One of `ownerId`'s by the owner's name for it; undefined where there is none, or none that the reader has a right to. */
  mailbox(ownerId: number, readerId: number, name: string): Promise<SharedMailbox | undefined>
  /** As `Store.openView`: with the reader's own \Seen and its rights. Undefined without the right to read. */
  openView(accountId: number, mailboxId: number, readerId: number): Promise<MailboxView | undefined>
  /** As `Store.copy`, or `move`, where one of the mailboxes is another's. The entries get new entry ids, and in another account message ids, but go by the ids that they had (Entry.origin). */
  copy(
    from: CopyPlace,
    to: CopyPlace,
    uids: readonly number[],
    options: { readonly isMove: boolean },
  ): Promise<CopiedAcross>
}
