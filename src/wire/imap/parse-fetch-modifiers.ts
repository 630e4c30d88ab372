// What may stand in parentheses behind FETCH's items (RFC 4466 2.4): CHANGEDSINCE and VANISHED (RFC 7162 3.1.4.1, 3.2.6), PARTIAL (RFC 9394 3.3).

import type { Cursor } from '#text/cursor.ts'
import type { FetchModifiers } from './command.ts'
import { atom, modseq, parenthesized, positiveNumber, skipSpaces, space } from './grammar.ts'

type Modifier = Partial<FetchModifiers>

/** Begins behind the items; without modifiers nothing is taken. `uid`: VANISHED and PARTIAL are UID FETCH's. Throws ParseError. */
export function fetchModifiers(cursor: Cursor, uid: boolean): FetchModifiers {
  const none: FetchModifiers = { changedSince: undefined, vanished: false, partial: undefined }
  const start = cursor.at
  if (!skipSpaces(cursor) || cursor.peek !== '(') {
    cursor.at = start
    return none
  }
  const seen = new Set<string>()
  const options = { max: readers.size, mayBeEmpty: false, what: 'modifiers' }
  const found = parenthesized(cursor, options, () => modifier(cursor, { uid, seen }))
  const modifiers: FetchModifiers = Object.assign({}, none, ...found)
  if (modifiers.vanished && modifiers.changedSince === undefined) cursor.fail('VANISHED needs CHANGEDSINCE')
  return modifiers
}

function modifier(cursor: Cursor, { uid, seen }: { readonly uid: boolean; readonly seen: Set<string> }): Modifier {
  const start = cursor.at
  const name = atom(cursor, 'a modifier').toUpperCase()
  const read = readers.get(name)
  cursor.at = read === undefined || seen.has(name) ? start : cursor.at
  if (read === undefined) return cursor.fail(`no such modifier: ${name.slice(0, 40)}`)
  if (seen.has(name)) return cursor.fail(`${name} twice`)
  if (!uid && name !== 'CHANGEDSINCE') return cursor.fail(`${name} belongs to UID FETCH`)
  seen.add(name)
  return read(cursor)
}

const readers: ReadonlyMap<string, (cursor: Cursor) => Modifier> = new Map<string, (cursor: Cursor) => Modifier>([
  ['CHANGEDSINCE', changedSince],
  ['VANISHED', () => ({ vanished: true })],
  ['PARTIAL', partialRange],
])

function changedSince(cursor: Cursor): Modifier {
  space(cursor)
  return { changedSince: modseq(cursor) }
}

/** `1:100`, or `-1:-100` from the end; both ends count in the same direction, in either order. */
function partialRange(cursor: Cursor): Modifier {
  space(cursor)
  const fromEnd = cursor.take('-')
  const one = positiveNumber(cursor, 'the start of a range')
  cursor.expect(':')
  if (cursor.take('-') !== fromEnd) cursor.fail('both ends of the range count from the start, or both from the end')
  const other = positiveNumber(cursor, 'the end of a range')
  return { partial: { first: Math.min(one, other), last: Math.max(one, other), fromEnd } }
}
