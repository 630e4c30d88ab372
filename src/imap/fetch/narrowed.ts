// The messages that FETCH's modifiers leave of those it names: PARTIAL, the page that the client shows (RFC 9394 3.3), and what has changed on it,
// CHANGEDSINCE (RFC 7162 3.1.4.1, RFC 9394 3.4).

import { placesIn, type Range, rangesSize } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import type { FetchModifiers } from '#wire/imap/command.ts'

/** `ranges` and the result are ascending and disjoint. */
export function narrowed(
  ranges: readonly Range[],
  selected: Pick<Selected, 'modseqAt'>,
  { changedSince, partial }: Pick<FetchModifiers, 'changedSince' | 'partial'>,
): readonly Range[] {
  const page = partial === undefined ? ranges : cutOut(ranges, partial)
  return changedSince === undefined ? page : changedIn(page, selected, changedSince)
}

function changedIn(
  ranges: readonly Range[],
  selected: Pick<Selected, 'modseqAt'>,
  changedSince: number,
): readonly Range[] {
  const changed: { first: number; last: number }[] = []
  for (const place of placesIn(ranges)) {
    if (selected.modseqAt(place) <= changedSince) continue
    const before = changed.at(-1)
    if (before !== undefined && before.last === place - 1) before.last = place
    else changed.push({ first: place, last: place })
  }
  return changed
}

/** The `first` to `last` of them, counted from 1; from the end if `fromEnd`. */
function cutOut(
  ranges: readonly Range[],
  { first, last, fromEnd }: NonNullable<FetchModifiers['partial']>,
): readonly Range[] {
  const size = rangesSize(ranges)
  const from = fromEnd ? size - last : first - 1
  const to = fromEnd ? size - first : last - 1
  const cut: Range[] = []
  let before = 0
  for (const range of ranges) {
    const start = Math.max(range.first, range.first + from - before)
    const end = Math.min(range.last, range.first + to - before)
    if (start <= end) cut.push({ first: start, last: end })
    before += range.last - range.first + 1
  }
  return cut
}
