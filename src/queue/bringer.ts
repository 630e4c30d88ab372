// Whoever brings a load to where its hop leads: a courier of the carriage, or the desk for mailboxes here.

import type { RecipientOutcome, RefusedOutcome, RelayedOutcome, Try } from '#mail/outcome.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Route } from './carriage.ts'
import type { QueuedMessage, QueuedRecipient } from './rows.ts'

/** Some recipients of one message that go to one hop together. */
export interface Load {
  readonly message: QueuedMessage
  readonly recipients: readonly QueuedRecipient[]
  /** The message, where it is still at hand. */
  readonly spooled?: SpooledMessage | undefined
  /** Octets of memory that are free when this is done. */
  readonly heldBytes: number
}

export interface Bringer extends AsyncDisposable {
  readonly mostRecipients: number
  readonly isUsable: boolean
  /** Whether it may wait a moment for the next load. */
  readonly mayLinger: boolean
  /** Rejects on a fault of ours. */
  bring(load: Load, early: Early): Promise<Brought>
}

/** A recipient was taken while others are still under way; it is among the outcomes, too. Called for one any number of times. */
export type Early = (recipient: QueuedRecipient, outcome: RelayedOutcome, host: string) => void

export interface Brought {
  /** What is still to be written down: what a delivery here struck out itself is not among it. */
  readonly outcomes: readonly { readonly recipient: QueuedRecipient; readonly outcome: RecipientOutcome }[]
  readonly moved: readonly { readonly recipient: QueuedRecipient; readonly route: Route }[]
  readonly tries: readonly Try[]
  /** What everything gets that is due to the hop. */
  readonly fate: RefusedOutcome | undefined
}

export type AskBringer = (hop: string, signal: AbortSignal) => Promise<Bringer>
