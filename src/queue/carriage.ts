// What the queue asks of those who bring mail to other hosts; `send` satisfies it. A hop is where mail goes next, as one text that the queue
// never reads: recipients of one hop share its connections, its pace and its fate.

import type { RecipientOutcome, RelayedOutcome, Try } from '#mail/outcome.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { MailParameters, RecipientParameters } from '#wire/smtp/parameters.ts'
import type { Schedule } from './schedule.ts'

export interface Carriage {
  /** By the configuration alone: asks nobody, and is asked again before each try. */
  route(asked: Routed): Route
  schedule(hop: string): Schedule
  /**
   * Settles when the pace of this hop allows one more, which may take long: what waits for it waits in the database. Rejects when `signal` fires;
   * a courier that was granted by then gives up what it is at, at once, and nobody reads what it says of it.
   */
  courier(hop: string, signal: AbortSignal): Promise<Courier>
  /** An operator wants a real try: whoever comes next for this hop goes by nothing that is remembered of its hosts. */
  lookAgain(hop: string): void
}

export interface Routed {
  readonly accountId: number
  /** '' for the null path. */
  readonly sender: string
  readonly recipient: string
  /** So many tries were in vain. */
  readonly tries: number
}

export type Route =
  | { readonly kind: 'hop'; readonly hop: string }
  /** By a rule of the configuration; `reason` is shown to whoever looks at the queue. */
  | { readonly kind: 'held'; readonly reason: string }

/** The right to one connection, and with it the connection. Dispose of it when there is nothing more for its hop. */
export interface Courier extends AsyncDisposable {
  /** How many recipients of one message go at a time. */
  readonly mostRecipients: number
  /** Whether `carry` may be called again: false when the connection has done what it may, or broke. */
  readonly isUsable: boolean
  /** It is at nobody's cost when it waits a moment for the next message. Undefined: it is not to wait. */
  readonly mayLinger?: boolean
  /** One message to some of its recipients. Rejects on a fault of ours alone. */
  carry(mail: Mail): Promise<Carried>
}

export interface Mail {
  readonly messageId: string
  /** MAIL FROM; '' for the null path. */
  readonly returnPath: string
  readonly parameters: MailParameters
  /** Milliseconds since 1970: what BY= is counted from. */
  readonly arrivedAt: number
  /** Whole header lines with CRLF, UTF-8, that go before the message. */
  readonly fields: string
  readonly spooled: SpooledMessage
  readonly recipients: readonly MailRecipient[]
  /**
   * Told of each recipient that a host has taken while others of them are still to come, in transactions of their own: what is on record then
   * does not come twice, however long those take. `at`: its place in `recipients`. Its outcome comes with the others all the same.
   */
  readonly taken?: ((at: number, outcome: RelayedOutcome, host: string) => void) | undefined
}

export interface MailRecipient {
  readonly address: string
  readonly parameters: RecipientParameters
}

export interface Carried {
  /** In the order of the recipients. */
  readonly outcomes: readonly RecipientOutcome[]
  /** Each connection that was tried, in order. */
  readonly tries: readonly Try[]
  /** The answer holds for everything that is due to this hop: none of it needs a try of its own now. */
  readonly isOfHop: boolean
}
