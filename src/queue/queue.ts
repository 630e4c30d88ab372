// The queue as its callers see it: messages that wait for their time or for room, durable, and what an operator can do with them.
// Its states are in states.ts and docs/states/queue.md. Local recipients only: the relay to other hosts will be a second Carrier.

import type { SpooledMessage } from '#store/spool.ts'
import type { MailParameters, RecipientParameters } from '#wire/smtp/parameters.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import type { State } from './states.ts'

export interface Queue extends AsyncDisposable {
  /** Durable when settled: the message is delivered at `releaseAt`, whatever happens to the process. A refusal: nothing was taken. Rejects with DiskFullError. */
  hold(message: HeldMessage): Promise<Refusal | undefined>
  /** Messages in the order of their next try, `after` the last of the page before; at most limits.listed of them. */
  list(filter?: Filter, after?: Place): Promise<readonly Listed[]>
  /** Undefined when there is no such message (any more). */
  show(messageId: string): Promise<Shown | undefined>
  /** Delivers it now. False when there is no such message. */
  release(messageId: string): Promise<boolean>
  /** Takes it away; nobody is told. False when there is no such message. */
  drop(messageId: string): Promise<boolean>
  /** Settles when nothing is in hand. */
  idle(): Promise<void>
}

export interface HeldMessage {
  /** The id under which every step of this message is logged; no other message of the queue has it. */
  readonly messageId: string
  readonly sender: QueueSender
  readonly parameters: MailParameters
  readonly recipients: readonly HeldRecipient[]
  /** Whole header lines with CRLF that go before the message in every copy. */
  readonly fields: string
  readonly spooled: SpooledMessage
  /** Milliseconds since 1970. */
  readonly releaseAt: number
}

export interface QueueSender {
  readonly accountId: number
  /** '' for the null path. */
  readonly address: string
}

export interface HeldRecipient {
  readonly address: string
  /** Whose mailbox it was when it was taken; it is looked up anew at the release. */
  readonly accountId: number
  readonly detail: string | undefined
  readonly parameters: RecipientParameters
}

export interface Filter {
  readonly sender?: string
  readonly recipient?: string
  readonly state?: State
}

export interface Place {
  readonly nextAt: number
  readonly messageId: string
}

export interface Listed extends Place {
  readonly sender: string
  readonly recipients: readonly ListedRecipient[]
  readonly releaseAt: number
  readonly sizeBytes: number
}

export interface ListedRecipient {
  readonly address: string
  readonly state: State
  /** What was said at the last try. */
  readonly reply: string | undefined
}

export interface Shown extends Listed {
  readonly arrivedAt: number
  readonly tries: number
  readonly expiresAt: number
  /** The message's header, as it will be delivered, but for what delivery itself puts before it. */
  readonly header: string
}

/** Brings one message to its recipients. */
export interface Carrier {
  /**
   * Settles with one outcome for each recipient, in order. Stores it with `message.spooled` itself, so that what hangs on it (SpooledMessage.alongside)
   * happens in the same transaction. Rejects on a fault: those that it reached before are known by that.
   */
  carry(message: Carried): Promise<readonly Outcome[]>
}

export interface Carried {
  readonly messageId: string
  /** '' for the null path. */
  readonly sender: string
  readonly parameters: MailParameters
  readonly recipients: readonly CarriedRecipient[]
  readonly fields: string
  readonly spooled: SpooledMessage
}

/** Resolved anew. */
export type CarriedRecipient = HeldRecipient

export type Outcome = { readonly kind: 'delivered' } | Refusal
