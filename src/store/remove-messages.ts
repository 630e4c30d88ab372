// Letting go of messages and their blobs when nothing names them any more.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf } from '#io/sql/list.ts'
import { dropOrigin } from './origins.ts'

/** Takes references from one message. When it was the last, the message goes, and its blob when that was the blob's last. Whether it went. */
export async function releaseMessage(tx: Tx, accountId: number, messageId: number, refs: number): Promise<boolean> {
  const row = await tx.get<[number, number]>(sql`
    UPDATE message SET entry_refs = entry_refs - ${refs}
    WHERE account_id = ${accountId} AND message_id = ${messageId}
    RETURNING entry_refs, blob_id`)
  if (row === undefined || row[0] > 0) return false
  await tx.run(sql`DELETE FROM message WHERE account_id = ${accountId} AND message_id = ${messageId}`)
  await tx.run(sql`DELETE FROM message_envelope WHERE account_id = ${accountId} AND message_id = ${messageId}`)
  await dropOrigin(tx, accountId, messageId)
  await releaseBlob(tx, row[1])
  return true
}

/** Takes one reference from a blob. */
export async function releaseBlob(tx: Tx, blobId: number): Promise<void> {
  const row = await tx.get<[number, string]>(
    sql`UPDATE blob SET refs = refs - 1 WHERE blob_id = ${blobId} RETURNING refs, place`,
  )
  if (row === undefined || row[0] > 0) return
  await tx.run(sql`DELETE FROM blob WHERE blob_id = ${blobId}`)
  if (row[1] === 'table') await tx.run(sql`DELETE FROM blob_bytes WHERE blob_id = ${blobId}`)
  // The file goes after this has been committed: Blobs.removeGone.
  else await tx.run(sql`INSERT INTO blob_gone (blob_id) VALUES (${blobId})`)
}

const releaseIn = listOf`UPDATE blob SET refs = refs - 1 WHERE blob_id IN (${0}) RETURNING blob_id, refs, place`
const removeBlobs = listOf`DELETE FROM blob WHERE blob_id IN (${0})`
const removeBytes = listOf`DELETE FROM blob_bytes WHERE blob_id IN (${0})`

/** Takes one reference from each of these blobs, as many as fit one statement. */
export async function releaseBlobs(tx: Tx, blobIds: readonly number[]): Promise<void> {
  const rows = await tx.all<[number, number, string]>(releaseIn([], blobIds))
  const gone = rows.filter(([, refs]) => refs <= 0)
  if (gone.length === 0) return
  const ids = gone.map(([blobId]) => blobId)
  await tx.run(removeBlobs([], ids))
  await tx.run(removeBytes([], ids))
  // As in releaseBlob.
  for (const [blobId, , place] of gone)
    if (place !== 'table') await tx.run(sql`INSERT INTO blob_gone (blob_id) VALUES (${blobId})`)
}
