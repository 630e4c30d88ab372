// The queue as its callers see it: every message that is not merely handed from another server to a mailbox of ours goes through `accept`, and
// is the queue's from there on. Its states are in states.ts and docs/states/queue.md; who brings messages to other hosts is in carriage.ts.

import type { OutcomeClass, RecipientOutcome, Try } from '#mail/outcome.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { MailParameters, RecipientParameters } from '#wire/smtp/parameters.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import type { State } from './states.ts'

export interface Queue extends AsyncDisposable {
  /**
   * Durable when settled, all of it or nothing: recipients here that need not wait have the message in their mailboxes, and it will be brought to the
   * others whatever happens to the process. A refusal: nothing was taken. Rejects with DiskFullError. The caller disposes of `spooled` afterwards.
   */
  accept(message: NewMessage): Promise<Refusal | undefined>
  /** In the order in which they were taken, `after` the last of the page before; at most limits.listed of them. */
  list(filter?: Filter, after?: Place): Promise<readonly Listed[]>
  /** Undefined when there is no such message (any more). */
  show(messageId: string): Promise<Shown | undefined>
  /**
   * Does it to every recipient that fits. `retry`: what was tried in vain is tried now; `hold`: it waits until it is released, for `reason`; `release`:
   * what is held goes on, what waits for its time goes now; `drop`: it is gone, and nobody is told; `bounce`: it goes back to its sender, with `reason`.
   */
  act(action: Action, filter: Filter, reason?: string): Promise<Acted>
  stats(): Promise<QueueStats>
  /** Settles when nothing is in hand. */
  idle(): Promise<void>
}

export interface NewMessage {
  /** The id under which every step of this message is logged; no other message of the queue has it. */
  readonly messageId: string
  /** Whose it is: limits, fairness, who may hold it. 0: the server's own (reports, returns, forwards of nobody). */
  readonly accountId: number
  readonly origin: Origin
  /** Who is told of failures; '' nobody. */
  readonly sender: string
  /** MAIL FROM towards other hosts (VERP, SRS); '' the null path. */
  readonly returnPath: string
  readonly parameters: MailParameters
  /** At least one. */
  readonly recipients: readonly NewRecipient[]
  /** Whole header lines with CRLF that go before the message in every copy. */
  readonly fields: string
  readonly spooled: SpooledMessage
  /** Milliseconds since 1970; undefined: now. */
  readonly releaseAt: number | undefined
  /** Why an operator or the guard has to release it first; undefined: it goes. */
  readonly heldFor: string | undefined
  /** The copies for mailboxes here go to their junk mailboxes, if they go at once. */
  readonly isJunk?: boolean
}

export type Origin = 'submission' | 'forward' | 'report' | 'return'

export interface NewRecipient {
  /** As the envelope named it. */
  readonly address: string
  readonly parameters: RecipientParameters
  /** Whose mailbox it is; looked up anew if it has to wait. Undefined: it is at another host. */
  readonly local?: LocalPlace | undefined
}

export interface LocalPlace {
  readonly accountId: number
  /** `x` of `alice+x@`. */
  readonly detail: string | undefined
  /** What else the envelope asked for, as JSON; kept with the copy. Undefined: what `parameters` say. */
  readonly envelope?: string | undefined
}

/** All that are given must fit; those about recipients, one and the same recipient. */
export interface Filter {
  readonly messageId?: string
  /** '' for the null path. */
  readonly sender?: string
  readonly recipient?: string
  /** Of the recipient. */
  readonly domain?: string
  readonly state?: State
  readonly hop?: string
  readonly accountId?: number
  readonly class?: OutcomeClass
  /** Taken longer ago. */
  readonly olderThanMs?: number
}

export type Action = 'retry' | 'hold' | 'release' | 'drop' | 'bounce'

/** What an action was done to. */
export interface Acted {
  readonly messages: number
  readonly recipients: number
}

export interface Place {
  readonly arrivedAt: number
  readonly messageId: string
}

export interface Listed extends Place {
  readonly accountId: number
  readonly origin: Origin
  readonly sender: string
  readonly releaseAt: number
  /** The earliest of these recipients; undefined: none of them waits for a time. */
  readonly nextAt: number | undefined
  readonly sizeBytes: number
  /** Those that fit the filter; at most limits.listedRecipients. */
  readonly recipients: readonly ListedRecipient[]
  readonly recipientCount: number
}

export interface ListedRecipient {
  readonly address: string
  readonly state: State
  readonly hop: string
  /** So many were in vain. */
  readonly tries: number
  /** Undefined: it is held, or under way, or waits for its report. */
  readonly nextAt: number | undefined
  /** What was said at the last try. */
  readonly status: string | undefined
  readonly reply: string | undefined
  readonly class: OutcomeClass | undefined
  readonly heldFor: string | undefined
}

export interface Shown extends Listed {
  readonly returnPath: string
  readonly expiresAt: number
  /** The oldest first; the last limits.triesPerMessage. */
  readonly tries: readonly Try[]
  /** The message's header, as it will be delivered, but for what delivery itself puts before it. */
  readonly header: string
}

/** The counts are of recipients. */
export interface QueueStats {
  readonly messages: number
  readonly recipients: number
  /** When the oldest was taken, milliseconds since 1970; undefined: the queue is empty. */
  readonly oldestAt: number | undefined
  readonly states: ReadonlyMap<State, number>
  /** The largest first, as the next; limits.hopsInStats and limits.accountsInStats of them. */
  readonly hops: readonly (readonly [hop: string, recipients: number])[]
  readonly accounts: readonly (readonly [accountId: number, recipients: number])[]
}

/** Hears of outcomes once they are durable: suppression, the guard, metrics. */
export interface Witness {
  /** Never throws; what takes long it does by itself. */
  settled(outcome: Settled): void
}

export interface Settled {
  readonly messageId: string
  readonly accountId: number
  readonly origin: Origin
  readonly sender: string
  readonly recipient: string
  readonly outcome: RecipientOutcome
  /** There will be no other try. */
  readonly isFinal: boolean
}

/** Brings one message to recipients of this server. */
export interface Carrier {
  /**
   * Settles with one outcome for each recipient, in order. Stores it with `message.spooled` itself, so that what hangs on it (SpooledMessage.alongside)
   * happens in the same transaction. Rejects on a fault: those that it reached before are known by that.
   */
  carry(message: CarriedHere): Promise<readonly OutcomeHere[]>
}

export interface CarriedHere {
  readonly messageId: string
  /** '' for the null path. */
  readonly sender: string
  readonly parameters: MailParameters
  readonly recipients: readonly RecipientHere[]
  readonly fields: string
  readonly spooled: SpooledMessage
  readonly isJunk?: boolean
}

export interface RecipientHere extends LocalPlace {
  readonly address: string
  readonly parameters: RecipientParameters
}

export type OutcomeHere = { readonly kind: 'delivered' } | Refusal
