// The rows of a message's bytes: the blob, shared by accounts, and each account's message on it.

import { isAscii as isAsciiOnly } from 'node:buffer'
import { sql, type Tx } from '#io/sql/database.ts'
import { notLookedAt } from './surrogates.ts'

/** Bytes that are ready to be named by messages: in hand, in a file that is on the disk for good, or of a blob that is kept already. */
export type NewBlob = {
  readonly blobId: number
  readonly sizeBytes: number
  /** Its last octets are no CRLF. */
  readonly lacksEnd: boolean
  /** It has no octet over 127; false: it has, or nobody has looked. */
  readonly isAscii: boolean
} & ({ readonly place: 'table'; readonly bytes: Uint8Array } | { readonly place: 'file' | 'kept' })

/** Kept bytes were let go while somebody was about to deliver them: nothing of it happened. */
export class BytesGoneError extends Error {
  constructor(blobId: number) {
    super(`the bytes of blob ${blobId} are kept no more`)
    this.name = 'BytesGoneError'
  }
}

/** Stores a blob that `refs` messages name; a kept one they name from now on, too. */
export async function insertBlob(tx: Tx, blob: NewBlob, refs: number): Promise<void> {
  if (blob.place === 'kept') return await addBlobRefs(tx, blob.blobId, refs)
  await tx.run(sql`
    INSERT INTO blob (blob_id, refs, size_bytes, place) VALUES (${blob.blobId}, ${refs}, ${blob.sizeBytes}, ${blob.place})`)
  if (blob.place === 'table') {
    await tx.run(sql`INSERT INTO blob_bytes (blob_id, bytes) VALUES (${blob.blobId}, ${blob.bytes})`)
  }
}

async function addBlobRefs(tx: Tx, blobId: number, refs: number): Promise<void> {
  const found = await tx.run(sql`
    UPDATE blob SET refs = refs + ${refs}
    WHERE blob_id = ${blobId} AND EXISTS (SELECT 1 FROM blob_kept WHERE blob_kept.blob_id = blob.blob_id)`)
  if (found === 0) throw new BytesGoneError(blobId)
}

export interface NewMessage {
  readonly accountId: number
  readonly messageId: number
  readonly blobId: number
  readonly prefix: Uint8Array
  /** Its last octets are no CRLF. */
  readonly lacksEnd: boolean
  /** Undefined: POP3 sends it as it is; see migration 10. */
  readonly surrogateBytes: number | undefined
  readonly sizeBytes: number
  readonly threadId: number
  /** Entries that name it. */
  readonly refs: number
  readonly envelope?: string | undefined
}

/** What a new message says of its surrogate: octets over 127 are looked at when POP3 asks for it. */
export function newSurrogateOf({ isAscii }: NewBlob, prefix: Uint8Array): number | undefined {
  return isAscii && isAsciiOnly(prefix) ? undefined : notLookedAt
}

export async function insertMessage(tx: Tx, message: NewMessage): Promise<void> {
  await tx.run(sql`
    INSERT INTO message (account_id, message_id, blob_id, prefix, size_bytes, thread_id, entry_refs, surrogate_bytes)
    VALUES (${message.accountId}, ${message.messageId}, ${message.blobId}, ${message.prefix}, ${message.sizeBytes},
      ${message.threadId}, ${message.refs}, ${message.surrogateBytes ?? null})`)
  if (message.lacksEnd)
    await tx.run(sql`
      UPDATE message SET lacks_end = 1
      WHERE account_id = ${message.accountId} AND message_id = ${message.messageId}`)
  if (message.envelope === undefined) return
  await tx.run(sql`
    INSERT INTO message_envelope (account_id, message_id, envelope)
    VALUES (${message.accountId}, ${message.messageId}, ${message.envelope})`)
}

/** What came with the message in its envelope. */
export async function envelopeOf(tx: Tx, accountId: number, messageId: number): Promise<string | undefined> {
  const row = await tx.get<[string]>(
    sql`SELECT envelope FROM message_envelope WHERE account_id = ${accountId} AND message_id = ${messageId}`,
  )
  return row?.[0]
}

/** The account's messages whose last octets are no CRLF. */
export async function messagesWithoutEnd(tx: Tx, accountId: number): Promise<readonly number[]> {
  const rows = await tx.all<[number]>(
    sql`SELECT message_id FROM message WHERE account_id = ${accountId} AND lacks_end = 1`,
  )
  return rows.map(([messageId]) => messageId)
}
