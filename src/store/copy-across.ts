// COPY and MOVE where others' mailboxes are in it: from one account to another, or by a reader. The bytes stay the same blob; the owner of the
// target pays for it with its quota.

import { sql, type Tx } from '#io/sql/database.ts'
import { flag } from '#mail/flags.ts'
import { isOverQuota, stepOf } from './account-row.ts'
import { uidValidityOf } from './append.ts'
import { insertMessage } from './blob-row.ts'
import type { Change, Entry } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { addEntries, entriesOf, type NewEntry, sumsOf } from './entry-row.ts'
import { expunge } from './expunge.ts'
import { limits } from './limits.ts'
import { insertOrigin, withOrigins } from './origins.ts'
import { putSeen, seenOf } from './seen.ts'
import type { CopiedAcross, CopyPlace, ReaderEdit } from './shares.ts'
import { type ThreadKeys, threadOf } from './threads.ts'

export interface CopyAcross {
  readonly from: CopyPlace
  readonly to: CopyPlace
  readonly uids: readonly number[]
  readonly isMove: boolean
  /** Of each message by its id in the source's account; none are needed within one account. */
  readonly threadKeys: ReadonlyMap<number, ThreadKeys>
  readonly now: number
}

export async function copyAcross(tx: Tx, work: CopyAcross): Promise<Changed<CopiedAcross>> {
  const { from, to, now } = work
  const uidValidity = await uidValidityOf(tx, to.accountId, to.mailboxId)
  if (uidValidity === undefined) return unchanged({ kind: 'no-such-mailbox' })
  const found = await withOrigins(tx, from.accountId, await shownTo(tx, from, work.uids))
  if (found.length === 0) return unchanged({ kind: 'done', uidValidity, from: [], to: [] })
  const more = { bytes: sumsOf(found).sizeBytes, messages: found.length }
  const staysInAccount = work.isMove && from.accountId === to.accountId
  if (!staysInAccount && (await isOverQuota(tx, to.accountId, more))) return unchanged({ kind: 'over-quota' })
  const { modseq, firstId } = await stepOf(tx, { accountId: to.accountId, now, ids: found.length * 2, ...more })
  const entries: NewEntry[] = []
  for (const [index, entry] of found.entries()) {
    if (index > 0 && index % limits.takenOverPerTurn === 0) await tx.turn()
    entries.push(await takeOver(tx, work, entry, firstId + index * 2))
  }
  const target = { accountId: to.accountId, mailboxId: to.mailboxId, modseq }
  const added = await addEntries(tx, target, entries)
  if (added === undefined) throw new Error(`mailbox ${to.mailboxId} went away in its own transaction`)
  const changes: Change[] = [{ kind: 'added', ...target, entries: added.entries }]
  await tx.turn()
  changes.push(...(await markSeen(tx, work, { found, added: added.entries, modseq })))
  await tx.turn()
  if (work.isMove) changes.push(...(await takeAway(tx, work, found)))
  const uidsOf = (list: readonly Entry[]) => list.map(({ uid }) => uid)
  return { result: { kind: 'done', uidValidity, from: uidsOf(found), to: uidsOf(added.entries) }, changes }
}

/** The ids of the messages, so that their heads can be read. */
export async function messageIdsOf(tx: Tx, from: CopyPlace, uids: readonly number[]): Promise<readonly number[]> {
  const found = await entriesOf(tx, from.accountId, from.mailboxId, uids)
  return [...new Set(found.map(({ messageId }) => messageId))]
}

/** The entries with the \Seen of whoever copies them. */
async function shownTo(tx: Tx, { accountId, mailboxId, reader }: CopyPlace, uids: readonly number[]): Promise<Entry[]> {
  const found = await entriesOf(tx, accountId, mailboxId, uids)
  if (reader === undefined) return found
  const { readerId } = reader
  const seen = await seenOf(
    tx,
    { accountId, mailboxId, readerId },
    found.map(({ uid }) => uid),
  )
  return found.map(entry => ({
    ...entry,
    flags: (entry.flags & ~flag.seen) | (seen.get(entry.uid)?.seen === true ? flag.seen : 0),
  }))
}

/** The message as one of the target's account; its new entry. `messageId`: what it is called there, the id after it is the entry's. */
async function takeOver(tx: Tx, work: CopyAcross, entry: Entry, messageId: number): Promise<NewEntry> {
  const { from, to, now } = work
  const message = from.accountId === to.accountId ? entry : await newMessage(tx, work, entry, messageId)
  if (from.accountId === to.accountId)
    await tx.run(sql`
      UPDATE message SET entry_refs = entry_refs + 1
      WHERE account_id = ${to.accountId} AND message_id = ${entry.messageId}`)
  const given = permitted(entry, to.reader)
  const { sizeBytes, internalDate } = entry
  const { messageId: id, threadId, origin } = message
  return { ...given, messageId: id, threadId, origin, sizeBytes, internalDate, entryId: messageId + 1, savedAt: now }
}

/** Flags that the copy may carry (RFC 4314 4). A reader's \Seen is its own and stands in no entry. */
function permitted({ flags, keywords }: Entry, reader: ReaderEdit | undefined) {
  if (reader === undefined) return { flags: flags & ~flag.taken, keywords }
  return { flags: flags & reader.flags & ~flag.seen, keywords: reader.keywords ? keywords : '' }
}

async function newMessage(tx: Tx, { from, to, threadKeys, now }: CopyAcross, entry: Entry, messageId: number) {
  const { accountId } = to
  const row = await tx.get<[number, Uint8Array, number, number | null]>(sql`
    SELECT blob_id, prefix, lacks_end, surrogate_bytes FROM message WHERE account_id = ${from.accountId} AND message_id = ${entry.messageId}`)
  if (row === undefined) throw new Error(`message ${entry.messageId} has an entry and is not there`)
  const [blobId, prefix, lacksEnd, surrogate] = row
  await tx.run(sql`UPDATE blob SET refs = refs + 1 WHERE blob_id = ${blobId}`)
  const threadId = await threadOf(tx, { accountId, keys: threadKeys.get(entry.messageId) ?? [], messageId, now })
  const { sizeBytes } = entry
  const bytes = { blobId, prefix, lacksEnd: lacksEnd === 1, surrogateBytes: surrogate ?? undefined, sizeBytes }
  await insertMessage(tx, { accountId, messageId, ...bytes, threadId, refs: 1 })
  const origin = entry.origin ?? { accountId: from.accountId, messageId: entry.messageId, threadId: entry.threadId }
  await insertOrigin(tx, accountId, messageId, origin)
  return { messageId, threadId, origin }
}

async function markSeen(
  tx: Tx,
  { to }: CopyAcross,
  { found, added, modseq }: { found: readonly Entry[]; added: readonly Entry[]; modseq: number },
): Promise<readonly Change[]> {
  const { accountId, mailboxId, reader } = to
  if (reader === undefined || (reader.flags & flag.seen) === 0) return []
  const seen = added.filter((_, index) => ((found[index]?.flags ?? 0) & flag.seen) !== 0).map(({ uid }) => uid)
  if (seen.length === 0) return []
  const { readerId } = reader
  const rows = seen.map(uid => ({ uid, seen: true, before: false }))
  await putSeen(tx, { accountId, mailboxId, readerId, modseq }, rows)
  return [
    { kind: 'seen', accountId, mailboxId, modseq, readerId, entries: rows.map(({ uid }) => ({ uid, seen: true })) },
  ]
}

async function takeAway(tx: Tx, { from, now }: CopyAcross, found: readonly Entry[]): Promise<readonly Change[]> {
  const { accountId, mailboxId } = from
  const uids = found.map(({ uid }) => uid)
  return (await expunge(tx, { accountId, mailboxId, uids, onlyDeleted: false, by: 'imap', now })).changes
}
