// The post office: every account's mailboxes and messages. The verbs are one file each; this is the door the protocols use.

import type { Tx } from '#io/sql/database.ts'
import type { Change, Entry } from './change.ts'
import type { Mailbox, SpecialUse } from './mailbox.ts'
import type { MailboxView } from './mailbox-view.ts'
import type { Spool, SpooledMessage } from './spool.ts'

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
}

export interface Quota {
  readonly usedBytes: number
  /** Undefined: no limit. */
  readonly limitBytes: number | undefined
  readonly messages: number
}

export interface Limited {
  readonly usedBytes: number
  readonly limitBytes: number
  /** Since when there has been no room (milliseconds since 1970), as `noteFull` was told. */
  readonly fullSince: number | undefined
}

/** A mailbox verb's "no". */
export type MailboxRefusal = {
  readonly kind:
    | 'no-such-mailbox'
    | 'already-exists'
    | 'name-not-allowed'
    | 'has-children'
    | 'inbox'
    | 'over-quota'
    | 'too-many'
}

export type FlagAction = 'add' | 'remove' | 'replace'

export interface FlagEdit {
  readonly action: FlagAction
  readonly flags: number
  readonly keywords: readonly string[]
  /** CONDSTORE: leave entries changed after this alone. */
  readonly unchangedSince?: number
}

/** The octets of one message: prefix and body as one, read by range. */
export interface MessageBytes {
  readonly sizeBytes: number
  /** Octets `start` up to, not including, `end`; fewer past the end. */
  read(start: number, end: number): Promise<Uint8Array>
}

export interface Store extends AsyncDisposable {
  readonly spool: Spool
  /** Makes the account's default mailboxes (INBOX, Drafts, Sent, Junk, Trash, Archive). Harmless when they exist. */
  createAccount(accountId: number): Promise<void>
  /** Removes every mailbox and message of the account. */
  removeAccount(accountId: number): Promise<void>
  quota(accountId: number): Promise<Quota>
  /** The quota of an account that has a limit; undefined of others, mostly without asking the database. */
  limitOf(accountId: number): Promise<Limited | undefined>
  setQuota(accountId: number, limitBytes: number | undefined): Promise<void>
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
  /** Every subscribed name, existing or not. */
  subscriptions(accountId: number): Promise<readonly string[]>

  /** One message into one mailbox of each account, all in one transaction. Two deliveries to one account and mailbox give one entry. */
  deliver(
    message: SpooledMessage,
    deliveries: readonly Delivery[],
  ): Promise<readonly { readonly accountId: number; readonly entry: Entry }[]>
  /**
   * Keeps a message's bytes for a queue, whatever becomes of the mailboxes, until `letGo` of kept.ts is called for the blob.
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
  /** Settles with the UIDs that `unchangedSince` spared. Entries already as wanted are not touched. */
  setFlags(
    accountId: number,
    mailboxId: number,
    uids: readonly number[],
    edit: FlagEdit,
  ): Promise<{ readonly modified: readonly number[] }>
  /** Removes those of `uids` that are there (with `onlyDeleted`: and carry \Deleted). Settles with the UIDs removed. */
  expunge(
    accountId: number,
    mailboxId: number,
    uids: readonly number[],
    options: { readonly onlyDeleted: boolean },
  ): Promise<readonly number[]>

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

  /** POP3's exclusive lock on the maildrop; undefined when another session holds it. */
  lockMaildrop(accountId: number): AsyncDisposable | undefined
  /** Every committed change of the account, in commit order, after it is durable. */
  subscribe(accountId: number, onChange: (change: Change) => void): Disposable
}
