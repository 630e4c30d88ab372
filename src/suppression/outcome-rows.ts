// What follows from an outcome of ours, or from a report of it, over a transaction: what was sent to whom is noted, and a recipient that is not there, or
// complains, goes on the account's list.

import type { Tx } from '#io/sql/database.ts'
import type { RecipientOutcome } from '#mail/outcome.ts'
import { limits } from './limits.ts'
import { oneLine } from './one-line.ts'
import { recipientKey } from './recipient-key.ts'
import { put, standing } from './rows.ts'
import { note } from './sent-recipients.ts'
import type { Source } from './suppression.ts'

/** As the queue tells it (its `Settled`). */
export interface SettledOutcome {
  readonly messageId: string
  readonly accountId: number
  readonly origin: string
  readonly recipient: string
  readonly outcome: RecipientOutcome
  /** There will be no other try. */
  readonly isFinal: boolean
}

/** Whether anything follows from it. */
export function isNotable({ accountId, origin, outcome, isFinal }: SettledOutcome): boolean {
  // Of a forward the sender is somebody else, of a report nobody.
  if (origin !== 'submission' || accountId === 0 || !isFinal) return false
  return outcome.kind === 'delivered' || tellsUnknown(outcome)
}

/** A host said so, for good: never what is the fault of a host on the way. */
function tellsUnknown(outcome: RecipientOutcome): boolean {
  return outcome.kind === 'failed' && outcome.class === 'recipient-unknown' && outcome.by !== undefined
}

/** `isNotable` said yes. */
export async function noteOutcome(tx: Tx, settled: SettledOutcome, now: number): Promise<void> {
  const { accountId, recipient, outcome } = settled
  if (outcome.kind === 'delivered') return await note(tx, settled, now)
  await suppress(tx, { accountId, recipient, reason: 'unknown', source: 'reply', detail: outcome.reply }, now)
}

export interface Suppressed {
  readonly accountId: number
  readonly recipient: string
  readonly reason: 'unknown' | 'complaint'
  readonly source: Source
  readonly detail: string
}

/** Puts it on the account's list, but not in the place of what lasts longer. False: nothing was done. */
export async function suppress(tx: Tx, { accountId, ...entry }: Suppressed, now: number): Promise<boolean> {
  const key = recipientKey(entry.recipient)
  if (key === undefined) return false
  const scope = { kind: 'account' as const, accountId }
  const expiresAt = now + (entry.reason === 'complaint' ? limits.complaintMs : limits.unknownMs)
  const stood = await standing(tx, scope, key)
  if (stood !== undefined && (stood.expiresAt === undefined || stood.expiresAt > expiresAt)) return false
  await put(tx, key, { ...entry, scope, expiresAt, detail: oneLine(entry.detail) }, now)
  return true
}
