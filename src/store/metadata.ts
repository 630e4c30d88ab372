// Annotations of mailboxes and of the server (RFC 5464): named values, private to one reader or shared by all who may read.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import { stepOf } from './account-row.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { limits } from './limits.ts'
import type { SpecialUse } from './mailbox.ts'
import { mailboxById } from './mailbox-row.ts'
import { raiseHighestModseq, setSpecialUse } from './special-use.ts'

/** Stands for the server in place of a mailbox's id. */
export const serverId = 0

export interface Annotation {
  readonly mailboxId: number
  /** As in `/private/comment`, in lower case. */
  readonly entry: string
  readonly value: Uint8Array
}

export interface AnnotationEdit {
  /** As in `/private/comment`, in lower case. */
  readonly entry: string
  /** Undefined: the entry goes. */
  readonly value: Uint8Array | undefined
}

export interface MetadataPlace {
  /** Whose the mailbox is. */
  readonly accountId: number
  /** Or `serverId`. */
  readonly mailboxId: number
  /** Who reads or sets them: private entries are this account's. */
  readonly readerId: number
}

export interface MetadataQuestion {
  readonly accountId: number
  readonly readerId: number
  /** In lower case. */
  readonly entries: readonly string[]
}

/** Of a mailbox: RFC 6154 has it among the annotations, the store does not. Undefined: none. */
export interface UseEdit {
  readonly specialUse: SpecialUse | undefined
}

export interface SetMetadata extends MetadataPlace {
  readonly edits: readonly AnnotationEdit[]
  /** What the mailbox is used for from now on; undefined leaves that as it is. */
  readonly use: UseEdit | undefined
  readonly now: number
}

export type MetadataSet = { readonly kind: 'done' | 'no-such-mailbox' | 'too-many' }

/** What `readerId` may read of one mailbox or of the server: shared entries and its own private ones, by name. */
export async function metadataOf(tx: Tx, { accountId, mailboxId, readerId }: MetadataPlace): Promise<Annotation[]> {
  const rows = await tx.all<[string, Uint8Array]>(sql`
    SELECT entry, value FROM metadata
    WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id IN (${0}, ${readerId}) ORDER BY entry`)
  return rows.map(([entry, value]) => ({ mailboxId, entry, value }))
}

const entriesIn = listOf`
  SELECT mailbox_id, entry, value FROM metadata
  WHERE account_id = ${0} AND reader_id IN (${0}, ${0}) AND entry IN (${0})`

/** The named entries of all mailboxes of an account, as `readerId` may read them. */
export async function metadataOfAll(tx: Tx, { accountId, readerId, entries }: MetadataQuestion): Promise<Annotation[]> {
  const found: Annotation[] = []
  for (const slice of slices(entries)) {
    const rows = await tx.all<[number, string, Uint8Array]>(entriesIn([accountId, 0, readerId], slice))
    for (const [mailboxId, entry, value] of rows) found.push({ mailboxId, entry, value })
  }
  return found
}

/** All edits or none, the use among them. */
export async function setMetadata(tx: Tx, work: SetMetadata): Promise<Changed<MetadataSet>> {
  const { accountId, mailboxId, edits, use, now } = work
  if (mailboxId !== serverId && (await mailboxById(tx, accountId, mailboxId)) === undefined)
    return unchanged({ kind: 'no-such-mailbox' })
  if (await areTooMany(tx, work)) return unchanged({ kind: 'too-many' })
  const changed: string[] = []
  for (const edit of edits) if (await apply(tx, work, edit)) changed.push(edit.entry)
  const changes = changed.length === 0 ? [] : [await note(tx, work, changed)]
  if (use === undefined) return { result: { kind: 'done' }, changes }
  const used = await setSpecialUse(tx, { accountId, mailboxId, specialUse: use.specialUse, now })
  return { result: { kind: 'done' }, changes: [...changes, ...used.changes] }
}

async function note(tx: Tx, work: SetMetadata, entries: readonly string[]): Promise<Change> {
  const { accountId, mailboxId, readerId, now } = work
  const { modseq } = await stepOf(tx, { accountId, now })
  await raiseHighestModseq(tx, { accountId, mailboxId, modseq })
  const mailbox = mailboxId === serverId ? undefined : await mailboxById(tx, accountId, mailboxId)
  return { kind: 'metadata', accountId, mailboxId, modseq, mailbox, readerId, entries }
}

/** Whether the entry is another now. */
async function apply(
  tx: Tx,
  { accountId, mailboxId, readerId }: SetMetadata,
  { entry, value }: AnnotationEdit,
): Promise<boolean> {
  const owner = ownerOf(entry, readerId)
  if (value === undefined) {
    const gone = await tx.run(sql`
      DELETE FROM metadata
      WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id = ${owner} AND entry = ${entry}`)
    return gone > 0
  }
  await tx.run(sql`
    INSERT INTO metadata (account_id, mailbox_id, reader_id, entry, value)
    VALUES (${accountId}, ${mailboxId}, ${owner}, ${entry}, ${value})
    ON CONFLICT (account_id, mailbox_id, reader_id, entry) DO UPDATE SET value = excluded.value`)
  return true
}

function ownerOf(entry: string, readerId: number): number {
  return entry.startsWith('/private/') ? readerId : 0
}

/** Whether the mailbox would have too many entries, or the account too much of them: annotations count for no quota. */
async function areTooMany(tx: Tx, { accountId, mailboxId, readerId, edits }: SetMetadata): Promise<boolean> {
  const added = edits.filter(({ value }) => value !== undefined)
  if (added.length === 0) return false
  const rows = await tx.all<[string]>(sql`
    SELECT entry FROM metadata
    WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id IN (${0}, ${readerId})`)
  const names = new Set(rows.map(([entry]) => entry))
  for (const { entry, value } of edits) if (value === undefined) names.delete(entry)
  for (const { entry } of added) names.add(entry)
  if (names.size > limits.metadataEntries) return true
  return await isTooMuch(tx, accountId, readerId, added)
}

/** Whether there is no room for `added`. What readers note for themselves takes none from the owner, nor from each other. */
async function isTooMuch(
  tx: Tx,
  accountId: number,
  readerId: number,
  added: readonly AnnotationEdit[],
): Promise<boolean> {
  const notes = added.filter(({ entry }) => readerId !== accountId && ownerOf(entry, readerId) === readerId)
  const rest = added.filter(edit => !notes.includes(edit))
  if (notes.length > 0) {
    const used = await bytesOf(tx, accountId, [readerId])
    if (used + sizeOf(notes) > limits.metadataBytesPerReader) return true
  }
  return (
    rest.length > 0 && (await bytesOf(tx, accountId, [0, accountId])) + sizeOf(rest) > limits.metadataBytesPerAccount
  )
}

function sizeOf(edits: readonly AnnotationEdit[]): number {
  return edits.reduce((sum, { value }) => sum + (value?.length ?? 0) + limits.metadataRowBytes, 0)
}

/** Octets of an account's annotations that are these readers'; 0 stands for all. */
async function bytesOf(
  tx: Tx,
  accountId: number,
  [first, second = first]: readonly [number, number?],
): Promise<number> {
  const used = await tx.get<[number | null]>(sql`
    SELECT SUM(OCTET_LENGTH(value) + CAST(${limits.metadataRowBytes} AS BIGINT)) FROM metadata
    WHERE account_id = ${accountId} AND reader_id IN (${first}, ${second})`)
  return Number(used?.[0] ?? 0)
}

/** RFC 5464 4.1: what is renamed takes its annotations along, and INBOX keeps its own besides. Where there is no room for both only INBOX has them. */
export async function copyMetadata(
  tx: Tx,
  { accountId, from, to }: { readonly accountId: number; readonly from: number; readonly to: number },
): Promise<void> {
  const copied = await tx.get<[number | null]>(sql`
    SELECT SUM(OCTET_LENGTH(value) + CAST(${limits.metadataRowBytes} AS BIGINT)) FROM metadata
    WHERE account_id = ${accountId} AND mailbox_id = ${from} AND reader_id IN (${0}, ${accountId})`)
  const bytes = Number(copied?.[0] ?? 0)
  if ((await bytesOf(tx, accountId, [0, accountId])) + bytes > limits.metadataBytesPerAccount) return
  await tx.run(sql`
    INSERT INTO metadata (account_id, mailbox_id, reader_id, entry, value)
    SELECT account_id, CAST(${to} AS BIGINT), reader_id, entry, value
    FROM metadata WHERE account_id = ${accountId} AND mailbox_id = ${from} AND reader_id IN (${0}, ${accountId})`)
}

export async function removeMetadata(tx: Tx, accountId: number, mailboxId: number): Promise<void> {
  await tx.run(sql`DELETE FROM metadata WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
}

/** All of an account that goes: on its mailboxes, and its private ones on those of others. */
export async function removeAllMetadata(tx: Tx, accountId: number): Promise<void> {
  await tx.run(sql`DELETE FROM metadata WHERE account_id = ${accountId}`)
  await tx.run(sql`
    DELETE FROM metadata WHERE reader_id = ${accountId} AND reader_id <> 0 AND reader_id <> account_id`)
}
