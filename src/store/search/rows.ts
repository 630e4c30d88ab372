// The index's rows. A segment's words and fields are written before its own row names them: rows that no segment names are left of a crash.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import type { FieldRow } from './field-texts.ts'
import { packIds, packPlaces, type Segment, unpackIds, unpackPlaces, type WordKind, wordKind } from './segment.ts'
import type { WordList } from './word-list.ts'

export interface Position {
  /** How the words were made; of another version nothing can be used. */
  readonly version: string
  /** Every message up to this id is in a segment. */
  readonly indexedTo: number
}

export async function positionOf(tx: Tx, accountId: number): Promise<Position | undefined> {
  const row = await tx.get<[string, number]>(
    sql`SELECT version, indexed_to FROM search_account WHERE account_id = ${accountId}`,
  )
  return row === undefined ? undefined : { version: row[0], indexedTo: row[1] }
}

/** Begins the account's index; undoes what was there. False if there is no such account. */
export async function beginIndex(tx: Tx, accountId: number, version: string): Promise<boolean> {
  await tx.run(sql`DELETE FROM search_segment WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM search_gone WHERE account_id = ${accountId}`)
  const known = await tx.run(
    sql`UPDATE search_account SET version = ${version}, indexed_to = 0 WHERE account_id = ${accountId}`,
  )
  if (known > 0) return true
  const made = await tx.run(sql`
    INSERT INTO search_account (account_id, version, indexed_to, last_segment)
    SELECT account_id, CAST(${version} AS TEXT), 0, 0 FROM mail_account WHERE account_id = ${accountId}`)
  return made > 0
}

/** The number of a segment to be; undefined if the account is gone. */
export async function takeSegmentId(tx: Tx, accountId: number): Promise<number | undefined> {
  const row = await tx.get<[number]>(sql`
    UPDATE search_account SET last_segment = last_segment + 1 WHERE account_id = ${accountId} RETURNING last_segment`)
  return row?.[0]
}

/** Moves the position on from where it was. False if it is elsewhere: somebody else was here. */
export async function movePosition(tx: Tx, accountId: number, from: number, to: number): Promise<boolean> {
  const moved = await tx.run(sql`
    UPDATE search_account SET indexed_to = ${to} WHERE account_id = ${accountId} AND indexed_to = ${from}`)
  return moved > 0
}

type SegmentRow = [
  segmentId: number,
  afterId: number,
  lastId: number,
  ids: Uint8Array,
  unreadHeader: Uint8Array,
  unreadBody: Uint8Array,
]

/** The first segment that covers an id above `id`. */
export async function segmentAfter(tx: Tx, accountId: number, id: number): Promise<Segment | undefined> {
  const row = await tx.get<SegmentRow>(sql`
    SELECT segment_id, after_id, last_id, ids, unread_header, unread_body FROM search_segment
    WHERE account_id = ${accountId} AND last_id > ${id} ORDER BY last_id LIMIT 1`)
  if (row === undefined) return undefined
  const unread = { header: unpackPlaces(row[4]), body: unpackPlaces(row[5]) }
  return { segmentId: row[0], afterId: row[1], lastId: row[2], ids: unpackIds(row[3]), unread }
}

export interface SegmentSize {
  readonly segmentId: number
  readonly afterId: number
  readonly lastId: number
  readonly messages: number
}

/** In the order of their ids. */
export async function segmentSizes(tx: Tx, accountId: number): Promise<readonly SegmentSize[]> {
  const rows = await tx.all<[number, number, number, number]>(sql`
    SELECT segment_id, after_id, last_id, messages FROM search_segment
    WHERE account_id = ${accountId} ORDER BY last_id`)
  return rows.map(([segmentId, afterId, lastId, messages]) => ({ segmentId, afterId, lastId, messages }))
}

export async function insertSegment(tx: Tx, accountId: number, segment: Segment): Promise<void> {
  const { segmentId, afterId, lastId, ids, unread } = segment
  await tx.run(sql`
    INSERT INTO search_segment (account_id, last_id, after_id, segment_id, messages, ids, unread_header, unread_body)
    VALUES (${accountId}, ${lastId}, ${afterId}, ${segmentId}, ${ids.length}, ${packIds(ids)},
      ${packPlaces(unread.header)}, ${packPlaces(unread.body)})`)
}

/** Takes segments out of the index; their words and fields stay for `removeRows`. False if one of them is not there. */
export async function dropSegments(tx: Tx, accountId: number, segments: readonly SegmentSize[]): Promise<boolean> {
  for (const { lastId, segmentId } of segments) {
    const dropped = await tx.run(sql`
      DELETE FROM search_segment
      WHERE account_id = ${accountId} AND last_id = ${lastId} AND segment_id = ${segmentId}`)
    if (dropped === 0) return false
  }
  return true
}

export async function insertWords(tx: Tx, to: RowKey, { bucket, words, postings }: WordList): Promise<void> {
  await tx.run(sql`
    INSERT INTO search_words (account_id, segment_id, kind, bucket, words, postings)
    VALUES (${to.accountId}, ${to.segmentId}, ${to.kind}, ${bucket}, ${words}, ${postings})`)
}

export interface RowKey {
  readonly accountId: number
  readonly segmentId: number
  readonly kind: WordKind
}

export async function insertFields(
  tx: Tx,
  { accountId, segmentId }: Omit<RowKey, 'kind'>,
  { field, first, texts }: FieldRow,
): Promise<void> {
  await tx.run(sql`
    INSERT INTO search_fields (account_id, segment_id, field, first, texts)
    VALUES (${accountId}, ${segmentId}, ${field}, ${first}, ${texts})`)
}

/** The words of some buckets. */
export async function wordsOf(
  tx: Tx,
  { accountId, segmentId, kind }: RowKey,
  buckets: readonly number[],
): Promise<readonly (readonly [bucket: number, words: Uint8Array])[]> {
  return await tx.all<[number, Uint8Array]>(someWords([accountId, segmentId, kind], buckets))
}

const someWords = listOf`
  SELECT bucket, words FROM search_words
  WHERE account_id = ${0} AND segment_id = ${0} AND kind = ${0} AND bucket IN (${0})`

/** The words of some buckets, and where they are. */
export async function listsOf(
  tx: Tx,
  { accountId, segmentId, kind }: RowKey,
  buckets: readonly number[],
): Promise<readonly WordList[]> {
  const rows = await tx.all<[number, Uint8Array, Uint8Array]>(someLists([accountId, segmentId, kind], buckets))
  return rows.map(([bucket, words, postings]) => ({ bucket, words, postings }))
}

const someLists = listOf`
  SELECT bucket, words, postings FROM search_words
  WHERE account_id = ${0} AND segment_id = ${0} AND kind = ${0} AND bucket IN (${0})`

export async function listIn(
  tx: Tx,
  { accountId, segmentId, kind }: RowKey,
  bucket: number,
): Promise<WordList | undefined> {
  const row = await tx.get<[Uint8Array, Uint8Array]>(sql`
    SELECT words, postings FROM search_words
    WHERE account_id = ${accountId} AND segment_id = ${segmentId} AND kind = ${kind} AND bucket = ${bucket}`)
  return row === undefined ? undefined : { bucket, words: row[0], postings: row[1] }
}

export async function postingsIn(tx: Tx, { accountId, segmentId, kind }: RowKey, bucket: number): Promise<Uint8Array> {
  const row = await tx.get<[Uint8Array]>(sql`
    SELECT postings FROM search_words
    WHERE account_id = ${accountId} AND segment_id = ${segmentId} AND kind = ${kind} AND bucket = ${bucket}`)
  return row?.[0] ?? new Uint8Array(0)
}

/** The rows of one field, in the order of their messages. */
export async function fieldsOf(
  tx: Tx,
  accountId: number,
  segmentId: number,
  field: number,
): Promise<readonly FieldRow[]> {
  const rows = await tx.all<[number, Uint8Array]>(sql`
    SELECT first, texts FROM search_fields
    WHERE account_id = ${accountId} AND segment_id = ${segmentId} AND field = ${field} ORDER BY first`)
  return rows.map(([first, texts]) => ({ field, first, texts }))
}

/** Segments that have words or fields, and no row of their own. */
export async function unnamedSegments(tx: Tx, accountId: number): Promise<readonly number[]> {
  const rows = await tx.all<[number]>(sql`
    SELECT segment_id FROM (
      SELECT DISTINCT segment_id FROM search_words WHERE account_id = ${accountId}
      UNION SELECT DISTINCT segment_id FROM search_fields WHERE account_id = ${accountId}) written
    WHERE segment_id NOT IN (SELECT segment_id FROM search_segment WHERE account_id = ${accountId})`)
  return rows.map(([segmentId]) => segmentId)
}

export async function removeWords(tx: Tx, { accountId, segmentId, kind }: RowKey): Promise<void> {
  await tx.run(sql`
    DELETE FROM search_words WHERE account_id = ${accountId} AND segment_id = ${segmentId} AND kind = ${kind}`)
}

export async function removeFields(tx: Tx, accountId: number, segmentId: number): Promise<void> {
  await tx.run(sql`DELETE FROM search_fields WHERE account_id = ${accountId} AND segment_id = ${segmentId}`)
}

/** Writes down that a message that may be in a segment is gone. */
export async function noteGone(tx: Tx, accountId: number, messageId: number, now: number): Promise<void> {
  await tx.run(sql`
    INSERT INTO search_gone (account_id, message_id, gone_at)
    SELECT account_id, CAST(${messageId} AS BIGINT), CAST(${now} AS BIGINT) FROM search_account
    WHERE account_id = ${accountId} AND indexed_to >= ${messageId}`)
}

/** Of a segment about to be: those of its messages that went while it was made. */
export async function noteGoneOf(tx: Tx, accountId: number, segment: Segment, now: number): Promise<void> {
  const there = new Set(await messageIdsIn(tx, accountId, segment))
  for (const messageId of segment.ids) {
    if (there.has(messageId)) continue
    await tx.run(
      sql`INSERT INTO search_gone (account_id, message_id, gone_at) VALUES (${accountId}, ${messageId}, ${now})`,
    )
  }
}

async function messageIdsIn(tx: Tx, accountId: number, { afterId, lastId }: Segment): Promise<readonly number[]> {
  const rows = await tx.all<[number]>(sql`
    SELECT message_id FROM message
    WHERE account_id = ${accountId} AND message_id > ${afterId} AND message_id <= ${lastId}`)
  return rows.map(([messageId]) => messageId)
}

export interface Gone {
  readonly messageId: number
  readonly goneAt: number
}

/** The first `limit` messages that are gone and still in a segment, ascending. */
export async function goneOf(tx: Tx, accountId: number, limit: number): Promise<readonly Gone[]> {
  const rows = await tx.all<[number, number]>(sql`
    SELECT message_id, gone_at FROM search_gone WHERE account_id = ${accountId} ORDER BY message_id LIMIT ${limit}`)
  return rows.map(([messageId, goneAt]) => ({ messageId, goneAt }))
}

const forget = listOf`DELETE FROM search_gone WHERE account_id = ${0} AND message_id IN (${0})`

/** These are in no segment any more. */
export async function forgetGone(tx: Tx, accountId: number, messageIds: readonly number[]): Promise<void> {
  for (const slice of slices(messageIds)) await tx.run(forget([accountId], slice))
}

/** Accounts after `accountId` that have gone messages in their index. */
export async function accountsWithGone(tx: Tx, accountId: number, limit: number): Promise<readonly number[]> {
  const rows = await tx.all<[number]>(sql`
    SELECT DISTINCT account_id FROM search_gone WHERE account_id > ${accountId} ORDER BY account_id LIMIT ${limit}`)
  return rows.map(([id]) => id)
}

/** With the account. */
export async function removeIndex(tx: Tx, accountId: number): Promise<void> {
  await tx.run(sql`DELETE FROM search_account WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM search_gone WHERE account_id = ${accountId}`)
  const segments = await tx.all<[number]>(sql`SELECT segment_id FROM search_segment WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM search_segment WHERE account_id = ${accountId}`)
  // Segment by segment, each of some megabytes; then what no segment names.
  for (const [segmentId] of segments) {
    for (const kind of Object.values(wordKind)) {
      await removeWords(tx, { accountId, segmentId, kind })
      await tx.turn()
    }
    await removeFields(tx, accountId, segmentId)
  }
  await tx.run(sql`DELETE FROM search_words WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM search_fields WHERE account_id = ${accountId}`)
}

export interface Waiting {
  readonly messageId: number
  readonly sizeBytes: number
}

/** The next messages to index. */
export async function waitingAfter(tx: Tx, accountId: number, id: number, limit: number): Promise<readonly Waiting[]> {
  const rows = await tx.all<[number, number]>(sql`
    SELECT message_id, size_bytes FROM message
    WHERE account_id = ${accountId} AND message_id > ${id} ORDER BY message_id LIMIT ${limit}`)
  return rows.map(([messageId, sizeBytes]) => ({ messageId, sizeBytes }))
}

/** Messages in the account's segments. */
export async function countIndexed(tx: Tx, accountId: number): Promise<number> {
  const row = await tx.get<[number | null, number]>(sql`
    SELECT SUM(messages), (SELECT COUNT(*) FROM search_gone WHERE account_id = ${accountId})
    FROM search_segment WHERE account_id = ${accountId}`)
  return (row?.[0] ?? 0) - (row?.[1] ?? 0)
}

/** How many of the next `limit` messages there are, and the id of the last of them. */
export async function countWaiting(
  tx: Tx,
  accountId: number,
  id: number,
  limit: number,
): Promise<readonly [count: number, lastId: number]> {
  const row = await tx.get<[number, number | null]>(sql`
    SELECT COUNT(*), MAX(message_id) FROM (
      SELECT message_id FROM message
      WHERE account_id = ${accountId} AND message_id > ${id} ORDER BY message_id LIMIT ${limit}) waiting`)
  return [row?.[0] ?? 0, row?.[1] ?? id]
}

/** Accounts after `accountId` in which something has happened since they were indexed, or that were indexed by another version. */
export async function accountsBehind(
  tx: Tx,
  accountId: number,
  { version, limit }: { readonly version: string; readonly limit: number },
): Promise<readonly (readonly [accountId: number, behind: boolean])[]> {
  const rows = await tx.all<[number, number]>(sql`
    SELECT a.account_id, CASE WHEN s.account_id IS NULL THEN 1 WHEN s.version <> ${version} THEN 1
      WHEN a.last_id > s.indexed_to THEN 1 ELSE 0 END
    FROM mail_account a LEFT JOIN search_account s ON s.account_id = a.account_id
    WHERE a.account_id > ${accountId} ORDER BY a.account_id LIMIT ${limit}`)
  return rows.map(([id, behind]) => [id, behind === 1])
}
