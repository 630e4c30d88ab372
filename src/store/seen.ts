// \Seen of those who read another's mailbox (RFC 4314 4: each reader may have its own). The owner's stands in the entry.
// A message that a reader never touched is unseen to it and has no row.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from '#io/sql/limits.ts'
import { listOf, slices } from '#io/sql/list.ts'

/** Whose \Seen: a reader of a mailbox of `accountId`. */
export interface Reader {
  readonly accountId: number
  readonly mailboxId: number
  readonly readerId: number
}

export interface Seen {
  readonly seen: boolean
  /** Of the reader's last change of it. */
  readonly modseq: number
}

export type SeenRow = [uid: number, seen: number, modseq: number]

const seenIn = listOf`
  SELECT uid, seen, modseq FROM reader_seen
  WHERE account_id = ${0} AND mailbox_id = ${0} AND reader_id = ${0} AND uid IN (${0})`

/** By UID, those of `uids` that the reader ever touched. */
export async function seenOf(
  tx: Tx,
  { accountId, mailboxId, readerId }: Reader,
  uids: readonly number[],
): Promise<ReadonlyMap<number, Seen>> {
  const found = new Map<number, Seen>()
  for (const slice of slices(uids)) {
    for (const [uid, seen, modseq] of await tx.all<SeenRow>(seenIn([accountId, mailboxId, readerId], slice)))
      found.set(uid, { seen: seen !== 0, modseq })
  }
  return found
}

/** How many messages the reader has seen, and the MODSEQ of its last change. */
export async function readerCounts(
  tx: Tx,
  { accountId, mailboxId, readerId }: Reader,
): Promise<{ readonly seen: number; readonly highestModseq: number }> {
  const row = await tx.get<[number, number]>(sql`
    SELECT seen_count, highestmodseq FROM reader
    WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id = ${readerId}`)
  return { seen: row?.[0] ?? 0, highestModseq: row?.[1] ?? 0 }
}

/** Writes what has changed: `before` is what stood there for each UID of `after`. */
export async function putSeen(
  tx: Tx,
  reader: Reader & { readonly modseq: number },
  after: readonly { readonly uid: number; readonly seen: boolean; readonly before: boolean }[],
): Promise<void> {
  const { accountId, mailboxId, readerId, modseq } = reader
  let more = 0
  for (const [index, { uid, seen, before }] of after.entries()) {
    if (index > 0 && index % limits.rowsPerTurn === 0) await tx.turn()
    more += Number(seen) - Number(before)
    await tx.run(sql`
      INSERT INTO reader_seen (account_id, mailbox_id, reader_id, uid, seen, modseq)
      VALUES (${accountId}, ${mailboxId}, ${readerId}, ${uid}, ${seen ? 1 : 0}, ${modseq})
      ON CONFLICT (account_id, mailbox_id, reader_id, uid) DO UPDATE SET seen = ${seen ? 1 : 0}, modseq = ${modseq}`)
  }
  await tx.run(sql`
    INSERT INTO reader (account_id, mailbox_id, reader_id, seen_count, highestmodseq)
    VALUES (${accountId}, ${mailboxId}, ${readerId}, ${more}, ${modseq})
    ON CONFLICT (account_id, mailbox_id, reader_id)
    DO UPDATE SET seen_count = reader.seen_count + ${more}, highestmodseq = ${modseq}`)
  await tx.run(sql`
    INSERT INTO read_mailbox (account_id, owner_id, mailbox_id) VALUES (${readerId}, ${accountId}, ${mailboxId})
    ON CONFLICT (account_id, owner_id, mailbox_id) DO NOTHING`)
}

const countIn = listOf`
  SELECT COUNT(*) FROM reader_seen
  WHERE account_id = ${0} AND mailbox_id = ${0} AND reader_id = ${0} AND seen = 1 AND uid IN (${0})`
const removeIn = listOf`
  DELETE FROM reader_seen WHERE account_id = ${0} AND mailbox_id = ${0} AND reader_id = ${0} AND uid IN (${0})`

/** Messages leave the mailbox: no reader's count may keep them. */
export async function forgetSeen(
  tx: Tx,
  { accountId, mailboxId }: { readonly accountId: number; readonly mailboxId: number },
  uids: readonly number[],
): Promise<void> {
  const readers = await tx.all<[number]>(
    sql`SELECT reader_id FROM reader WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`,
  )
  for (const [readerId] of readers) {
    let less = 0
    for (const slice of slices(uids)) {
      // A list is filled up with its last value, which IN counts once.
      less += (await tx.get<[number]>(countIn([accountId, mailboxId, readerId], slice)))?.[0] ?? 0
      await tx.run(removeIn([accountId, mailboxId, readerId], slice))
    }
    if (less === 0) continue
    await tx.run(sql`
      UPDATE reader SET seen_count = seen_count - ${less}
      WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id = ${readerId}`)
  }
}

/** The mailbox goes, with what its readers saw. */
export async function dropReaders(
  tx: Tx,
  { accountId, mailboxId }: { readonly accountId: number; readonly mailboxId: number },
): Promise<void> {
  const readers = await tx.all<[number]>(
    sql`SELECT reader_id FROM reader WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`,
  )
  for (const [readerId] of readers) await dropReader(tx, { accountId, mailboxId, readerId })
}

/** The reader's account goes, with all that it saw of others'. */
export async function dropReader(tx: Tx, { accountId, mailboxId, readerId }: Reader): Promise<void> {
  await tx.run(sql`
    DELETE FROM reader_seen
    WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id = ${readerId}`)
  await tx.run(sql`
    DELETE FROM reader WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id = ${readerId}`)
  await tx.run(sql`
    DELETE FROM read_mailbox
    WHERE account_id = ${readerId} AND owner_id = ${accountId} AND mailbox_id = ${mailboxId}`)
}

/** The mailboxes of others that an account has seen anything of. */
export async function readBy(tx: Tx, readerId: number): Promise<readonly Reader[]> {
  const rows = await tx.all<[number, number]>(
    sql`SELECT owner_id, mailbox_id FROM read_mailbox WHERE account_id = ${readerId}`,
  )
  return rows.map(([accountId, mailboxId]) => ({ accountId, mailboxId, readerId }))
}
