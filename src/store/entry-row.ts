// Rows of the entry table: adding them to a mailbox with its counts, reading them by UID.

import { type Sql, sql, type Tx } from '#io/sql/database.ts'
import { limits } from '#io/sql/limits.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import { flag } from '#mail/flags.ts'
import type { Entry } from './change.ts'

/** An entry before its mailbox gave it a UID. */
export type NewEntry = Omit<Entry, 'uid' | 'modseq'>

export interface AddTo {
  readonly accountId: number
  readonly mailboxId: number
  readonly modseq: number
}

/** Adds entries at the end of a mailbox and counts them there. Undefined when there is no such mailbox. */
export async function addEntries(
  tx: Tx,
  to: AddTo,
  entries: readonly NewEntry[],
): Promise<{ uidValidity: number; entries: Entry[] } | undefined> {
  const grown = await grow(tx, to, sumsOf(entries))
  if (grown === undefined) return undefined
  const firstUid = grown.uidNext - entries.length
  const added = entries.map((entry, index) => ({ ...entry, uid: firstUid + index, modseq: to.modseq }))
  for (const [index, entry] of added.entries()) {
    if (index > 0 && index % limits.rowsPerTurn === 0) await tx.turn()
    await tx.run(insertion(to, entry))
  }
  return { uidValidity: grown.uidValidity, entries: added }
}

function insertion(to: AddTo, entry: Entry): Sql {
  return sql`
    INSERT INTO entry (account_id, mailbox_id, uid, entry_id, message_id, thread_id, flags, keywords, modseq,
      internal_date, saved_at, size_bytes)
    VALUES (${to.accountId}, ${to.mailboxId}, ${entry.uid}, ${entry.entryId}, ${entry.messageId}, ${entry.threadId},
      ${entry.flags}, ${entry.keywords}, ${entry.modseq}, ${entry.internalDate}, ${entry.savedAt}, ${entry.sizeBytes})`
}

/** What entries count for in their mailbox. */
export interface Sums {
  readonly count: number
  readonly unseen: number
  readonly deleted: number
  readonly sizeBytes: number
}

export function sumsOf(entries: readonly { readonly flags: number; readonly sizeBytes: number }[]): Sums {
  let unseen = 0
  let deleted = 0
  let sizeBytes = 0
  for (const entry of entries) {
    if ((entry.flags & flag.seen) === 0) unseen++
    if ((entry.flags & flag.deleted) !== 0) deleted++
    sizeBytes += entry.sizeBytes
  }
  return { count: entries.length, unseen, deleted, sizeBytes }
}

async function grow(tx: Tx, to: AddTo, by: Sums): Promise<{ uidNext: number; uidValidity: number } | undefined> {
  const row = await tx.get<[number, number]>(sql`
    UPDATE mailbox SET
      uidnext = uidnext + ${by.count},
      highestmodseq = ${to.modseq},
      exists_count = exists_count + ${by.count},
      unseen_count = unseen_count + ${by.unseen},
      deleted_count = deleted_count + ${by.deleted},
      size_bytes = size_bytes + ${by.sizeBytes}
    WHERE account_id = ${to.accountId} AND mailbox_id = ${to.mailboxId}
    RETURNING uidnext, uidvalidity`)
  return row === undefined ? undefined : { uidNext: row[0], uidValidity: row[1] }
}

/** Takes entries out of a mailbox's counts. */
export async function shrink(tx: Tx, from: AddTo, by: Sums): Promise<void> {
  await tx.run(sql`
    UPDATE mailbox SET
      highestmodseq = ${from.modseq},
      exists_count = exists_count - ${by.count},
      unseen_count = unseen_count - ${by.unseen},
      deleted_count = deleted_count - ${by.deleted},
      size_bytes = size_bytes - ${by.sizeBytes}
    WHERE account_id = ${from.accountId} AND mailbox_id = ${from.mailboxId}`)
}

export type EntryRow = [
  uid: number,
  flags: number,
  keywords: string,
  modseq: number,
  entryId: number,
  messageId: number,
  threadId: number,
  sizeBytes: number,
  internalDate: number,
  savedAt: number,
]

const entriesIn = listOf`
  SELECT uid, flags, keywords, modseq, entry_id, message_id, thread_id, size_bytes, internal_date, saved_at
  FROM entry WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0}) ORDER BY uid`

/** Those entries of `uids` that are there, ascending. */
export async function entriesOf(
  tx: Tx,
  accountId: number,
  mailboxId: number,
  uids: readonly number[],
): Promise<Entry[]> {
  const entries: Entry[] = []
  for await (const slice of slicesInTurns(tx, distinct(uids))) {
    for (const row of await tx.all<EntryRow>(entriesIn([accountId, mailboxId], slice))) entries.push(fromRow(row))
  }
  return entries
}

function fromRow(row: EntryRow): Entry {
  return {
    uid: row[0],
    flags: row[1],
    keywords: row[2],
    modseq: row[3],
    entryId: row[4],
    messageId: row[5],
    threadId: row[6],
    sizeBytes: row[7],
    internalDate: row[8],
    savedAt: row[9],
  }
}

/** UIDs ascending, each once. Most lists already are. */
function distinct(uids: readonly number[]): readonly number[] {
  for (let at = 1; at < uids.length; at++) {
    if ((uids[at] ?? 0) <= (uids[at - 1] ?? 0)) return [...new Set(uids)].sort((a, b) => a - b)
  }
  return uids
}
