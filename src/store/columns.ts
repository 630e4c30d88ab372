// The columns of a mailbox view: arrays with room at the end, typed but for the keywords, and the changes of the feed applied to them.

import { flag } from '#mail/flags.ts'
import type { Entry, FlagChange, Origin } from './change.ts'
import type { EntryRow } from './entry-row.ts'
import { sharedKeywords } from './keywords.ts'
import { indexOfUid, type Snapshot } from './mailbox-view.ts'

/** A Snapshot that grows. The arrays are replaced by larger ones when they are full, with the same content at the same places. */
export class Columns implements Snapshot {
  count = 0
  uids: Uint32Array
  flags: Uint8Array
  keywords: string[]
  hasKeywords = false
  modseqs: Float64Array
  entryIds: Float64Array
  messageIds: Float64Array
  threadIds: Float64Array
  sizes: Float64Array
  dates: Float64Array
  savedDates: Float64Array
  origins: Map<number, Origin> | undefined

  constructor(capacity: number) {
    this.uids = new Uint32Array(capacity)
    this.flags = new Uint8Array(capacity)
    this.keywords = new Array<string>(capacity).fill('')
    this.modseqs = new Float64Array(capacity)
    this.entryIds = new Float64Array(capacity)
    this.messageIds = new Float64Array(capacity)
    this.threadIds = new Float64Array(capacity)
    this.sizes = new Float64Array(capacity)
    this.dates = new Float64Array(capacity)
    this.savedDates = new Float64Array(capacity)
  }

  /** Rows come in the order of their UIDs, all above those that are here. */
  addRow(row: EntryRow): void {
    if (this.count === this.uids.length) this.#grow()
    const at = this.count
    this.uids[at] = row[0]
    this.flags[at] = row[1]
    this.#setKeywords(at, row[2])
    this.modseqs[at] = row[3]
    this.entryIds[at] = row[4]
    this.messageIds[at] = row[5]
    this.threadIds[at] = row[6]
    this.sizes[at] = row[7]
    this.dates[at] = row[8]
    this.savedDates[at] = row[9]
    this.count = at + 1
  }

  add(entry: Entry): void {
    this.addRow([
      entry.uid,
      entry.flags,
      entry.keywords,
      entry.modseq,
      entry.entryId,
      entry.messageId,
      entry.threadId,
      entry.sizeBytes,
      entry.internalDate,
      entry.savedAt,
    ])
    if (entry.origin === undefined) return
    this.origins ??= new Map()
    this.origins.set(entry.messageId, entry.origin)
  }

  setFlags(change: FlagChange, modseq: number): void {
    const at = indexOfUid(this, change.uid)
    if (at < 0) return
    this.flags[at] = change.flags
    this.#setKeywords(at, change.keywords)
    this.modseqs[at] = modseq
  }

  setTaken(uids: readonly number[], taken: boolean): void {
    for (const uid of uids) {
      const at = indexOfUid(this, uid)
      if (at < 0) continue
      const flags = this.flags[at] ?? 0
      this.flags[at] = taken ? flags | flag.taken : flags & ~flag.taken
    }
  }

  #setKeywords(at: number, keywords: string): void {
    this.keywords[at] = sharedKeywords(keywords)
    this.hasKeywords ||= keywords !== ''
  }

  /** A copy that lacks `uids` (ascending): runs between them are copied as a whole. */
  without(uids: readonly number[]): Columns {
    const gone = uids.map(uid => indexOfUid(this, uid)).filter(index => index >= 0)
    const copy = new Columns(capacityFor(this.count - gone.length))
    let from = 0
    for (const index of [...gone, this.count]) {
      copy.#appendRun(this, from, index)
      from = index + 1
    }
    return copy
  }

  #appendRun(source: Columns, from: number, to: number): void {
    const at = this.count
    this.uids.set(source.uids.subarray(from, to), at)
    this.flags.set(source.flags.subarray(from, to), at)
    for (let index = from; index < to; index += 1) this.keywords[at + index - from] = source.keywords[index] ?? ''
    this.hasKeywords ||= source.hasKeywords
    this.origins ??= source.origins
    this.modseqs.set(source.modseqs.subarray(from, to), at)
    this.entryIds.set(source.entryIds.subarray(from, to), at)
    this.messageIds.set(source.messageIds.subarray(from, to), at)
    this.threadIds.set(source.threadIds.subarray(from, to), at)
    this.sizes.set(source.sizes.subarray(from, to), at)
    this.dates.set(source.dates.subarray(from, to), at)
    this.savedDates.set(source.savedDates.subarray(from, to), at)
    this.count = at + Math.max(0, to - from)
  }

  #grow(): void {
    const larger = new Columns(capacityFor(this.count))
    larger.#appendRun(this, 0, this.count)
    Object.assign(this, larger)
  }
}

/** A quarter more, so that growing one by one copies each item a constant number of times. */
export function capacityFor(count: number): number {
  return count + (count >>> 2) + 16
}
