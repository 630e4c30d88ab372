// Reading messages: prefix and body as one, by range or many at once.

import { open } from 'node:fs/promises'
import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import type { MessageBytes } from './store.ts'

type Found = {
  readonly prefix: Uint8Array
  readonly blobId: number
  readonly sizeBytes: number
  readonly bytes: Uint8Array | null
}

/** The row of one message, with its body when that lies in the database. */
export async function findMessage(tx: Tx, accountId: number, messageId: number): Promise<Found | undefined> {
  const row = await tx.get<[Uint8Array, number, number, Uint8Array | null]>(sql`
    SELECT m.prefix, m.blob_id, m.size_bytes, b.bytes
    FROM message m LEFT JOIN blob_bytes b ON b.blob_id = m.blob_id
    WHERE m.account_id = ${accountId} AND m.message_id = ${messageId}`)
  return row === undefined ? undefined : { prefix: row[0], blobId: row[1], sizeBytes: row[2], bytes: row[3] }
}

/** `pathOf` names the file of a blob. */
export function messageBytes(found: Found, pathOf: (blobId: number) => string): MessageBytes {
  const { prefix, bytes, sizeBytes } = found
  if (bytes !== null) {
    const whole = joined(prefix, bytes)
    return { sizeBytes, read: async (start, end) => whole.subarray(start, end) }
  }
  return { sizeBytes, read: (start, end) => readFrom(pathOf(found.blobId), prefix, start, Math.min(end, sizeBytes)) }
}

/** Octets `start` up to `end` of prefix and file as one; `end` not past the file's. */
export async function readFrom(path: string, prefix: Uint8Array, start: number, end: number): Promise<Uint8Array> {
  if (end <= start) return new Uint8Array(0)
  const bytes = new Uint8Array(end - start)
  bytes.set(prefix.subarray(start, end))
  const at = Math.max(0, prefix.length - start)
  if (at >= bytes.length) return bytes
  await using file = await open(path, 'r')
  await fill(file, bytes, at, start + at - prefix.length)
  return bytes
}

async function fill(
  file: Awaited<ReturnType<typeof open>>,
  bytes: Uint8Array,
  at: number,
  position: number,
): Promise<void> {
  for (let done = 0; at + done < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at + done, bytes.length - at - done, position + done)
    if (bytesRead === 0) throw new Error('a blob file is shorter than its message')
    done += bytesRead
  }
}

const inlineIn = listOf`
  SELECT m.message_id, m.prefix, b.bytes
  FROM message m JOIN blob_bytes b ON b.blob_id = m.blob_id
  WHERE m.account_id = ${0} AND m.message_id IN (${0})`

/** Whole messages in the order asked for; undefined for those that are files or gone. */
export async function readInline(
  tx: Tx,
  accountId: number,
  messageIds: readonly number[],
): Promise<(Uint8Array | undefined)[]> {
  const found = new Map<number, Uint8Array>()
  for (const slice of slices(messageIds)) {
    for (const [id, prefix, bytes] of await tx.all<[number, Uint8Array, Uint8Array]>(inlineIn([accountId], slice))) {
      found.set(id, joined(prefix, bytes))
    }
  }
  return messageIds.map(id => found.get(id))
}

function joined(prefix: Uint8Array, bytes: Uint8Array): Uint8Array {
  if (prefix.length === 0) return bytes
  const whole = new Uint8Array(prefix.length + bytes.length)
  whole.set(prefix)
  whole.set(bytes, prefix.length)
  return whole
}
