// From what was found to what is said: the items of an ESEARCH response (RFC 4731 3.1, 5267 4.4, 6203 4, 7162 3.1.10, 9394 3.1) and what `$` keeps of it.

import type { Selected } from '#imap/selected.ts'
import type { PartialRange, SearchKey, SearchReturn } from '#wire/imap/command.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'

export interface SearchResult {
  readonly selected: Selected
  /** In the order of the result: for SORT its own, else ascending. */
  readonly places: readonly number[]
  /** Whether it is told in UIDs. */
  readonly uid: boolean
  relevancyAt(place: number): number
  /** The key asked for MODSEQ: then the answer tells the highest one (RFC 7162 3.1.5). */
  readonly tellsModseq: boolean
  /** The mailbox's MODSEQ when the search began. */
  readonly modseq: number
}

/** As in `MIN 2`, in the order of RFC 4731's examples. */
export function resultItems(result: SearchResult, returns: SearchReturn): readonly string[] {
  const { places } = result
  const [first] = places
  const last = places.at(-1)
  const items: string[] = []
  if (returns.min && first !== undefined) items.push(`MIN ${numberOf(result, first)}`)
  if (returns.max && last !== undefined) items.push(`MAX ${numberOf(result, last)}`)
  if (returns.count) items.push(`COUNT ${places.length}`)
  if (returns.all && places.length > 0) items.push(`ALL ${numbersOf(result, places)}`)
  if (returns.partial !== undefined) {
    const some = part(places, returns.partial)
    items.push(`PARTIAL (${returns.partial.written} ${some.length === 0 ? 'NIL' : numbersOf(result, some)})`)
  }
  if (returns.relevancy) items.push(...relevancies(result, returns))
  // RFC 4731 3.2: it belongs to what is told, and is no answer by itself.
  const tellsModseq = result.tellsModseq && asksResult(returns)
  const modseq = tellsModseq ? highestModseq(result.selected, named(places, returns)) : undefined
  if (modseq !== undefined) items.push(`MODSEQ ${modseq}`)
  return items
}

/** Whether anything is to be told of the result (RFC 5182 2.1). */
export function asksResult({ min, max, count, all, partial, relevancy }: SearchReturn): boolean {
  return min || max || count || all || relevancy || partial !== undefined
}

/** UIDs that `$` stands for from now on, ascending (RFC 5182 2.4, RFC 9394 3.2). */
export function savedUids({ selected, places }: SearchResult, returns: SearchReturn): readonly number[] {
  return named(places, returns)
    .map(place => selected.uidAt(place))
    .sort((a, b) => a - b)
}

/** Of the messages at `places`; undefined if there are none. */
export function highestModseq(selected: Selected, places: readonly number[]): number | undefined {
  if (places.length === 0) return undefined
  return places.reduce((highest, place) => Math.max(highest, selected.modseqAt(place)), 0)
}

export function numberOf({ selected, uid }: Pick<SearchResult, 'selected' | 'uid'>, place: number): number {
  return uid ? selected.uidAt(place) : place + 1
}

/** Whether the key is made of one that `is`, at any depth. */
export function holdsKey(key: SearchKey, is: (key: SearchKey) => boolean): boolean {
  if (is(key)) return true
  switch (key.key) {
    case 'fuzzy':
    case 'not':
      return holdsKey(key.of, is)
    case 'or':
      return holdsKey(key.left, is) || holdsKey(key.right, is)
    case 'and':
      return key.all.some(one => holdsKey(one, is))
    default:
      return false
  }
}

function numbersOf(result: SearchResult, places: readonly number[]): string {
  return printUidSet(places.map(place => numberOf(result, place)))
}

/** The places that `$` and MODSEQ are about: those of MIN, MAX and PARTIAL where nothing asks for all, else all. */
function named(places: readonly number[], returns: SearchReturn): readonly number[] {
  const { min, max, partial } = returns
  if (returns.all || returns.count || !(min || max || partial !== undefined)) return places
  const some = partial === undefined ? [] : part(places, partial)
  return [...new Set([...(min ? places.slice(0, 1) : []), ...some, ...(max ? places.slice(-1) : [])])]
}

function part(places: readonly number[], { first, last, fromEnd }: PartialRange): readonly number[] {
  if (!fromEnd) return places.slice(first - 1, last)
  return places.slice(Math.max(0, places.length - last), Math.max(0, places.length - first + 1))
}

/** In the order of what ALL or PARTIAL names. */
function relevancies(result: SearchResult, { partial }: SearchReturn): readonly string[] {
  const places = partial === undefined ? result.places : part(result.places, partial)
  return places.length === 0 ? [] : [`RELEVANCY (${places.map(place => result.relevancyAt(place)).join(' ')})`]
}
