// SEARCH keys that the session's columns answer (RFC 3501 6.4.4, 5032, 5182, 7162, 8474, 8514). Keys that need the message itself come out as 'ask', so that
// a message is read only if the cheap keys leave it open.

import { type Range, rangesOfNumbers, rangesOfUids } from '#imap/message-ranges.ts'
import { emailIdAt, threadIdAt } from '#imap/object-ids.ts'
import type { Selected } from '#imap/selected.ts'
import { flag } from '#mail/flags.ts'
import type { SearchKey, SequenceSet } from '#wire/imap/command.ts'
import { type ObjectId, parseObjectId } from '#wire/imap/object-id.ts'
import type { SearchGround } from './search-ground.ts'

export type Verdict = 'no' | 'yes' | 'ask'
export type ColumnTest = (place: number) => Verdict

export const dayMs = 86_400_000

/** The test of `key` for the messages that the session knows now. */
export function columnTest(key: SearchKey, ground: SearchGround): ColumnTest {
  const { selected } = ground
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
    case 'saved':
      return rangesTest(ground.saved)
    case 'before':
      return place => verdict((columns.dates[place] ?? 0) < key.day)
    case 'on':
      return place => verdict(dayOf(columns.dates[place] ?? 0) === key.day)
    case 'since':
      return place => verdict((columns.dates[place] ?? 0) >= key.day)
    case 'savedbefore':
      return place => verdict((columns.savedDates[place] ?? 0) < key.day)
    case 'savedon':
      return place => verdict(dayOf(columns.savedDates[place] ?? 0) === key.day)
    case 'savedsince':
      return place => verdict((columns.savedDates[place] ?? 0) >= key.day)
    case 'older':
      return ageTest(ground, age => age >= key.seconds)
    case 'younger':
      return ageTest(ground, age => age <= key.seconds)
    case 'modseq':
      return place => verdict(selected.modseqAt(place) >= key.modseq)
    case 'emailid':
      return idTest(parseObjectId('M', key.id), selected, emailIdAt)
    case 'threadid':
      return idTest(parseObjectId('T', key.id), selected, threadIdAt)
    case 'larger':
      return place => verdict((columns.sizes[place] ?? 0) > key.sizeBytes)
    case 'smaller':
      return place => verdict((columns.sizes[place] ?? 0) < key.sizeBytes)
    case 'fuzzy':
      return columnTest(key.of, ground)
    case 'not':
      return notTest(columnTest(key.of, ground))
    case 'or':
      return anyTest([columnTest(key.left, ground), columnTest(key.right, ground)])
    case 'and':
      return allTest(key.all.map(one => columnTest(one, ground)))
    case 'header':
    case 'body':
    case 'text': {
      const texts = ground.texts.get(key)
      return texts === undefined ? () => 'ask' : place => texts.of(columns.messageIds[place] ?? 0)
    }
    case 'sentbefore':
    case 'senton':
    case 'sentsince':
      return () => 'ask'
  }
}

/** RFC 5032 2: in whole seconds, as INTERNALDATE is told; both ends are included. */
function ageTest({ selected: { columns }, nowMs }: SearchGround, holds: (seconds: number) => boolean): ColumnTest {
  const now = wholeSeconds(nowMs)
  return place => verdict(holds(now - wholeSeconds(columns.dates[place] ?? 0)))
}

/** Of milliseconds. */
export function wholeSeconds(ms: number): number {
  return Math.floor(ms / 1000)
}

function dayOf(ms: number): number {
  return Math.floor(ms / dayMs) * dayMs
}

/** An id that is none of ours is nobody's; one of another account only theirs who came from there. */
function idTest(id: ObjectId | undefined, { view, columns }: Selected, idAt: typeof emailIdAt): ColumnTest {
  if (id === undefined || (id.accountId !== view.accountId && columns.origins === undefined)) return () => 'no'
  return place => {
    const { accountId, number } = idAt(columns, place, view.accountId)
    return verdict(number === id.number && accountId === id.accountId)
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
export function rangesOfKnownNumbers(set: SequenceSet, exists: number): readonly Range[] {
  const within = set.flatMap(item => {
    if (item.from === '*' || item.to === '*') return [item]
    const low = Math.min(item.from, item.to)
    return low > exists ? [] : [{ from: low, to: Math.min(Math.max(item.from, item.to), exists) }]
  })
  return rangesOfNumbers(within, exists) ?? []
}
