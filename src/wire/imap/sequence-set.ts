// `sequence-set` (RFC 3501 9): 1,3:5,9:* read from a command, and UIDs printed as one.

import type { Cursor } from '#text/cursor.ts'
import type { SequenceSet } from './command.ts'
import { positiveNumber } from './grammar.ts'
import { sequenceRangesMax } from './limits.ts'

/** `$` (RFC 5182 2), until the session puts the saved result in its place: no message has the number 0. */
export const savedSet: SequenceSet = [{ from: 0, to: 0 }]

export function isSaved(set: SequenceSet): boolean {
  return set[0]?.from === 0
}

export function sequenceSet(cursor: Cursor): SequenceSet {
  if (cursor.take('$')) return savedSet
  const ranges: { from: number | '*'; to: number | '*' }[] = []
  do {
    if (ranges.length === sequenceRangesMax) cursor.fail(`more than ${sequenceRangesMax} ranges in a set`)
    const from = sequenceNumber(cursor)
    const to = cursor.take(':') ? sequenceNumber(cursor) : from
    ranges.push({ from, to })
  } while (cursor.take(','))
  return ranges
}

function sequenceNumber(cursor: Cursor): number | '*' {
  return cursor.take('*') ? '*' : positiveNumber(cursor, 'a message number')
}

/** Numbers as a set, each run of successors as one range, in the order given: COPYUID pairs its two sets by it (RFC 4315 3). '' for none. */
export function printUidSet(uids: Iterable<number>): string {
  let set = ''
  let first = 0
  let last = 0
  for (const uid of uids) {
    if (first !== 0 && uid === last + 1) {
      last = uid
      continue
    }
    if (first !== 0) set += `${printRange(first, last)},`
    first = uid
    last = uid
  }
  return first === 0 ? set : set + printRange(first, last)
}

function printRange(first: number, last: number): string {
  return first === last ? String(first) : `${first}:${last}`
}
