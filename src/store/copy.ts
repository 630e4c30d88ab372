// COPY and MOVE (RFC 6851) between mailboxes of one account.

import type { Tx } from '#io/sql/database.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import { flag } from '#mail/flags.ts'
import { isOverQuota, stepOf } from './account-row.ts'
import { uidValidityOf } from './append.ts'
import type { Change, Entry } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { type AddTo, addEntries, entriesOf, type NewEntry, shrink, sumsOf } from './entry-row.ts'
import { removeEntries } from './expunge.ts'
import { withOrigins } from './origins.ts'
import type { MailboxRefusal } from './store.ts'

export interface Copy {
  readonly accountId: number
  readonly from: number
  readonly to: number
  readonly uids: readonly number[]
  readonly now: number
}

type Copied = { kind: 'done'; uidValidity: number; from: readonly number[]; to: readonly number[] } | MailboxRefusal

export async function copy(tx: Tx, work: Copy): Promise<Changed<Copied>> {
  const { accountId, now } = work
  const found = await withOrigins(tx, accountId, await entriesOf(tx, accountId, work.from, work.uids))
  const early = await answerAtOnce(tx, work, found)
  if (early !== undefined) return unchanged(early)
  const sums = sumsOf(found)
  if (await isOverQuota(tx, accountId, { bytes: sums.sizeBytes, messages: found.length }))
    return unchanged({ kind: 'over-quota' })
  const needs = { accountId, now, ids: found.length, bytes: sums.sizeBytes, messages: found.length }
  const { modseq, firstId } = await stepOf(tx, needs)
  await addRefs(tx, accountId, found)
  // A copy is new to POP3.
  const entries = found.map((entry, index) => ({
    ...entry,
    flags: entry.flags & ~flag.taken,
    entryId: firstId + index,
    savedAt: now,
  }))
  const { result, change } = await add(tx, { accountId, mailboxId: work.to, modseq }, found, entries)
  return { result, changes: [change] }
}

/** Entries keep their ids; where they were stays a bare tombstone, as they can be found elsewhere. */
export async function move(tx: Tx, work: Copy): Promise<Changed<Copied>> {
  const { accountId, from, now } = work
  const found = await withOrigins(tx, accountId, await entriesOf(tx, accountId, from, work.uids))
  const early = await answerAtOnce(tx, work, found)
  if (early !== undefined) return unchanged(early)
  const { modseq } = await stepOf(tx, { accountId, now })
  const uids = found.map(entry => entry.uid)
  for await (const slice of slicesInTurns(tx, uids)) await tx.run(buryIn([modseq, now, accountId, from], slice))
  await removeEntries(tx, { accountId, mailboxId: from }, found)
  await shrink(tx, { accountId, mailboxId: from, modseq }, sumsOf(found))
  const entries = found.map(entry => ({ ...entry, savedAt: now }))
  const { result, change } = await add(tx, { accountId, mailboxId: work.to, modseq }, found, entries)
  return { result, changes: [change, { kind: 'expunged', accountId, mailboxId: from, modseq, uids }] }
}

async function answerAtOnce(tx: Tx, work: Copy, found: readonly Entry[]): Promise<Copied | undefined> {
  const uidValidity = await uidValidityOf(tx, work.accountId, work.to)
  if (uidValidity === undefined) return { kind: 'no-such-mailbox' }
  return found.length === 0 ? { kind: 'done', uidValidity, from: [], to: [] } : undefined
}

async function add(
  tx: Tx,
  to: AddTo,
  found: readonly Entry[],
  entries: readonly NewEntry[],
): Promise<{ result: Copied; change: Change }> {
  const added = await addEntries(tx, to, entries)
  if (added === undefined) throw new Error(`mailbox ${to.mailboxId} went away in its own transaction`)
  const { accountId, mailboxId, modseq } = to
  return {
    result: {
      kind: 'done',
      uidValidity: added.uidValidity,
      from: found.map(entry => entry.uid),
      to: added.entries.map(entry => entry.uid),
    },
    change: { kind: 'added', accountId, mailboxId, modseq, entries: added.entries },
  }
}

const addRefsIn = listOf`
  UPDATE message SET entry_refs = entry_refs + ${0} WHERE account_id = ${0} AND message_id IN (${0})`

/** One more reference for each entry; a message may stand in the mailbox twice. */
async function addRefs(tx: Tx, accountId: number, entries: readonly Entry[]): Promise<void> {
  const times = new Map<number, number>()
  for (const { messageId } of entries) times.set(messageId, (times.get(messageId) ?? 0) + 1)
  for (const [count, alike] of Map.groupBy(times, ([, count]) => count)) {
    const ids = alike.map(([messageId]) => messageId)
    for await (const slice of slicesInTurns(tx, ids)) await tx.run(addRefsIn([count, accountId], slice))
  }
}

const buryIn = listOf`
  INSERT INTO expunged (account_id, mailbox_id, uid, modseq, expunged_at)
  SELECT account_id, mailbox_id, uid, CAST(${0} AS BIGINT), CAST(${0} AS BIGINT)
  FROM entry WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0})`
