// Sets of a command (`2:4,9:*`) as ascending, disjoint ranges of places in a list of messages: each message once, however the set was written.

import { indexOfUid, type Snapshot } from '#store/mailbox-view.ts'
import type { SequenceSet } from '#wire/imap/command.ts'

/** Places `first` to `last`, both included, counted from 0. */
export interface Range {
  readonly first: number
  readonly last: number
}

/** The places that message sequence numbers name among `exists` messages; undefined if one of them is beyond the last (RFC 3501 9, seq-number). */
export function rangesOfNumbers(set: SequenceSet, exists: number): readonly Range[] | undefined {
  const ranges: Range[] = []
  for (const item of set) {
    // `9:*` names the last message however few there are, and nothing in an empty mailbox.
    const openEnded = item.from === '*' || item.to === '*'
    const { low, high } = ordered(item, exists)
    if (openEnded) {
      if (exists > 0) ranges.push({ first: Math.min(low, exists) - 1, last: exists - 1 })
    } else if (high > exists) return undefined
    else ranges.push({ first: low - 1, last: high - 1 })
  }
  return merged(ranges)
}

/** The places that UIDs name in the first `count` messages; UIDs that are not there are passed over (RFC 3501 6.4.8). */
export function rangesOfUids(set: SequenceSet, columns: Pick<Snapshot, 'uids'>, count: number): readonly Range[] {
  if (count === 0) return []
  const known = { uids: columns.uids, count }
  const highest = columns.uids[count - 1] ?? 0
  const ranges: Range[] = []
  for (const item of set) {
    const openEnded = item.from === '*' || item.to === '*'
    const { low, high } = ordered(item, highest)
    const first = placeAtOrAfter(known, openEnded ? Math.min(low, highest) : low)
    const last = placeAtOrAfter(known, high + 1) - 1
    if (first <= last) ranges.push({ first, last })
  }
  return merged(ranges)
}

/** How many places the ranges hold. */
export function rangesSize(ranges: readonly Range[]): number {
  let size = 0
  for (const { first, last } of ranges) size += last - first + 1
  return size
}

/** The places that stand in both, each ascending and disjoint. */
export function intersection(some: readonly Range[], others: readonly Range[]): readonly Range[] {
  const both: Range[] = []
  let at = 0
  for (const { first, last } of some) {
    while ((others[at]?.last ?? Number.POSITIVE_INFINITY) < first) at += 1
    for (let next = at; (others[next]?.first ?? Number.POSITIVE_INFINITY) <= last; next += 1)
      both.push({ first: Math.max(first, others[next]?.first ?? 0), last: Math.min(last, others[next]?.last ?? 0) })
  }
  return both
}

/** Every place, in order. */
export function* placesIn(ranges: readonly Range[]): Generator<number> {
  for (const { first, last } of ranges) for (let at = first; at <= last; at += 1) yield at
}

function ordered(item: SequenceSet[number], highest: number): { low: number; high: number } {
  const from = item.from === '*' ? highest : item.from
  const to = item.to === '*' ? highest : item.to
  return { low: Math.min(from, to), high: Math.max(from, to) }
}

/** The place of `uid`, or where it would stand. */
export function placeAtOrAfter(known: Pick<Snapshot, 'uids' | 'count'>, uid: number): number {
  const at = indexOfUid(known, uid)
  return at >= 0 ? at : -at - 1
}

function merged(ranges: readonly Range[]): readonly Range[] {
  const result: { first: number; last: number }[] = []
  for (const { first, last } of ranges.toSorted((a, b) => a.first - b.first)) {
    const before = result.at(-1)
    if (before !== undefined && first <= before.last + 1) before.last = Math.max(before.last, last)
    else result.push({ first, last })
  }
  return result
}
