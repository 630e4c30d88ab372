// SEARCH keys that the session's columns answer (RFC 3501 6.4.4). Keys that need the message itself come out as 'ask', so that
// a message is read only if the cheap keys leave it open.

import { type Range, rangesOfNumbers, rangesOfUids } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import { flag } from '#mail/flags.ts'
import type { SearchKey, SequenceSet } from '#wire/imap/command.ts'

export type Verdict = 'no' | 'yes' | 'ask'
export type ColumnTest = (place: number) => Verdict

export const dayMs = 86_400_000

/** The test of `key` for the messages that the session knows now. */
export function columnTest(key: SearchKey, selected: Selected): ColumnTest {
  const { columns } = selected
  switch (key.key) {
    case 'all':
      return () => 'yes'
    case 'recent':
      return place => verdict(selected.isRecent(place))
    case 'new':
      return place => verdict(selected.isRecent(place) && (selected.flagsAt(place) & flag.seen) === 0)
    case 'old':
      return place => verdict(!selected.isRecent(place))
    case 'flag':
      return place => verdict(((selected.flagsAt(place) & key.bit) !== 0) === key.set)
    case 'keyword':
      return keywordTest(key, selected)
    case 'sequence':
      return rangesTest(rangesOfKnownNumbers(key.set, selected.exists))
    case 'uid':
      return rangesTest(rangesOfUids(key.set, columns, selected.exists))
    case 'before':
      return place => verdict((columns.dates[place] ?? 0) < key.day)
    case 'on':
      return place => verdict(Math.floor((columns.dates[place] ?? 0) / dayMs) === key.day / dayMs)
    case 'since':
      return place => verdict((columns.dates[place] ?? 0) >= key.day)
    case 'larger':
      return place => verdict((columns.sizes[place] ?? 0) > key.sizeBytes)
    case 'smaller':
      return place => verdict((columns.sizes[place] ?? 0) < key.sizeBytes)
    case 'not':
      return notTest(columnTest(key.of, selected))
    case 'or':
      return anyTest([columnTest(key.left, selected), columnTest(key.right, selected)])
    case 'and':
      return allTest(key.all.map(one => columnTest(one, selected)))
    case 'header':
    case 'body':
    case 'text':
    case 'sentbefore':
    case 'senton':
    case 'sentsince':
      return () => 'ask'
  }
}

function verdict(holds: boolean): Verdict {
  return holds ? 'yes' : 'no'
}

function notTest(test: ColumnTest): ColumnTest {
  return place => {
    const found = test(place)
    return found === 'ask' ? 'ask' : verdict(found === 'no')
  }
}

function anyTest(tests: readonly ColumnTest[]): ColumnTest {
  return place => decide(tests, place, 'yes')
}

function allTest(tests: readonly ColumnTest[]): ColumnTest {
  return place => decide(tests, place, 'no')
}

/** `decisive` as soon as one test says so, whatever the message would answer to the others. */
function decide(tests: readonly ColumnTest[], place: number, decisive: 'yes' | 'no'): Verdict {
  let result: Verdict = decisive === 'yes' ? 'no' : 'yes'
  for (const test of tests) {
    const found = test(place)
    if (found === decisive) return decisive
    if (found === 'ask') result = 'ask'
  }
  return result
}

/** Keywords have no case (RFC 3501 2.3.2). */
function keywordTest({ keyword, set }: { keyword: string; set: boolean }, selected: Selected): ColumnTest {
  const wanted = keyword.toLowerCase()
  let last = ''
  let lastHas = false
  return place => {
    const keywords = selected.keywordsAt(place)
    if (keywords !== last) {
      last = keywords
      lastHas = keywords.toLowerCase().split(' ').includes(wanted)
    }
    return verdict(lastHas === set)
  }
}

/** Holds no more than the ranges: a search may have thousands of such keys. */
function rangesTest(ranges: readonly Range[]): ColumnTest {
  return place => {
    let low = 0
    let high = ranges.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((ranges[middle]?.last ?? 0) < place) low = middle + 1
      else high = middle
    }
    const range = ranges[low]
    return verdict(range !== undefined && range.first <= place)
  }
}

/** Numbers beyond the last message match nothing: a search is no place to fail for them. */
function rangesOfKnownNumbers(set: SequenceSet, exists: number): readonly Range[] {
  const within = set.flatMap(item => {
    if (item.from === '*' || item.to === '*') return [item]
    const low = Math.min(item.from, item.to)
    return low > exists ? [] : [{ from: low, to: Math.min(Math.max(item.from, item.to), exists) }]
  })
  return rangesOfNumbers(within, exists) ?? []
}
