// After a backup was put back: UIDVALIDITY of every mailbox rises above all that clients may have seen (RFC 9051 2.3.1.1), for what was
// given out between the backup and now is known to nobody any more, and its UIDs are given again to other messages.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { limits } from './limits.ts'
import { mailboxById } from './mailbox-row.ts'

/** Settles with the number of mailboxes. */
export async function raiseUidValidity(tx: Tx, accountId: number, now: number): Promise<Changed<number>> {
  const counters = await stepAhead(tx, accountId, now)
  if (counters === undefined) return unchanged(0)
  const { uidValidity, modseq } = counters
  const rows = await tx.all<[number]>(
    sql`SELECT mailbox_id FROM mailbox WHERE account_id = ${accountId} ORDER BY uidvalidity`,
  )
  const changes: Change[] = []
  for (const [index, [mailboxId]] of rows.entries()) {
    const before = await mailboxById(tx, accountId, mailboxId)
    await tx.run(sql`
      UPDATE mailbox SET uidvalidity = ${uidValidity + index + 1}, highestmodseq = ${modseq}
      WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
    const after = await mailboxById(tx, accountId, mailboxId)
    if (before === undefined || after === undefined)
      throw new Error(`mailbox ${mailboxId} went away in its own transaction`)
    changes.push({ kind: 'mailbox-gone', accountId, mailboxId, modseq, mailbox: before })
    changes.push({ kind: 'mailbox-made', accountId, mailboxId, modseq, mailbox: after })
  }
  await tx.run(sql`
    UPDATE mail_account SET last_uidvalidity = ${uidValidity + rows.length} WHERE account_id = ${accountId}`)
  return { result: rows.length, changes }
}

/** The account's counters, well ahead of where they were before the backup was put back: a mailbox can be made more than once a second. */
async function stepAhead(
  tx: Tx,
  accountId: number,
  now: number,
): Promise<{ readonly uidValidity: number; readonly modseq: number } | undefined> {
  const least = Math.floor(now / 1000) + limits.restoreGap
  const row = await tx.get<[number, number]>(sql`
    UPDATE mail_account SET
      modseq = modseq + ${limits.restoreGap},
      last_uidvalidity = CASE WHEN last_uidvalidity < ${least} THEN ${least} ELSE last_uidvalidity END
    WHERE account_id = ${accountId}
    RETURNING last_uidvalidity, modseq`)
  return row === undefined ? undefined : { uidValidity: row[0], modseq: row[1] }
}

/** The account that comes next after `accountId`; undefined: that was the last. */
export async function accountAfter(tx: Tx, accountId: number): Promise<number | undefined> {
  const row = await tx.get<[number]>(
    sql`SELECT account_id FROM mail_account WHERE account_id > ${accountId} ORDER BY account_id LIMIT 1`,
  )
  return row?.[0]
}
