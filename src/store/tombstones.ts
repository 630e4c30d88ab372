// Tombstones that hold nothing but UID and MODSEQ: they go in the order of their age, and their mailbox remembers up to which MODSEQ.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'

type Tombstone = [accountId: number, mailboxId: number, uid: number, modseq: number]

/** Removes `limits.collectedPerWrite` of those from before then (milliseconds). Settles with how many it found. */
export async function forgetTombstones(database: Database, before: number): Promise<number> {
  const found = await database.read(tx =>
    tx.all<Tombstone>(sql`
      SELECT account_id, mailbox_id, uid, modseq FROM expunged
      WHERE message_id IS NULL AND expunged_at < ${before}
      ORDER BY expunged_at, account_id LIMIT ${limits.collectedPerWrite}`),
  )
  if (found.length > 0) await database.write(tx => forget(tx, found))
  return found.length
}

async function forget(tx: Tx, tombstones: readonly Tombstone[]): Promise<void> {
  for (const [accountId, mailboxId, uid, modseq] of tombstones) {
    await tx.run(
      sql`DELETE FROM expunged WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND uid = ${uid}`,
    )
    await tx.run(sql`
      UPDATE mailbox SET forgotten_modseq = ${modseq}
      WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND forgotten_modseq < ${modseq}`)
  }
}
