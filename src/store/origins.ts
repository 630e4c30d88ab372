// The ids that a message goes by where it came from another account (RFC 8474 5.1, 5.2: EMAILID and THREADID stay the same over COPY and MOVE).
// Most accounts have no such message: then each question ends with one look at an empty table.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import type { Entry, Origin } from './change.ts'
import { limits } from './limits.ts'

/** Notes what a new message of `accountId` goes by. */
export async function insertOrigin(tx: Tx, accountId: number, messageId: number, origin: Origin): Promise<void> {
  await tx.run(sql`
    INSERT INTO message_origin (account_id, message_id, origin_account, origin_message, origin_thread)
    VALUES (${accountId}, ${messageId}, ${origin.accountId}, ${origin.messageId}, ${origin.threadId})`)
}

type OriginRow = readonly [messageId: number, originAccount: number, originMessage: number, originThread: number]

const originsIn = listOf`
  SELECT message_id, origin_account, origin_message, origin_thread
  FROM message_origin WHERE account_id = ${0} AND message_id IN (${0})`

/** The entries of an account, each with the origin of its message. The same list where none has one. */
export async function withOrigins<T extends Pick<Entry, 'messageId' | 'origin'>>(
  tx: Tx,
  accountId: number,
  entries: readonly T[],
): Promise<readonly T[]> {
  if (entries.length === 0 || !(await hasOrigins(tx, accountId))) return entries
  const origins = new Map<number, Origin>()
  const messageIds = entries.map(({ messageId }) => messageId)
  for await (const slice of slicesInTurns(tx, messageIds))
    for (const row of await tx.all<OriginRow>(originsIn([accountId], slice))) origins.set(row[0], fromRow(row))
  return entries.map(entry => ({ ...entry, origin: origins.get(entry.messageId) }))
}

/** Those of an account that `isShown` picks by their message ids. */
export async function originsOf(
  tx: Tx,
  accountId: number,
  isShown: (messageId: number) => boolean,
): Promise<Map<number, Origin>> {
  const origins = new Map<number, Origin>()
  for (let last = 0, full = true; full; ) {
    const rows = await tx.all<OriginRow>(sql`
      SELECT message_id, origin_account, origin_message, origin_thread
      FROM message_origin WHERE account_id = ${accountId} AND message_id > ${last}
      ORDER BY message_id LIMIT ${limits.rowsPerRead}`)
    for (const row of rows) if (isShown(row[0])) origins.set(row[0], fromRow(row))
    last = rows.at(-1)?.[0] ?? last
    full = rows.length === limits.rowsPerRead
  }
  return origins
}

/** The message is gone. */
export async function dropOrigin(tx: Tx, accountId: number, messageId: number): Promise<void> {
  await tx.run(sql`DELETE FROM message_origin WHERE account_id = ${accountId} AND message_id = ${messageId}`)
}

async function hasOrigins(tx: Tx, accountId: number): Promise<boolean> {
  const row = await tx.get(sql`SELECT message_id FROM message_origin WHERE account_id = ${accountId} LIMIT 1`)
  return row !== undefined
}

function fromRow([, accountId, messageId, threadId]: OriginRow): Origin {
  return { accountId, messageId, threadId }
}
