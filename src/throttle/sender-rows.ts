// What accounts have sent, over a transaction: counted in slots of some minutes, kept for a month; and what is set for single accounts.

import { sql, type Tx } from '#io/sql/database.ts'
import type { SenderLimits } from './sender-limits.ts'

export interface Counts {
  readonly messages: number
  readonly recipients: number
  /** Of those, what went to other servers and was not held: what the guard goes by. */
  readonly outMessages: number
  readonly outRecipients: number
}

export type Slot = readonly [slot: number, counts: Counts]

export type GuardState = 'on' | 'off' | 'held'

export interface GuardRow {
  readonly state: GuardState
  /** Why it is held. */
  readonly reason: string
  /** Milliseconds since 1970. */
  readonly changedAt: number
  /** Slots before this one are not counted: somebody has looked at them. */
  readonly countsFrom: number
}

/** What is set for one account; undefined: as the configuration says. */
export type OwnLimits = { readonly [name in keyof SenderLimits]?: number | undefined }

export async function slotsOf(tx: Tx, accountId: number, from: number): Promise<readonly Slot[]> {
  const rows = await tx.all<[number, number, number, number, number]>(sql`
    SELECT slot, messages, recipients, out_messages, out_recipients FROM sender_slot
    WHERE account_id = ${accountId} AND slot >= ${from} ORDER BY slot`)
  return rows.map(([slot, messages, recipients, outMessages, outRecipients]) => [
    slot,
    { messages, recipients, outMessages, outRecipients },
  ])
}

/** In the place of what stood there; slots before `from` go. */
export async function putSlots(
  tx: Tx,
  accountId: number,
  { slots, from }: { readonly slots: readonly Slot[]; readonly from: number },
): Promise<void> {
  for (const [slot, { messages, recipients, outMessages, outRecipients }] of slots)
    await tx.run(sql`
      INSERT INTO sender_slot (account_id, slot, messages, recipients, out_messages, out_recipients)
      VALUES (${accountId}, ${slot}, ${messages}, ${recipients}, ${outMessages}, ${outRecipients})
      ON CONFLICT (account_id, slot) DO UPDATE SET messages = excluded.messages, recipients = excluded.recipients,
        out_messages = excluded.out_messages, out_recipients = excluded.out_recipients`)
  await tx.run(sql`DELETE FROM sender_slot WHERE account_id = ${accountId} AND slot < ${from}`)
}

export async function guardOf(tx: Tx, accountId: number): Promise<GuardRow> {
  const row = await tx.get<[string, string, number, number]>(sql`
    SELECT state, reason, changed_at, counts_from FROM sender_guard WHERE account_id = ${accountId}`)
  const [state, reason = '', changedAt = 0, countsFrom = 0] = row ?? []
  return { state: state === 'off' || state === 'held' ? state : 'on', reason, changedAt, countsFrom }
}

export async function putGuard(tx: Tx, accountId: number, guard: GuardRow): Promise<void> {
  const { state, reason, changedAt, countsFrom } = guard
  await tx.run(sql`
    INSERT INTO sender_guard (account_id, state, reason, changed_at, counts_from)
    VALUES (${accountId}, ${state}, ${reason}, ${changedAt}, ${countsFrom})
    ON CONFLICT (account_id) DO UPDATE SET state = excluded.state, reason = excluded.reason,
      changed_at = excluded.changed_at, counts_from = excluded.counts_from`)
}

export async function limitsOf(tx: Tx, accountId: number): Promise<OwnLimits> {
  type Row = [number | null, number | null, number | null, number | null]
  const row = await tx.get<Row>(sql`
    SELECT messages_per_hour, messages_per_day, recipients_per_hour, recipients_per_day FROM sender_limit
    WHERE account_id = ${accountId}`)
  const [messagesPerHour, messagesPerDay, recipientsPerHour, recipientsPerDay] = row?.map(one => one ?? undefined) ?? []
  return { messagesPerHour, messagesPerDay, recipientsPerHour, recipientsPerDay }
}

export async function putLimits(tx: Tx, accountId: number, limits: OwnLimits): Promise<void> {
  const { messagesPerHour, messagesPerDay, recipientsPerHour, recipientsPerDay } = limits
  await tx.run(sql`DELETE FROM sender_limit WHERE account_id = ${accountId}`)
  await tx.run(sql`
    INSERT INTO sender_limit (account_id, messages_per_hour, messages_per_day, recipients_per_hour, recipients_per_day)
    VALUES (${accountId}, ${messagesPerHour ?? null}, ${messagesPerDay ?? null}, ${recipientsPerHour ?? null},
      ${recipientsPerDay ?? null})`)
}

export async function forgetSender(tx: Tx, accountId: number): Promise<void> {
  await tx.run(sql`DELETE FROM sender_slot WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM sender_guard WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM sender_limit WHERE account_id = ${accountId}`)
}
