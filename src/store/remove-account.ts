// Removes all mail of an account at once: nothing of it can be brought back.

import { sql, type Tx } from '#io/sql/database.ts'
import { modseqOf } from './account-row.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { mailboxesOf } from './mailbox-row.ts'
import { releaseMessage } from './remove-messages.ts'

export async function removeAccount(tx: Tx, accountId: number): Promise<Changed<void>> {
  const before = await modseqOf(tx, accountId)
  if (before === undefined) return unchanged(undefined)
  const modseq = before + 1
  const changes: Change[] = []
  for (const mailbox of await mailboxesOf(tx, accountId)) {
    changes.push({ kind: 'mailbox-gone', accountId, mailboxId: mailbox.mailboxId, modseq, mailbox })
  }
  const messages = await tx.all<[number, number]>(
    sql`SELECT message_id, entry_refs FROM message WHERE account_id = ${accountId}`,
  )
  for (const [messageId, refs] of messages) await releaseMessage(tx, accountId, messageId, refs)
  await tx.run(sql`DELETE FROM entry WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM expunged WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM mailbox WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM mailbox_gone WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM subscription WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM thread_key WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM mail_account WHERE account_id = ${accountId}`)
  return { result: undefined, changes }
}
