// When a message that found no room is tried again, when its sender hears of the delay, and when that ends (RFC 5321 4.5.4.1, RFC 2852 for BY).

import { limits } from './limits.ts'
import type { QueuedMessage } from './rows.ts'

/** When tries follow each other; milliseconds, all but `jitter`. */
export interface Schedule {
  /** Waiting after each try in vain; the last for all further ones. */
  readonly retryMs: readonly number[]
  /** How much longer a wait may be by chance: 0.1 is a tenth. */
  readonly jitter: number
  /** From the release on: the sender is told of the delay, once. */
  readonly tellDelayMs: number
  /** From the release on, tries go on for so long. */
  readonly giveUpMs: number
}

/** Of mail to mailboxes here, and to other hosts where no route says otherwise. */
export const usualSchedule: Schedule = {
  retryMs: limits.retryMs,
  jitter: limits.jitter,
  tellDelayMs: limits.tellDelayMs,
  giveUpMs: limits.giveUpMs,
}

type Timed = Pick<QueuedMessage, 'releaseAt' | 'arrivedAt' | 'parameters'>

/** After one more try at `now` in vain, `tries` before it. @param chance 0 to 1 */
export function nextTry(
  schedule: Schedule,
  message: Timed,
  { tries, now, chance }: { readonly tries: number; readonly now: number; readonly chance: number },
): number {
  const retryAt = Math.round(now + waitMs(schedule, tries) * (1 + schedule.jitter * chance))
  // The moments at which something is said are tries of their own: what is said is then true.
  const moments = [tellDelayAt(schedule, message), expiresAt(schedule, message)].filter(at => at > now)
  return Math.min(retryAt, ...moments)
}

export function waitMs({ retryMs }: Pick<Schedule, 'retryMs'>, tries: number): number {
  return retryMs[Math.min(tries, retryMs.length - 1)] ?? 0
}

export function expiresAt({ giveUpMs }: Schedule, { releaseAt, arrivedAt, parameters }: Timed): number {
  const { deliverBy } = parameters
  const giveUpAt = releaseAt + giveUpMs
  return deliverBy?.mode === 'return' ? Math.min(giveUpAt, arrivedAt + deliverBy.seconds * 1000) : giveUpAt
}

export function tellDelayAt({ tellDelayMs }: Schedule, { releaseAt, arrivedAt, parameters }: Timed): number {
  const { deliverBy } = parameters
  const tellAt = releaseAt + tellDelayMs
  return deliverBy?.mode === 'notify' ? Math.min(tellAt, arrivedAt + deliverBy.seconds * 1000) : tellAt
}
