// What was removed and can be restored: the tombstones that are still whole.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import { normalName } from './names.ts'
import type { Buried, BuriedFilter, RemovedBy } from './store.ts'

export interface BuriedQuestion extends BuriedFilter {
  readonly accountId: number
  /** How long they are kept. */
  readonly keepMs: number
}

type Row = [
  entryId: number,
  messageId: number,
  mailboxId: number,
  expungedAt: number,
  removedBy: string | null,
  sizeBytes: number,
]

/** In the order of their entry ids. */
export async function buried(tx: Tx, asked: BuriedQuestion): Promise<readonly Buried[]> {
  const { accountId, since = 0, by } = asked
  const wanted = asked.mailbox === undefined ? undefined : normalName(asked.mailbox)
  const names = await namesOf(tx, accountId)
  const found: Buried[] = []
  for (let last = asked.after ?? 0, full = true; full && found.length < asked.most; ) {
    const rows = await tx.all<Row>(sql`
      SELECT entry_id, message_id, mailbox_id, expunged_at, removed_by, size_bytes FROM expunged
      WHERE account_id = ${accountId} AND entry_id > ${last} AND message_id IS NOT NULL
      ORDER BY entry_id LIMIT ${limits.rowsPerRead}`)
    for (const [entryId, messageId, mailboxId, removedAt, removedBy, sizeBytes] of rows) {
      const mailbox = names.get(mailboxId) ?? ''
      if (removedAt < since || (wanted !== undefined && mailbox !== wanted)) continue
      if (by !== undefined && removedBy !== by) continue
      const keptUntil = removedAt + asked.keepMs
      found.push({ entryId, messageId, mailbox, removedAt, keptUntil, by: readBy(removedBy), sizeBytes })
      if (found.length === asked.most) return found
    }
    last = rows.at(-1)?.[0] ?? last
    full = rows.length === limits.rowsPerRead
    if (full) await tx.turn()
  }
  return found
}

/** Of the mailboxes that there are and those that are gone. */
export async function namesOf(tx: Tx, accountId: number): Promise<ReadonlyMap<number, string>> {
  return new Map(
    await tx.all<[mailboxId: number, name: string]>(sql`
      SELECT mailbox_id, name FROM mailbox_gone WHERE account_id = ${accountId}
      UNION ALL SELECT mailbox_id, name FROM mailbox WHERE account_id = ${accountId}`),
  )
}

function readBy(stored: string | null): RemovedBy | undefined {
  return stored === 'imap' || stored === 'pop3' ? stored : undefined
}
