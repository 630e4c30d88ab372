// The bulk read behind a mailbox view: one snapshot of the mailbox and all its entries.

import { sql, type Tx } from '#io/sql/database.ts'
import { Columns, capacityFor } from './columns.ts'
import type { EntryRow } from './entry-row.ts'
import { limits } from './limits.ts'
import { originsOf } from './origins.ts'
import type { Loaded } from './shared-view.ts'

/** Undefined when there is no such mailbox. */
export async function loadView(tx: Tx, accountId: number, mailboxId: number): Promise<Loaded | undefined> {
  const row = await tx.get<[number, number, number, number, number]>(sql`
    SELECT m.uidvalidity, m.uidnext, m.highestmodseq, m.exists_count, a.modseq
    FROM mailbox m JOIN mail_account a ON a.account_id = m.account_id
    WHERE m.account_id = ${accountId} AND m.mailbox_id = ${mailboxId}`)
  if (row === undefined) return undefined
  const [uidValidity, uidNext, highestModseq, exists, accountModseq] = row
  const columns = new Columns(capacityFor(exists))
  // In pieces: an array of arrays of a whole large mailbox would be garbage of ten times the columns' size.
  for (let last = 0, full = true; full; ) {
    const rows = await piece(tx, accountId, mailboxId, last)
    for (const entry of rows) columns.addRow(entry)
    last = rows.at(-1)?.[0] ?? last
    full = rows.length === limits.rowsPerRead
  }
  await readOrigins(tx, accountId, columns)
  return { uidValidity, uidNext, highestModseq, accountModseq, columns }
}

function piece(tx: Tx, accountId: number, mailboxId: number, afterUid: number): Promise<EntryRow[]> {
  return tx.all<EntryRow>(sql`
    SELECT uid, flags, keywords, modseq, entry_id, message_id, thread_id, size_bytes, internal_date, saved_at
    FROM entry WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND uid > ${afterUid}
    ORDER BY uid LIMIT ${limits.rowsPerRead}`)
}

/** Only of the messages that are here: another mailbox of the account may hold many. */
async function readOrigins(tx: Tx, accountId: number, columns: Columns): Promise<void> {
  let shown: Set<number> | undefined
  const origins = await originsOf(tx, accountId, messageId => {
    shown ??= new Set(columns.messageIds.subarray(0, columns.count))
    return shown.has(messageId)
  })
  if (origins.size > 0) columns.origins = origins
}
