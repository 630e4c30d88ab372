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

type Timed = Pick<QueuedMessage, 'releaseAt' | 'arrivedAt' | 'parameters' | 'tries'>

/** After a try at `now` that did not bring the message to everybody. @param chance 0 to 1 */
export function nextTry(message: Timed, now: number, chance: number): number {
  const retryAt = Math.round(now + waitMs(message) * (1 + limits.jitter * chance))
  // The moments at which something is said are tries of their own: what is said is then true.
  const moments = [tellDelayAt(message), expiresAt(message)].filter(at => at > now)
  return Math.min(retryAt, ...moments)
}

export function waitMs({ tries }: Pick<Timed, 'tries'>): number {
  return limits.retryMs[Math.min(tries, limits.retryMs.length - 1)] ?? 0
}

export function expiresAt({ releaseAt, arrivedAt, parameters }: Timed): number {
  const { deliverBy } = parameters
  const giveUpAt = releaseAt + limits.giveUpMs
  return deliverBy?.mode === 'return' ? Math.min(giveUpAt, arrivedAt + deliverBy.seconds * 1000) : giveUpAt
}

export function tellDelayAt({ releaseAt, arrivedAt, parameters }: Timed): number {
  const { deliverBy } = parameters
  const tellAt = releaseAt + limits.tellDelayMs
  return deliverBy?.mode === 'notify' ? Math.min(tellAt, arrivedAt + deliverBy.seconds * 1000) : tellAt
}
