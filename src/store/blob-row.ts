// The rows of a message's bytes: the blob, shared by accounts, and each account's message on it.

import { sql, type Tx } from '#io/sql/database.ts'

/** Bytes that are ready to be named by messages: in hand, or in a file that is on the disk for good. */
export type NewBlob =
  | { readonly place: 'table'; readonly blobId: number; readonly sizeBytes: number; readonly bytes: Uint8Array }
  | { readonly place: 'file'; readonly blobId: number; readonly sizeBytes: number }

/** Stores a blob that `refs` messages name. */
export async function insertBlob(tx: Tx, blob: NewBlob, refs: number): Promise<void> {
  await tx.run(sql`
    INSERT INTO blob (blob_id, refs, size_bytes, place) VALUES (${blob.blobId}, ${refs}, ${blob.sizeBytes}, ${blob.place})`)
  if (blob.place === 'table') {
    await tx.run(sql`INSERT INTO blob_bytes (blob_id, bytes) VALUES (${blob.blobId}, ${blob.bytes})`)
  }
}

export interface NewMessage {
  readonly accountId: number
  readonly messageId: number
  readonly blobId: number
  readonly prefix: Uint8Array
  readonly sizeBytes: number
  readonly threadId: number
  /** Entries that name it. */
  readonly refs: number
}

export async function insertMessage(tx: Tx, message: NewMessage): Promise<void> {
  await tx.run(sql`
    INSERT INTO message (account_id, message_id, blob_id, prefix, size_bytes, thread_id, entry_refs)
    VALUES (${message.accountId}, ${message.messageId}, ${message.blobId}, ${message.prefix}, ${message.sizeBytes},
      ${message.threadId}, ${message.refs})`)
}
