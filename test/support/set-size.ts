// The action of transcripts that makes a message as large as is wanted in all that is counted, without its octets.

import assert from 'node:assert/strict'
import { type Database, sql } from '#io/sql/database.ts'

export async function setSize(
  database: Database,
  message: { readonly accountId: number; readonly mailbox: string; readonly uid: number; readonly sizeBytes: number },
): Promise<void> {
  const { accountId, uid, sizeBytes } = message
  await database.write(async tx => {
    const row = await tx.get<[mailboxId: number, messageId: number, before: number]>(sql`
      SELECT e.mailbox_id, e.message_id, e.size_bytes FROM entry e
      JOIN mailbox m ON m.account_id = e.account_id AND m.mailbox_id = e.mailbox_id
      WHERE e.account_id = ${accountId} AND m.name = ${message.mailbox} AND e.uid = ${uid}`)
    assert.ok(row, `no message ${uid}`)
    const [mailboxId, messageId, before] = row
    const more = sizeBytes - before
    await tx.run(sql`
      UPDATE entry SET size_bytes = ${sizeBytes}
      WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND uid = ${uid}`)
    await tx.run(sql`
      UPDATE message SET size_bytes = ${sizeBytes} WHERE account_id = ${accountId} AND message_id = ${messageId}`)
    await tx.run(sql`
      UPDATE mailbox SET size_bytes = size_bytes + ${more} WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
    await tx.run(sql`UPDATE mail_account SET used_bytes = used_bytes + ${more} WHERE account_id = ${accountId}`)
  })
}
