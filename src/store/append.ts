// APPEND: messages into one mailbox, all or none.

import { sql, type Tx } from '#io/sql/database.ts'
import { isOverQuota, stepOf } from './account-row.ts'
import { insertBlob, insertMessage, type NewBlob, newSurrogateOf } from './blob-row.ts'
import type { Change, Entry } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { type AddTo, addEntries, type NewEntry } from './entry-row.ts'
import { putSeen } from './seen.ts'
import type { Alongside } from './spool.ts'
import type { MailboxRefusal } from './store.ts'
import { type ThreadKeys, threadOf } from './threads.ts'
import { type EntryUidl, setUidls } from './uidls.ts'

export interface AppendItem {
  readonly blob: NewBlob
  readonly threadKeys: ThreadKeys
  readonly flags: number
  readonly keywords: string
  readonly internalDate: number
  readonly prefix: Uint8Array
  /** A reader of another's mailbox, to whom it is \Seen. */
  readonly seenBy?: number | undefined
  /** POP3's unique-id that it had on another server. */
  readonly uidl?: string | undefined
  readonly alongside?: Alongside | undefined
}

export interface Append {
  readonly accountId: number
  readonly mailboxId: number
  readonly items: readonly AppendItem[]
  readonly now: number
  /** What goes in the same transaction, and makes room. */
  readonly freed?: { readonly bytes: number; readonly messages: number }
}

type Appending = { kind: 'done'; uidValidity: number; entries: readonly Entry[] } | MailboxRefusal

export async function append(tx: Tx, work: Append): Promise<Changed<Appending>> {
  const { accountId, mailboxId, items, now, freed = { bytes: 0, messages: 0 } } = work
  const uidValidity = await uidValidityOf(tx, accountId, mailboxId)
  if (uidValidity === undefined) return unchanged({ kind: 'no-such-mailbox' })
  if (items.length === 0) return unchanged({ kind: 'done', uidValidity, entries: [] })
  const bytes = items.reduce((sum, item) => sum + sizeOf(item), 0)
  const more = { bytes: bytes - freed.bytes, messages: items.length - freed.messages }
  if (await isOverQuota(tx, accountId, more)) return unchanged({ kind: 'over-quota' })
  const { modseq, firstId } = await stepOf(tx, { accountId, now, ids: items.length * 2, bytes, messages: items.length })
  const entries: NewEntry[] = []
  for (const [index, item] of items.entries()) entries.push(await store(tx, work, item, firstId + index * 2))
  const added = await addEntries(tx, { accountId, mailboxId, modseq }, entries)
  if (added === undefined) throw new Error(`mailbox ${mailboxId} went away in its own transaction`)
  await setUidls(tx, accountId, uidlsFrom(items, entries))
  for (const { alongside, blob } of items) await alongside?.(tx, new Set([accountId]), blob.blobId)
  return {
    result: { kind: 'done', ...added },
    changes: [
      { kind: 'added', accountId, mailboxId, modseq, entries: added.entries },
      ...(await markSeen(tx, { accountId, mailboxId, modseq }, items, added.entries)),
    ],
  }
}

function uidlsFrom(items: readonly AppendItem[], entries: readonly NewEntry[]): readonly EntryUidl[] {
  const uidls: EntryUidl[] = []
  for (const [index, { entryId }] of entries.entries()) {
    const uidl = items[index]?.uidl
    if (uidl !== undefined) uidls.push({ entryId, uidl })
  }
  return uidls
}

/** Whoever appends to another's mailbox has one reader's \Seen for all. */
async function markSeen(
  tx: Tx,
  to: AddTo,
  items: readonly AppendItem[],
  entries: readonly Entry[],
): Promise<readonly Change[]> {
  const readerId = items.find(({ seenBy }) => seenBy !== undefined)?.seenBy
  if (readerId === undefined) return []
  const seen = entries.filter((_, index) => items[index]?.seenBy === readerId).map(({ uid }) => ({ uid, seen: true }))
  await putSeen(
    tx,
    { ...to, readerId },
    seen.map(one => ({ ...one, before: false })),
  )
  return [{ kind: 'seen', ...to, readerId, entries: seen }]
}

function sizeOf(item: AppendItem): number {
  return item.prefix.length + item.blob.sizeBytes
}

/** Stores blob and message; the entry that will name them. */
async function store(tx: Tx, { accountId, now }: Append, item: AppendItem, messageId: number): Promise<NewEntry> {
  const { blob, prefix, flags, keywords, internalDate } = item
  const sizeBytes = sizeOf(item)
  const threadId = await threadOf(tx, { accountId, keys: item.threadKeys, messageId, now })
  await insertBlob(tx, blob, 1)
  const { blobId, lacksEnd } = blob
  const surrogateBytes = newSurrogateOf(blob, prefix)
  const message = { accountId, messageId, blobId, prefix, lacksEnd, surrogateBytes, sizeBytes, threadId, refs: 1 }
  await insertMessage(tx, message)
  return { flags, keywords, entryId: messageId + 1, messageId, threadId, sizeBytes, internalDate, savedAt: now }
}

/** Undefined when there is no such mailbox. */
export async function uidValidityOf(tx: Tx, accountId: number, mailboxId: number): Promise<number | undefined> {
  const row = await tx.get<[number]>(
    sql`SELECT uidvalidity FROM mailbox WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`,
  )
  return row?.[0]
}
