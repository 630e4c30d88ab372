// The parameters of SELECT and EXAMINE (RFC 4466 2.1, RFC 7162 3.1.8, 3.2.5).

import type { Cursor } from '#text/cursor.ts'
import type { KnownState, SelectParameters } from './command.ts'
import { atom, modseq, parenthesized, positiveNumber, skipSpaces, space } from './grammar.ts'
import { sequenceSet } from './sequence-set.ts'

/** Behind the mailbox name: nothing, or `(CONDSTORE QRESYNC (...))`. */
export function selectParameters(cursor: Cursor): SelectParameters {
  const nothing = { condstore: false, known: undefined }
  const start = cursor.at
  if (!skipSpaces(cursor) || cursor.peek !== '(') {
    cursor.at = start
    return nothing
  }
  let parameters: SelectParameters = nothing
  parenthesized(cursor, { max: 2, mayBeEmpty: false, what: 'parameters' }, () => {
    const name = atom(cursor, 'a parameter').toUpperCase()
    if (name === 'CONDSTORE') parameters = { ...parameters, condstore: true }
    else if (name === 'QRESYNC') parameters = { ...parameters, known: knownState(cursor) }
    else cursor.fail(`no such parameter: ${name}`)
  })
  return parameters
}

/** `(uidvalidity modseq [known-uids] [(sequence-numbers uids)])`. */
function knownState(cursor: Cursor): KnownState {
  space(cursor)
  cursor.expect('(')
  skipSpaces(cursor)
  const uidValidity = positiveNumber(cursor, 'a UIDVALIDITY')
  space(cursor)
  const since = modseq(cursor)
  let state: KnownState = { uidValidity, modseq: since, uids: undefined, match: undefined }
  if (skipSpaces(cursor) && cursor.peek !== '(' && cursor.peek !== ')') {
    state = { ...state, uids: definite(cursor) }
    skipSpaces(cursor)
  }
  if (cursor.take('(')) {
    const numbers = definite(cursor)
    space(cursor)
    state = { ...state, match: { numbers, uids: definite(cursor) } }
    cursor.expect(')')
    skipSpaces(cursor)
  }
  cursor.expect(')')
  return state
}

/** RFC 7162 3.2.5.1: the client says what it knows, so there is no `*`. */
function definite(cursor: Cursor) {
  const start = cursor.at
  const set = sequenceSet(cursor)
  if (set.every(({ from, to }) => from !== '*' && to !== '*')) return set
  cursor.at = start
  return cursor.fail('"*" makes no sense here')
}
