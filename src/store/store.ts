// The post office: every account's mailboxes and messages. The verbs are one file each; this is the door the protocols use.

import type { Tx } from '#io/sql/database.ts'
import type { Author, Change, Entry } from './change.ts'
import type { Mailbox, SpecialUse } from './mailbox.ts'
import type { MailboxView } from './mailbox-view.ts'
import type { Annotation, AnnotationEdit, MetadataPlace, MetadataQuestion, MetadataSet, UseEdit } from './metadata.ts'
import type { TextSearch } from './search/text-query.ts'
import type { ReaderEdit, Shares } from './shares.ts'
import type { Spool, SpooledMessage } from './spool.ts'
import type { EntryUidl, UidlsSet } from './uidls.ts'
import type { UrlKeyPlace } from './url-keys.ts'

export interface Delivery {
  readonly accountId: number
  /** Name of the mailbox; made if it is missing, INBOX if it can't be. */
  readonly mailbox: string
  /** Whole header lines with CRLF that delivery puts before the message: Return-Path, Received, ... */
  readonly prefix: Uint8Array
  readonly flags?: number
  readonly keywords?: string
  /** What the envelope asked for beyond the addresses, as JSON; kept with the message. Undefined: nothing. */
  readonly envelope?: string | undefined
}

export interface Appended {
  readonly message: SpooledMessage
  readonly flags: number
  readonly keywords: string
  /** Milliseconds; now if undefined. */
  readonly internalDate: number | undefined
  readonly prefix?: Uint8Array
  /** A reader of another's mailbox to whom it is \Seen: the flag itself is the owner's. */
  readonly seenBy?: number | undefined
  /** POP3's unique-id that it had on another server; it has ours if that cannot be one, or is another's. */
  readonly uidl?: string | undefined
}

export interface MessagePlace {
  readonly accountId: number
  readonly mailboxId: number
  readonly uid: number
}

export interface Quota {
  readonly usedBytes: number
  /** Undefined: no limit. */
  readonly limitBytes: number | undefined
  readonly messages: number
  /** Undefined: no limit. */
  readonly limitMessages: number | undefined
}

export interface Limited {
  readonly usedBytes: number
  /** Infinity where only messages are limited. */
  readonly limitBytes: number
  readonly messages: number
  /** Infinity where only octets are limited. */
  readonly limitMessages: number
  /** Since when there has been no room (milliseconds since 1970), as `noteFull` was told. */
  readonly fullSince: number | undefined
}

/** A mailbox verb's "no". */
export type MailboxRefusal = {
  readonly kind: 'no-such-mailbox' | 'already-exists' | 'name-not-allowed' | 'inbox' | 'over-quota' | 'too-many'
}

/** UIDs `from` to `to`, both included. */
export interface UidRange {
  readonly from: number
  readonly to: number
}

/** Protocols that remove messages. */
export type RemovedBy = 'imap' | 'pop3'

/** A message that was removed, and can be restored. */
export interface Buried {
  readonly entryId: number
  readonly messageId: number
  /** Where it was; the mailbox may be gone too. */
  readonly mailbox: string
  /** Milliseconds since 1970, both. */
  readonly removedAt: number
  readonly keptUntil: number
  /** Undefined: that is not known. */
  readonly by: RemovedBy | undefined
  readonly sizeBytes: number
}

/** Which of those that were removed: all that fit. */
export interface BuriedFilter {
  readonly mailbox?: string | undefined
  /** Removed at that time or later, milliseconds since 1970. */
  readonly since?: number | undefined
  readonly by?: RemovedBy | undefined
  /** Only those above this entry id: the last one of the part before. */
  readonly after?: number | undefined
  /** How many at most. */
  readonly most: number
}

export interface RestoreOptions {
  /** Where to; made if it is missing. Undefined: where each was. */
  readonly mailbox?: string | undefined
  /** POP3 is shown them again, even if it took them. */
  readonly forPop3?: boolean | undefined
}

export interface RestoredEntry {
  readonly entryId: number
  readonly mailbox: string
  readonly uid: number
  /** POP3 is not shown it. */
  readonly taken: boolean
}

export type FlagAction = 'add' | 'remove' | 'replace'

export interface FlagEdit {
  readonly action: FlagAction
  readonly flags: number
  readonly keywords: readonly string[]
  /** CONDSTORE: leave entries changed after this alone. */
  readonly unchangedSince?: number | undefined
  /** Of a reader of another's mailbox, whose \Seen is its own: what its rights let it change. Undefined: the owner, all. */
  readonly reader?: ReaderEdit | undefined
}

/** The octets of one message: prefix and body as one, read by range. */
export interface MessageBytes {
  readonly sizeBytes: number
  /** Octets `start` up to, not including, `end`; fewer past the end. */
  read(start: number, end: number): Promise<Uint8Array>
}

export interface Store extends AsyncDisposable {
  readonly spool: Spool
  readonly shares: Shares
  /** The index of the messages' texts. */
  readonly search: TextSearch
  /** Makes the account's default mailboxes (INBOX, Drafts, Sent, Junk, Trash, Archive). Harmless when they exist. */
  createAccount(accountId: number): Promise<void>
  /** Removes every mailbox and message of the account. */
  removeAccount(accountId: number): Promise<void>
  quota(accountId: number): Promise<Quota>
  /** The quota of an account that has a limit; undefined of others, mostly without asking the database. */
  limitOf(accountId: number): Promise<Limited | undefined>
  setQuota(accountId: number, limitBytes: number | undefined): Promise<void>
  setMessageQuota(accountId: number, limitMessages: number | undefined): Promise<void>
  /** Remembers since when the account has had no room; undefined: it has room again. */
  noteFull(accountId: number, fullSince: number | undefined): Promise<void>

  mailboxes(accountId: number): Promise<readonly Mailbox[]>
  mailbox(accountId: number, name: string): Promise<Mailbox | undefined>
  /** Missing parents are made too. */
  createMailbox(
    accountId: number,
    name: string,
    specialUse?: SpecialUse,
  ): Promise<{ kind: 'done'; mailbox: Mailbox } | MailboxRefusal>
  /** A parent with children goes too, leaving the children, whose names keep its name. */
  deleteMailbox(accountId: number, name: string): Promise<{ kind: 'done' } | MailboxRefusal>
  /** Children move along. INBOX: its messages move to the new name, INBOX stays (RFC 3501 6.3.5). */
  renameMailbox(accountId: number, from: string, to: string): Promise<{ kind: 'done' } | MailboxRefusal>
  /** Names need not exist (RFC 3501 6.3.6). */
  setSubscribed(accountId: number, name: string, subscribed: boolean): Promise<void>
  /** Annotations of a mailbox, or of the server (`serverId`), that `readerId` may read: shared ones and its own, by name. */
  metadata(place: MetadataPlace): Promise<readonly Annotation[]>
  /** The named annotations of all mailboxes of the account, as `metadata`. */
  metadataOfAll(question: MetadataQuestion): Promise<readonly Annotation[]>
  /** All or none. Values over `limits.metadataBytes` are the caller's to refuse. A use is taken from the mailbox that has it. */
  setMetadata(place: MetadataPlace, edits: readonly AnnotationEdit[], use?: UseEdit): Promise<MetadataSet>
  /** Every subscribed name, existing or not. */
  subscriptions(accountId: number): Promise<readonly string[]>

  /** One message into one mailbox of each account, all in one transaction. Two deliveries to one account and mailbox give one entry. */
  deliver(
    message: SpooledMessage,
    deliveries: readonly Delivery[],
  ): Promise<readonly { readonly accountId: number; readonly entry: Entry }[]>
  /**
   * Keeps a message's bytes for a queue, whatever becomes of the mailboxes, until `letGoAll` of kept.ts is called for the blob.
   * `work` runs in the same transaction: the place to write down what they are kept for. Settles with what it gave, when both are durable.
   */
  keep<T>(message: SpooledMessage, work: (tx: Tx, blobId: number) => Promise<T>): Promise<T>
  /** Kept bytes as a message that can be delivered: mailboxes will name the same blob. Undefined when they are kept no more. */
  kept(blobId: number): Promise<SpooledMessage | undefined>
  /** IMAP APPEND: all messages or none. `entries` in the order given. */
  append(
    accountId: number,
    mailboxId: number,
    messages: readonly Appended[],
  ): Promise<{ kind: 'done'; uidValidity: number; entries: readonly Entry[] } | MailboxRefusal>
  /** A message comes and `old` goes, in one transaction (RFC 8508). Nothing happens if `old` is gone already. */
  replace(
    old: MessagePlace,
    to: { readonly accountId: number; readonly mailboxId: number; readonly message: Appended },
  ): Promise<{ kind: 'done'; uidValidity: number; uid: number } | { kind: 'no-such-message' } | MailboxRefusal>
  /** Unknown UIDs are passed over. The two lists pair up, ascending. */
  copy(
    accountId: number,
    from: number,
    to: number,
    uids: readonly number[],
  ): Promise<{ kind: 'done'; uidValidity: number; from: readonly number[]; to: readonly number[] } | MailboxRefusal>
  /** As copy, and out of `from` in the same transaction (RFC 6851); the entries keep their entry ids. */
  move(
    accountId: number,
    from: number,
    to: number,
    uids: readonly number[],
  ): Promise<{ kind: 'done'; uidValidity: number; from: readonly number[]; to: readonly number[] } | MailboxRefusal>
  /**
   * Settles with the UIDs that `unchangedSince` spared, ascending, with those that would have too many keywords and are left as they are,
   * and with the MODSEQ that all the changed ones have now (undefined: none changed). Of an `unchangedSince` of 0 what is about keywords alone
   * that a message does not have is done to it: nothing of that has changed (RFC 7162 3.1.3). Entries already as wanted are not touched and keep theirs.
   */
  setFlags(
    accountId: number,
    mailboxId: number,
    uids: readonly number[],
    edit: FlagEdit,
  ): Promise<{
    readonly modified: readonly number[]
    readonly tooMany: readonly number[]
    readonly modseq: number | undefined
  }>
  /** Removes those of `uids` that are there (with `onlyDeleted`: and carry \Deleted). Settles with the UIDs removed. */
  expunge(
    accountId: number,
    mailboxId: number,
    uids: readonly number[],
    options: { readonly onlyDeleted: boolean; readonly by?: RemovedBy },
  ): Promise<readonly number[]>

  /** What any protocol removed and is still kept, in the order in which it came (of entry ids). */
  buried(accountId: number, filter: BuriedFilter): Promise<readonly Buried[]>
  /**
   * Puts back what was removed, all or nothing, each under a new UID: it is the same entry of the same message, with its date, flags (but \Deleted) and
   * keywords. Where it was is made again if that is gone; if it cannot be, INBOX takes it. Ids that are kept no more are passed over. What POP3 removed
   * it is not shown again, or the same program would remove it at its next look.
   */
  restore(
    accountId: number,
    entryIds: readonly number[],
    options: RestoreOptions,
  ): Promise<{ kind: 'done'; restored: readonly RestoredEntry[] } | MailboxRefusal>

  /**
   * The UIDs that left the mailbox after MODSEQ `since` (RFC 7162 3.2.6), ascending; with `uids` only those of them.
   * Where tombstones after `since` are no longer kept: every UID below UIDNEXT that is not there (RFC 7162 3.2.10).
   */
  vanished(
    accountId: number,
    mailboxId: number,
    options: { readonly since: number; readonly uids?: readonly UidRange[] | undefined },
  ): Promise<readonly number[]>
  /**
   * After a backup was put back: every mailbox (of all accounts, or of one) gets a UIDVALIDITY above all that were ever given, so that clients drop
   * what they know of mail that the backup did not have. Open sessions see their mailbox as deleted. Settles with the number of mailboxes.
   */
  raiseUidValidity(accountId?: number): Promise<number>

  /** Opens the shared view; undefined if there is no such mailbox. Dispose of it on CLOSE. */
  openView(accountId: number, mailboxId: number): Promise<MailboxView | undefined>
  /** Takes the \Recent messages for the calling session: UIDs from the returned one up were never shown to another. */
  claimRecent(accountId: number, mailboxId: number): Promise<number>
  /** The message's bytes; undefined when they are gone for good. Works for expunged messages as long as a view opened before shows them. */
  message(accountId: number, messageId: number): Promise<MessageBytes | undefined>
  /** What `Delivery.envelope` said of the message. */
  envelope(accountId: number, messageId: number): Promise<string | undefined>
  /** Many whole messages, in the order asked for, in one read of the database: for RETR and FETCH in bulk. Messages over `limits.inlineBytes` come as undefined: use `message`. */
  messagesInline(accountId: number, messageIds: readonly number[]): Promise<readonly (Uint8Array | undefined)[]>

  /** What authorizes the URLs that an account gives out for one mailbox; undefined while it has given none. */
  urlKey(place: UrlKeyPlace): Promise<Uint8Array | undefined>
  /** The same, made if it is missing. */
  makeUrlKey(place: UrlKeyPlace): Promise<Uint8Array>
  /** The URLs that the account has given out are worth nothing any more; without `mailbox` all of them. */
  resetUrlKeys(accountId: number, mailbox?: Pick<UrlKeyPlace, 'ownerId' | 'mailboxId'>): Promise<void>

  /** Ids of the account's messages whose last octets are no CRLF. There are few. */
  messagesWithoutEnd(accountId: number): Promise<readonly number[]>
  /** Sets POP3's mark on entries, or takes it away: POP3 shows them no more, and IMAP is told nothing. Settles with the UIDs that changed, ascending. */
  take(
    accountId: number,
    mailboxId: number,
    uids: readonly number[],
    options: { readonly taken: boolean },
  ): Promise<readonly number[]>
  /** POP3's unique-ids that came along from another server, by entry id; most accounts have none, which costs nothing. */
  uidls(accountId: number): Promise<ReadonlyMap<number, string>>
  /** An entry that has one keeps it. */
  setUidls(accountId: number, entries: readonly EntryUidl[]): Promise<UidlsSet>
  /**
   * Messages that POP3 may have to send in another form, by message id: the octets of that form; -1: there are octets over 127, and nobody has looked
   * yet whether a header has them. Messages that are not in it are sent as they are. With `among` only those ids are asked for.
   */
  surrogates(accountId: number, among?: ArrayLike<number>): Promise<ReadonlyMap<number, number>>
  /** What looking at messages has shown; undefined: they are sent as they are. */
  setSurrogates(accountId: number, sizes: ReadonlyMap<number, number | undefined>): Promise<void>
  /** POP3's exclusive lock on the maildrop; undefined when another session holds it. */
  lockMaildrop(accountId: number): AsyncDisposable | undefined
  /** Every committed change of the account, in commit order, after it is durable, with its author if it had one. */
  subscribe(accountId: number, onChange: (change: Change, author: Author | undefined) => void): Disposable
  /** Runs `work`: what it changes here is the author's, through all that it awaits. */
  authored<T>(author: Author, work: () => Promise<T>): Promise<T>
}
