// The account's counters. Every change of an account takes one step of them: that row orders all its transactions.

import { sql, type Tx } from '#io/sql/database.ts'

export interface Step {
  /** This change's MODSEQ: one higher than the last. */
  readonly modseq: number
  /** The first of the new ids asked for; the others follow it. */
  readonly firstId: number
  /** Of the mailbox asked for; undefined when there is none. */
  readonly mailboxId: number | undefined
}

export interface StepNeeds {
  readonly accountId: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** How many new ids the change needs. */
  readonly ids?: number
  /** Change of the octets and messages that count against the quota. */
  readonly bytes?: number
  readonly messages?: number
  /** The name of a mailbox to look up on the way. */
  readonly mailbox?: string
}

/** Takes the account's next MODSEQ and new ids; undefined when there is no such account. */
export async function step(tx: Tx, needs: StepNeeds): Promise<Step | undefined> {
  const ids = needs.ids ?? 0
  const fromClock = clockId(needs.now)
  const row = await tx.get<[number, number, number | null]>(sql`
    UPDATE mail_account SET
      modseq = modseq + 1,
      last_id = CASE WHEN last_id < ${fromClock} THEN ${fromClock + ids} ELSE last_id + ${ids} END,
      used_bytes = used_bytes + ${needs.bytes ?? 0},
      message_count = message_count + ${needs.messages ?? 0}
    WHERE account_id = ${needs.accountId}
    RETURNING modseq, last_id, (SELECT mailbox_id FROM mailbox
      WHERE mailbox.account_id = mail_account.account_id AND name = ${needs.mailbox ?? null})`)
  return row === undefined ? undefined : { modseq: row[0], firstId: row[1] - ids + 1, mailboxId: row[2] ?? undefined }
}

/** As `step`, of an account that is known to exist. */
export async function stepOf(tx: Tx, needs: StepNeeds): Promise<Step> {
  const taken = await step(tx, needs)
  if (taken === undefined) throw new Error(`no mail account ${needs.accountId}`)
  return taken
}

// 2020-01-01: with 12 bits for what happens within one millisecond, ids stay below 2^53 until 2089.
const idEpochMs = 1_577_836_800_000

/** Ids are time-ordered: milliseconds, then 12 bits. The stored counter makes them rise even when the clock steps back. */
export function clockId(now: number): number {
  return Math.max(0, Math.floor(now) - idEpochMs) * 4096
}

/** The account's MODSEQ as it stands; undefined when there is no such account. */
export async function modseqOf(tx: Tx, accountId: number): Promise<number | undefined> {
  const row = await tx.get<[number]>(sql`SELECT modseq FROM mail_account WHERE account_id = ${accountId}`)
  return row?.[0]
}

/** A UIDVALIDITY that no mailbox of the account ever had: seconds since 1970, or one more than the last (RFC 9051 2.3.1.1). */
export async function nextUidValidity(tx: Tx, accountId: number, now: number): Promise<number> {
  const seconds = Math.max(1, Math.floor(now / 1000))
  const row = await tx.get<[number]>(sql`
    UPDATE mail_account SET
      last_uidvalidity = CASE WHEN last_uidvalidity < ${seconds} THEN ${seconds} ELSE last_uidvalidity + 1 END
    WHERE account_id = ${accountId}
    RETURNING last_uidvalidity`)
  if (row === undefined) throw new Error(`no mail account ${accountId}`)
  return row[0]
}

/** Whether so much more would exceed the account's quota. */
export async function isOverQuota(
  tx: Tx,
  accountId: number,
  more: { readonly bytes: number; readonly messages: number },
): Promise<boolean> {
  const row = await tx.get<[number, number | null, number, number | null]>(
    sql`SELECT used_bytes, quota_bytes, message_count, quota_messages FROM mail_account WHERE account_id = ${accountId}`,
  )
  if (row === undefined) return false
  const [bytes, mostBytes, messages, mostMessages] = row
  if (mostMessages !== null && messages + more.messages > mostMessages) return true
  return mostBytes !== null && bytes + more.bytes > mostBytes
}
