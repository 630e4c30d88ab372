// Makes one segment of several neighbours, or one anew, without its messages that are gone. Reads no message: the rows are enough.

import type { Database } from '#io/sql/database.ts'
import { fieldRows, indexedFields, messagesIn } from './field-texts.ts'
import { limits } from './limits.ts'
import { dropSegments, fieldsOf, forgetGone, insertSegment, listIn, type SegmentSize, segmentAfter } from './rows.ts'
import { type Segment, wordKind } from './segment.ts'
import { type MergedList, mergeLists } from './word-list.ts'
import { RowWriter, removeRows, writeRows } from './write.ts'

export interface MergeNeeds {
  readonly database: Database
  readonly accountId: number
  /** Of the segment to be. */
  readonly segmentId: number
  /** Messages that are gone. */
  readonly gone: ReadonlySet<number>
  readonly breathe: () => Promise<void>
}

interface Source {
  readonly segment: Segment
  /** By its place, a message's place in the segment to be; -1: it is gone. */
  readonly places: Int32Array
}

/** The segments follow one another. */
export async function mergeSegments(needs: MergeNeeds, sizes: readonly SegmentSize[]): Promise<void> {
  const { database, accountId, segmentId, gone } = needs
  const segments = await readSegments(needs, sizes)
  const { sources, merged } = plan(segments, needs)
  const writer = new RowWriter(database)
  await mergeWords(needs, sources, writer)
  await mergeFields(needs, sources, writer)
  await writer.end()
  const removed = segments.flatMap(({ ids }) => Array.from(ids).filter(id => gone.has(id)))
  const isDone = await database.write(async tx => {
    if (!(await dropSegments(tx, accountId, sizes))) return false
    await insertSegment(tx, accountId, merged)
    await forgetGone(tx, accountId, removed)
    return true
  })
  const unnamed = isDone ? sizes.map(size => size.segmentId) : [segmentId]
  await removeRows(database, accountId, unnamed)
}

async function readSegments(
  { database, accountId }: MergeNeeds,
  sizes: readonly SegmentSize[],
): Promise<readonly Segment[]> {
  return await database.read(async tx => {
    const segments: Segment[] = []
    for (const { afterId, segmentId } of sizes) {
      const segment = await segmentAfter(tx, accountId, afterId)
      if (segment?.segmentId !== segmentId) throw new Error(`segment ${segmentId} of account ${accountId} is not there`)
      segments.push(segment)
    }
    return segments
  })
}

function plan(
  segments: readonly Segment[],
  { gone, segmentId }: MergeNeeds,
): { readonly sources: readonly Source[]; readonly merged: Segment } {
  const ids: number[] = []
  const unread = { header: [] as number[], body: [] as number[] }
  const sources = segments.map(segment => {
    const places = new Int32Array(segment.ids.length).fill(-1)
    for (const [place, id] of segment.ids.entries()) if (!gone.has(id)) places[place] = ids.push(id) - 1
    for (const kind of ['header', 'body'] as const) {
      for (const place of segment.unread[kind]) if ((places[place] ?? -1) >= 0) unread[kind].push(places[place] ?? 0)
    }
    return { segment, places }
  })
  const afterId = segments[0]?.afterId ?? 0
  const lastId = segments.at(-1)?.lastId ?? 0
  return { sources, merged: { segmentId, afterId, lastId, ids: Float64Array.from(ids), unread } }
}

async function mergeWords(needs: MergeNeeds, sources: readonly Source[], writer: RowWriter): Promise<void> {
  for (const kind of Object.values(wordKind)) {
    for (let bucket = 0; bucket < limits.buckets; bucket += 1) {
      const lists = await readLists(needs, sources, kind, bucket)
      const list = await mergeLists(bucket, lists, needs.breathe)
      if (list !== undefined) await writeRows(writer, needs, { words: [{ kind, list }] })
    }
  }
}

async function readLists(
  { database, accountId }: MergeNeeds,
  sources: readonly Source[],
  kind: 0 | 1,
  bucket: number,
): Promise<readonly MergedList[]> {
  return await database.read(async tx => {
    const lists: MergedList[] = []
    for (const { segment, places } of sources) {
      const list = await listIn(tx, { accountId, segmentId: segment.segmentId, kind }, bucket)
      if (list !== undefined) lists.push({ ...list, places })
    }
    return lists
  })
}

async function mergeFields(needs: MergeNeeds, sources: readonly Source[], writer: RowWriter): Promise<void> {
  const { database, accountId, breathe } = needs
  for (const field of indexedFields.keys()) {
    const octets: Uint8Array[] = []
    for (const { segment, places } of sources) {
      const rows = await database.read(tx => fieldsOf(tx, accountId, segment.segmentId, field))
      for (const { first, texts } of rows) {
        let place = first
        for (const message of messagesIn(texts)) if ((places[place++] ?? -1) >= 0) octets.push(message)
      }
      await breathe()
    }
    await writeRows(writer, needs, { fields: fieldRows(field, octets) })
  }
}
