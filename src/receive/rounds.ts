// Mail that goes round: by the marks that we leave in what goes on from here, and by how often it has come by. A forwarder's mark is its address
// (RFC 9228); where several are in one message none of them stands in it, for whoever gets it would learn of the others (Bcc): then each has a mark
// that only we can read.

import type { Forwarder } from '#accounts/account.ts'
import type { ReturnPaths } from '#accounts/return-paths.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { forwardersOf } from './destinations.ts'
import { deliveredBefore, timesReceivedBy } from './header-facts.ts'
import { maxOwnReceivedFields } from './limits.ts'
import type { TakenRecipient } from './recipient.ts'

export interface RoundNeeds {
  readonly returnPaths: Pick<ReturnPaths, 'mark'>
  readonly hostname: string
}

/** What goes before the message in copies for other servers. */
export function marksOf({ returnPaths }: Pick<RoundNeeds, 'returnPaths'>, forwarders: readonly Forwarder[]): string {
  const marks =
    forwarders.length === 1
      ? forwarders.map(({ address }) => address)
      : forwarders.map(forwarder => returnPaths.mark(forwarder))
  return marks.map(mark => `Delivered-To: ${mark}\r\n`).join('')
}

export interface RoundQuestion {
  readonly header: Uint8Array
  readonly recipients: readonly TakenRecipient[]
  /** Of the recipients' own addresses as well, and not only of those who send it on. */
  readonly ofRecipients: boolean
}

/**
 * The recipient, as the envelope named it, to whom the message was delivered before, or through whom it went on. Whoever stands behind it is not
 * named: that is nobody's business.
 */
export function deliveredBeforeTo(needs: RoundNeeds, question: RoundQuestion): string | undefined {
  const { header, recipients, ofRecipients } = question
  const marks = new Map<string, string>()
  for (const { address, elsewhere } of recipients) {
    for (const forwarder of forwardersOf(elsewhere)) {
      marks.set(forwarder.address.toLowerCase(), address)
      marks.set(needs.returnPaths.mark(forwarder).toLowerCase(), address)
    }
    if (ofRecipients) marks.set(address.toLowerCase(), address)
  }
  return marks.size === 0 ? undefined : deliveredBefore(header, { marks, hostname: needs.hostname })
}

/** Of what would go on from here: each round may make many of it, so they have to end long before the hops of one message do. */
export function comesTooOften(
  { hostname }: Pick<RoundNeeds, 'hostname'>,
  header: Uint8Array,
  recipients: readonly Pick<TakenRecipient, 'elsewhere'>[],
): Refusal | undefined {
  if (!recipients.some(({ elsewhere }) => elsewhere.some(({ forwarder }) => forwarder !== undefined))) return undefined
  const count = timesReceivedBy(hostname, header)
  return count > maxOwnReceivedFields ? refuse('loop', { count }) : undefined
}
