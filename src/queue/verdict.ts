// What an outcome means for a recipient's row: it goes, it ends and waits for its report, or it is tried again.

import type { RecipientOutcome, RefusedOutcome } from '#mail/outcome.ts'
import { limits } from './limits.ts'
import { wantsToHear } from './notify.ts'
import type { QueuedMessage, QueuedRecipient } from './rows.ts'
import { expiresAt, nextTry, type Schedule, tellDelayAt } from './schedule.ts'
import { type Event, move, type State } from './states.ts'

export type Verdict =
  | { readonly kind: 'gone' }
  /** Its sender is told, and then it goes. */
  | { readonly kind: 'end'; readonly state: State; readonly said: Said }
  | { readonly kind: 'later'; readonly nextAt: number; readonly said: Said; readonly tellsDelay: boolean }

export interface Said {
  readonly status: string
  readonly reply: string
  readonly class: RefusedOutcome['class'] | undefined
  readonly by: string | undefined
}

export interface Tried {
  readonly message: QueuedMessage
  readonly recipient: QueuedRecipient
  readonly outcome: RecipientOutcome
  /** The host that took it, of a delivery. */
  readonly host: string | undefined
}

/** RFC 3463 3.5: the time for its delivery is up. */
const timeIsUp = '4.4.7'

/** @param chance 0 to 1 */
export function verdictOf(
  tried: Tried,
  schedule: Schedule,
  at: { readonly now: number; readonly chance: number },
): Verdict {
  const { message, recipient, outcome, host } = tried
  if (outcome.kind === 'delivered') {
    const tellsDelivery = !outcome.peerReports && wantsReport(message, recipient, 'SUCCESS')
    // RFC 2852 4: nobody watches the time from here on.
    const wants = tellsDelivery || (outcome.isUntimed === true && wantsReport(message, recipient, 'DELAY'))
    return ended('delivery', wants, { status: '2.0.0', reply: shortened(outcome.reply), class: undefined, by: host })
  }
  const { now } = at
  const said = { status: outcome.status, reply: shortened(outcome.reply), class: outcome.class, by: outcome.by }
  const wants = wantsReport(message, recipient, 'FAILURE')
  if (outcome.kind === 'failed') return ended('refusal for good', wants, said)
  if (now >= expiresAt(schedule, message)) return ended('end of tries', wants, { ...said, status: timeIsUp })
  const nextAt = Math.max(nextTry(schedule, message, { ...at, tries: recipient.tries }), outcome.notBefore ?? 0)
  const isLate = now >= tellDelayAt(schedule, message) && !recipient.delayTold
  return { kind: 'later', nextAt, said, tellsDelay: isLate && wantsReport(message, recipient, 'DELAY') }
}

/** Nobody is told of a message from the null path: so there is no report of a report. */
export function wantsReport(
  { sender }: Pick<QueuedMessage, 'sender'>,
  { parameters }: Pick<QueuedRecipient, 'parameters'>,
  of: 'SUCCESS' | 'DELAY' | 'FAILURE',
): boolean {
  return sender !== '' && wantsToHear(parameters, of)
}

function ended(event: Event, wants: boolean, said: Said): Verdict {
  const to = move('active', event, wants)
  return to === 'gone' ? { kind: 'gone' } : { kind: 'end', state: to, said }
}

function shortened(reply: string): string {
  return reply.length <= limits.replyCharacters ? reply : `${reply.slice(0, limits.replyCharacters).toWellFormed()}...`
}
