// RETURN (...) of SEARCH, SORT and ESEARCH: RFC 4731 3.1, 5182 2, 5267 4, 5465 7, 6203 4, 9394 3.1.

import type { Cursor } from '#text/cursor.ts'
import type { FetchItem, PartialRange, SearchReturn } from './command.ts'
import { atom, parenthesized, positiveNumber, skipSpaces, space } from './grammar.ts'
import { fetchItems } from './parse-fetch.ts'

interface Options {
  readonly names: Set<string>
  partial: PartialRange | undefined
  updateItems: readonly FetchItem[] | undefined
}

/** `RETURN (...) ` with the space behind it; undefined if it does not stand here. Throws ParseError. */
export function searchReturn(cursor: Cursor): SearchReturn | undefined {
  if (!cursor.takeAnyCase('RETURN ')) return undefined
  skipSpaces(cursor)
  const options: Options = { names: new Set(), partial: undefined, updateItems: undefined }
  const start = cursor.at
  parenthesized(cursor, { max: optionNames.size, mayBeEmpty: true, what: 'result options' }, () => {
    readOption(cursor, options)
  })
  if (options.names.has('ALL') && options.names.has('PARTIAL')) {
    // RFC 5267 4.4
    cursor.at = start
    cursor.fail('ALL and PARTIAL exclude each other')
  }
  space(cursor)
  return asked(options)
}

/** What a client gets that asks for an ESEARCH without options. */
export const returnAll: SearchReturn = asked({ names: new Set(), partial: undefined, updateItems: undefined })

function asked({ names, partial, updateItems }: Options): SearchReturn {
  const hasResult = [...names].some(name => resultOptions.has(name))
  return {
    min: names.has('MIN'),
    max: names.has('MAX'),
    count: names.has('COUNT'),
    // Without any option that names a result all is asked for (RFC 4731 3.1), but with SAVE nothing (RFC 5182 2.1).
    all: names.has('ALL') || (!hasResult && !names.has('SAVE')),
    save: names.has('SAVE'),
    relevancy: names.has('RELEVANCY'),
    context: names.has('CONTEXT'),
    update: names.has('UPDATE'),
    updateItems,
    partial,
  }
}

const resultOptions = new Set(['MIN', 'MAX', 'COUNT', 'ALL', 'PARTIAL'])
const optionNames = new Set([...resultOptions, 'SAVE', 'RELEVANCY', 'CONTEXT', 'UPDATE'])

function readOption(cursor: Cursor, options: Options): void {
  const start = cursor.at
  const name = atom(cursor, 'a result option').toUpperCase()
  // The same option again says nothing new (RFC 4466 2.6.1), but of two ranges none is the one.
  const isAgain = name === 'PARTIAL' && options.partial !== undefined
  if (isAgain || !optionNames.has(name)) {
    cursor.at = start
    cursor.fail(isAgain ? 'PARTIAL twice' : `no such result option: ${name.slice(0, 40)}`)
  }
  options.names.add(name)
  if (name === 'UPDATE') options.updateItems = itemsBehind(cursor) ?? options.updateItems
  if (name !== 'PARTIAL') return
  space(cursor)
  options.partial = partialRange(cursor)
}

/** `(UID FLAGS)` behind UPDATE (RFC 5465 7). */
function itemsBehind(cursor: Cursor): readonly FetchItem[] | undefined {
  const start = cursor.at
  // RFC 5465 8 has no space there, its examples have one.
  skipSpaces(cursor)
  if (cursor.peek === '(') return fetchItems(cursor)
  cursor.at = start
  return undefined
}

/** `1:100`, or `-1:-100` from the end; either end may stand first. */
function partialRange(cursor: Cursor): PartialRange {
  const start = cursor.at
  const fromEnd = cursor.take('-')
  const one = positiveNumber(cursor, 'the start of a range')
  cursor.expect(':')
  if (cursor.take('-') !== fromEnd) cursor.fail('both ends of the range count from the start, or both from the end')
  const other = positiveNumber(cursor, 'the end of a range')
  const written = cursor.text.slice(start, cursor.at)
  return { first: Math.min(one, other), last: Math.max(one, other), fromEnd, written }
}
