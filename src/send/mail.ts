// One message for some of its recipients, as a session with a peer takes it; the queue's own type has the same shape.

import type { RelayedOutcome } from '#mail/outcome.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { MailParameters, RecipientParameters } from '#wire/smtp/parameters.ts'

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
