// Which recipients other hosts took which message for: a report that comes back weeks later is believed of these alone. Whoever received a message knows
// its return path, and could else have any address suppressed.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import { recipientKey, recipientName } from './recipient-key.ts'

export interface SentRecipient {
  readonly accountId: number
  readonly messageId: string
  readonly recipient: string
}

export async function note(tx: Tx, { accountId, messageId, recipient }: SentRecipient, now: number): Promise<void> {
  const name = nameOf(recipient)
  if (name === undefined) return
  await tx.run(sql`
    INSERT INTO sent_recipient (account_id, message_id, recipient, sent_at)
    VALUES (${accountId}, ${messageId}, ${name}, ${now})
    ON CONFLICT (account_id, message_id, recipient) DO NOTHING`)
}

/** Of one message, in folded form, `limits.sentOfMessage` at most; none once it is forgotten. */
export async function recipientsOf(tx: Tx, messageId: string): Promise<readonly SentRecipient[]> {
  const rows = await tx.all<[number, string]>(sql`
    SELECT account_id, recipient FROM sent_recipient WHERE message_id = ${messageId} LIMIT ${limits.sentOfMessage}`)
  return rows.map(([accountId, recipient]) => ({ accountId, messageId, recipient }))
}

export async function countSent(tx: Tx): Promise<number> {
  const row = await tx.get<[number]>(sql`SELECT COUNT(*) FROM sent_recipient`)
  return row?.[0] ?? 0
}

/** The oldest up to `most` that are older than `before`. Settles with their number. */
export async function purgeSent(tx: Tx, before: number, most: number): Promise<number> {
  return await tx.run(sql`
    DELETE FROM sent_recipient WHERE (account_id, message_id, recipient) IN (
      SELECT account_id, message_id, recipient FROM sent_recipient
      WHERE sent_at < ${before} ORDER BY sent_at LIMIT ${most})`)
}

export async function forgetSent(tx: Tx, accountId: number): Promise<void> {
  await tx.run(sql`DELETE FROM sent_recipient WHERE account_id = ${accountId}`)
}

/** As `recipientsOf` gives them; undefined if it is no address. */
export function nameOf(recipient: string): string | undefined {
  const key = recipientKey(recipient)
  return key && recipientName(key)
}
