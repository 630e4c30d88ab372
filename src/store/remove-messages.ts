// Letting go of messages and their blobs when nothing names them any more.

import { sql, type Tx } from '#io/sql/database.ts'
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
