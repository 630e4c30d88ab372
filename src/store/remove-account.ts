// Removes all mail of an account at once: nothing of it can be brought back.

import { type Sql, sql, type Tx } from '#io/sql/database.ts'
import { limits } from '#io/sql/limits.ts'
import { modseqOf } from './account-row.ts'
import { dropAcl, dropGrants } from './acl.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { mailboxesOf } from './mailbox-row.ts'
import { removeAllMetadata } from './metadata.ts'
import { releaseMessage } from './remove-messages.ts'
import { removeIndex } from './search/rows.ts'
import { dropReader, dropReaders, readBy } from './seen.ts'
import { dropUrlKeys } from './url-keys.ts'

export async function removeAccount(tx: Tx, accountId: number, now: number): Promise<Changed<void>> {
  const before = await modseqOf(tx, accountId)
  if (before === undefined) return unchanged(undefined)
  const modseq = before + 1
  const changes: Change[] = []
  for (const mailbox of await mailboxesOf(tx, accountId)) {
    const { mailboxId } = mailbox
    changes.push({ kind: 'mailbox-gone', accountId, mailboxId, modseq, mailbox })
    await dropAcl(tx, { accountId, mailboxId })
    await dropReaders(tx, { accountId, mailboxId })
  }
  await releaseAll(tx, accountId)
  await inPieces(tx, () => tx.run(someEntries(accountId)))
  await inPieces(tx, () => tx.run(someTombstones(accountId)))
  await tx.run(sql`DELETE FROM mailbox WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM mailbox_gone WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM subscription WHERE account_id = ${accountId}`)
  await removeAllMetadata(tx, accountId)
  await removeIndex(tx, accountId)
  await dropUrlKeys(tx, accountId)
  await inPieces(tx, () => tx.run(someUidls(accountId)))
  for (const reader of await readBy(tx, accountId)) await dropReader(tx, reader)
  changes.push(...(await dropGrants(tx, accountId, now)))
  await inPieces(tx, () => tx.run(someThreadKeys(accountId)))
  await tx.run(sql`DELETE FROM mail_account WHERE account_id = ${accountId}`)
  return { result: undefined, changes }
}

/** Lets go of every message; each takes several statements, so fewer of them between two turns. */
async function releaseAll(tx: Tx, accountId: number): Promise<void> {
  for (let full = true; full; ) {
    const messages = await tx.all<[messageId: number, refs: number]>(sql`
      SELECT message_id, entry_refs FROM message WHERE account_id = ${accountId} LIMIT ${limits.listValues}`)
    for (const [messageId, refs] of messages) await releaseMessage(tx, accountId, messageId, refs)
    full = messages.length === limits.listValues
    if (full) await tx.turn()
  }
}

/** Repeats a statement that removes no more than `limits.rowsPerTurn` rows until it finds fewer. */
async function inPieces(tx: Tx, remove: () => Promise<number>): Promise<void> {
  while ((await remove()) >= limits.rowsPerTurn) await tx.turn()
}

const someEntries = (accountId: number): Sql => sql`
  DELETE FROM entry WHERE account_id = ${accountId} AND (mailbox_id, uid) IN (
    SELECT mailbox_id, uid FROM entry WHERE account_id = ${accountId} LIMIT ${limits.rowsPerTurn})`

const someTombstones = (accountId: number): Sql => sql`
  DELETE FROM expunged WHERE account_id = ${accountId} AND (mailbox_id, uid) IN (
    SELECT mailbox_id, uid FROM expunged WHERE account_id = ${accountId} LIMIT ${limits.rowsPerTurn})`

const someThreadKeys = (accountId: number): Sql => sql`
  DELETE FROM thread_key WHERE account_id = ${accountId} AND key IN (
    SELECT key FROM thread_key WHERE account_id = ${accountId} LIMIT ${limits.rowsPerTurn})`

const someUidls = (accountId: number): Sql => sql`
  DELETE FROM pop3_uidl WHERE account_id = ${accountId} AND entry_id IN (
    SELECT entry_id FROM pop3_uidl WHERE account_id = ${accountId} LIMIT ${limits.rowsPerTurn})`
