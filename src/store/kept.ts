// Bytes kept for a queue: a blob that a row of blob_kept names, whatever mailboxes do. Any number of messages may come to name it, too.

import { open } from 'node:fs/promises'
import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { listOf } from '#io/sql/list.ts'
import { insertBlob, type NewBlob } from './blob-row.ts'
import { limits } from './limits.ts'
import { releaseBlobs } from './remove-messages.ts'
import type { SpooledMessage } from './spool.ts'
import { FileMessage, KeptMessage, MemoryMessage } from './spooled.ts'

export async function keep(tx: Tx, blob: NewBlob, now: number): Promise<void> {
  await insertBlob(tx, blob, 1)
  await tx.run(sql`INSERT INTO blob_kept (blob_id, kept_at) VALUES (${blob.blobId}, ${now})`)
}

/** Keeps a blob that this very transaction has made for mailboxes (Alongside). */
export async function keepToo(tx: Tx, blobId: number, now: number): Promise<void> {
  await tx.run(sql`UPDATE blob SET refs = refs + 1 WHERE blob_id = ${blobId}`)
  await tx.run(sql`INSERT INTO blob_kept (blob_id, kept_at) VALUES (${blobId}, ${now})`)
}

const letGoIn = listOf`DELETE FROM blob_kept WHERE blob_id IN (${0}) RETURNING blob_id`

/** Ends the keeping, in the caller's transaction: what no mailbox names goes. At most limits.listValues of them; what is not kept is passed over. */
export async function letGoAll(tx: Tx, blobIds: readonly number[]): Promise<void> {
  const kept = await tx.all<[number]>(letGoIn([], blobIds))
  if (kept.length > 0)
    await releaseBlobs(
      tx,
      kept.map(([blobId]) => blobId),
    )
}

/** `path`: where the blob lies if it is a file. */
export async function readKept(database: Database, blobId: number, path: string): Promise<SpooledMessage | undefined> {
  const row = await database.read(tx =>
    tx.get<[number, Uint8Array | null]>(sql`
      SELECT b.size_bytes, y.bytes
      FROM blob_kept k JOIN blob b ON b.blob_id = k.blob_id LEFT JOIN blob_bytes y ON y.blob_id = b.blob_id
      WHERE k.blob_id = ${blobId}`),
  )
  if (row === undefined) return undefined
  const [sizeBytes, bytes] = row
  if (bytes !== null) return new KeptMessage(blobId, new MemoryMessage(bytes, limits.headBytes))
  return new KeptMessage(blobId, new FileMessage(path, { sizeBytes, head: await headOf(path), isAscii: false }))
}

async function headOf(path: string): Promise<Uint8Array> {
  await using file = await open(path, 'r')
  const { buffer, bytesRead } = await file.read(new Uint8Array(limits.headBytes), 0, limits.headBytes, 0)
  return buffer.subarray(0, bytesRead)
}
