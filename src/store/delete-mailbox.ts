// DELETE: the mailbox goes, its messages are kept as long as expunged ones are.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from '#io/sql/limits.ts'
import { stepOf } from './account-row.ts'
import { dropAcl } from './acl.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import type { Mailbox } from './mailbox.ts'
import { mailboxNamed } from './mailbox-row.ts'
import { removeMetadata } from './metadata.ts'
import { inbox, normalName } from './names.ts'
import { dropReaders } from './seen.ts'
import type { MailboxRefusal } from './store.ts'
import { dropUrlKeys } from './url-keys.ts'

export interface DeleteMailbox {
  readonly accountId: number
  readonly name: string
  readonly now: number
}

export async function deleteMailbox(tx: Tx, work: DeleteMailbox): Promise<Changed<{ kind: 'done' } | MailboxRefusal>> {
  const name = normalName(work.name)
  if (name === inbox) return unchanged({ kind: 'inbox' })
  const mailbox = await mailboxNamed(tx, work.accountId, name)
  if (mailbox === undefined) return unchanged({ kind: 'no-such-mailbox' })
  return { result: { kind: 'done' }, changes: [await bury(tx, work, mailbox)] }
}

async function bury(tx: Tx, { accountId, now }: DeleteMailbox, mailbox: Mailbox): Promise<Change> {
  const { mailboxId, name, uidValidity, sizeBytes, exists } = mailbox
  const { modseq } = await stepOf(tx, { accountId, now, bytes: -sizeBytes, messages: -exists })
  for (let last = await upTo(tx, accountId, mailboxId); last !== undefined; ) {
    await buryUpTo(tx, { accountId, mailboxId, modseq, now }, last)
    last = await upTo(tx, accountId, mailboxId)
    if (last !== undefined) await tx.turn()
  }
  await tx.run(sql`
    INSERT INTO mailbox_gone (account_id, mailbox_id, name, uidvalidity, modseq, gone_at)
    VALUES (${accountId}, ${mailboxId}, ${name}, ${uidValidity}, ${modseq}, ${now})`)
  await removeMetadata(tx, accountId, mailboxId)
  await dropUrlKeys(tx, accountId, { ownerId: accountId, mailboxId })
  await dropAcl(tx, { accountId, mailboxId })
  await dropReaders(tx, { accountId, mailboxId })
  await tx.run(sql`DELETE FROM mailbox WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
  return { kind: 'mailbox-gone', accountId, mailboxId, modseq, mailbox }
}

/** The UID of the last of the next entries to bury; undefined: there are none. */
async function upTo(tx: Tx, accountId: number, mailboxId: number): Promise<number | undefined> {
  const row = await tx.get<[number | null]>(sql`
    SELECT MAX(uid) FROM (
      SELECT uid FROM entry WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}
      ORDER BY uid LIMIT ${limits.rowsPerTurn}) next`)
  return row?.[0] ?? undefined
}

interface Burial {
  readonly accountId: number
  readonly mailboxId: number
  readonly modseq: number
  readonly now: number
}

async function buryUpTo(tx: Tx, { accountId, mailboxId, modseq, now }: Burial, uid: number): Promise<void> {
  await tx.run(sql`
    INSERT INTO expunged (account_id, mailbox_id, uid, modseq, expunged_at, entry_id, message_id, thread_id,
      flags, keywords, internal_date, saved_at, size_bytes, removed_by)
    SELECT account_id, mailbox_id, uid, CAST(${modseq} AS BIGINT), CAST(${now} AS BIGINT), entry_id, message_id, thread_id,
      flags, keywords, internal_date, saved_at, size_bytes, 'imap'
    FROM entry WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND uid <= ${uid}`)
  await tx.run(sql`DELETE FROM entry WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND uid <= ${uid}`)
}
