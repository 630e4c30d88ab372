// EXPUNGE: entries leave their mailbox and become tombstones, which keep all they were until the collector purges them.

import type { Tx } from '#io/sql/database.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import { flag } from '#mail/flags.ts'
import { stepOf } from './account-row.ts'
import type { Entry } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { entriesOf, shrink, sumsOf } from './entry-row.ts'
import { forgetSeen } from './seen.ts'
import type { RemovedBy } from './store.ts'

export interface Expunge {
  readonly accountId: number
  readonly mailboxId: number
  readonly uids: readonly number[]
  readonly onlyDeleted: boolean
  /** Which protocol removes them. */
  readonly by?: RemovedBy | undefined
  readonly now: number
}

const buryIn = listOf`
  INSERT INTO expunged (account_id, mailbox_id, uid, modseq, expunged_at, entry_id, message_id, thread_id,
    flags, keywords, internal_date, saved_at, size_bytes, removed_by)
  SELECT account_id, mailbox_id, uid, CAST(${0} AS BIGINT), CAST(${0} AS BIGINT), entry_id, message_id, thread_id,
    flags, keywords, internal_date, saved_at, size_bytes, CAST(${0} AS TEXT)
  FROM entry WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0})`

const removeIn = listOf`DELETE FROM entry WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0})`

export async function expunge(tx: Tx, work: Expunge): Promise<Changed<readonly number[]>> {
  const { accountId, mailboxId, now } = work
  const found = await entriesOf(tx, accountId, mailboxId, work.uids)
  const going = work.onlyDeleted ? found.filter(entry => (entry.flags & flag.deleted) !== 0) : found
  if (going.length === 0) return unchanged([])
  const sums = sumsOf(going)
  const { modseq } = await stepOf(tx, { accountId, now, bytes: -sums.sizeBytes, messages: -sums.count })
  const uids = going.map(entry => entry.uid)
  const burial = [modseq, now, work.by ?? null, accountId, mailboxId]
  for await (const slice of slicesInTurns(tx, uids)) await tx.run(buryIn(burial, slice))
  await removeEntries(tx, work, going)
  await shrink(tx, { accountId, mailboxId, modseq }, sums)
  return { result: uids, changes: [{ kind: 'expunged', accountId, mailboxId, modseq, uids }] }
}

/** Deletes the rows and what readers had of them, and nothing else. */
export async function removeEntries(
  tx: Tx,
  { accountId, mailboxId }: { readonly accountId: number; readonly mailboxId: number },
  entries: readonly Entry[],
): Promise<void> {
  await forgetSeen(
    tx,
    { accountId, mailboxId },
    entries.map(({ uid }) => uid),
  )
  for await (const slice of slicesInTurns(tx, entries)) {
    await tx.run(
      removeIn(
        [accountId, mailboxId],
        slice.map(entry => entry.uid),
      ),
    )
  }
}
