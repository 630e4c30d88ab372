// \Recent (RFC 3501 2.3.2): the first session that selects a mailbox takes the messages that no session saw before.

import { sql, type Tx } from '#io/sql/database.ts'

type Row = [recentFrom: number, uidNext: number]

/** Whether there is anything to take: most SELECTs find nothing, and need no write. */
export async function recentOf(
  tx: Tx,
  accountId: number,
  mailboxId: number,
): Promise<{ from: number; isNew: boolean } | undefined> {
  const row = await tx.get<Row>(
    sql`SELECT recent_from, uidnext FROM mailbox WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`,
  )
  return row === undefined ? undefined : { from: row[0], isNew: row[0] < row[1] }
}

/** UIDs from the returned one up are the caller's. */
export async function claimRecent(tx: Tx, accountId: number, mailboxId: number): Promise<number> {
  const before = await recentOf(tx, accountId, mailboxId)
  await tx.run(
    sql`UPDATE mailbox SET recent_from = uidnext WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`,
  )
  return before?.from ?? 1
}
