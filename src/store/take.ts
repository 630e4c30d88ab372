// What POP3 took: a mark on the entry, so that POP3 shows the message no more and everybody else still does. IMAP is told nothing of it: no MODSEQ
// of a message or of the mailbox rises, the account's alone takes its step, for the feed.

import type { Tx } from '#io/sql/database.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import { flag } from '#mail/flags.ts'
import { stepOf } from './account-row.ts'
import { type Changed, unchanged } from './changed.ts'
import { entriesOf } from './entry-row.ts'

export interface Take {
  readonly accountId: number
  readonly mailboxId: number
  readonly uids: readonly number[]
  /** False: the mark goes. */
  readonly taken: boolean
  readonly now: number
}

const markIn = listOf`
  UPDATE entry SET flags = flags | 128 WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0})`

const unmarkIn = listOf`
  UPDATE entry SET flags = flags & 127 WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0})`

/** Settles with the UIDs that changed, ascending. */
export async function take(tx: Tx, work: Take): Promise<Changed<readonly number[]>> {
  const { accountId, mailboxId, taken } = work
  const found = await entriesOf(tx, accountId, mailboxId, work.uids)
  const uids = found.filter(({ flags }) => ((flags & flag.taken) !== 0) !== taken).map(({ uid }) => uid)
  if (uids.length === 0) return unchanged([])
  const { modseq } = await stepOf(tx, { accountId, now: work.now })
  const mark = taken ? markIn : unmarkIn
  for await (const slice of slicesInTurns(tx, uids)) await tx.run(mark([accountId, mailboxId], slice))
  return { result: uids, changes: [{ kind: 'taken', accountId, mailboxId, modseq, uids, taken }] }
}
