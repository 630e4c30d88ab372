// The arguments of commands that concern the session: ID, ENABLE, LOGIN, AUTHENTICATE (RFC 2971, 5161, 3501 6.2, 4959).

import type { Cursor } from '#text/cursor.ts'
import type { Command } from './command.ts'
import { astring, atom, nstring, parenthesized, skipSpaces, space, string, unicode } from './grammar.ts'
import { enableNamesMax, idNameLengthMax, idPairsMax, idValueLengthMax } from './limits.ts'
import { decodeSaslResponse } from './parse-sasl.ts'

/** RFC 2971 3.1. Names come in lower case; a field with a NIL value or one over the limits is left out: nothing hangs on it. */
export function id(cursor: Cursor, tag: string): Command {
  space(cursor)
  const fields = new Map<string, string>()
  if (cursor.takeAnyCase('NIL')) return { tag, verb: 'ID', fields }
  parenthesized(cursor, { max: idPairsMax, mayBeEmpty: true, what: 'fields' }, () => {
    const name = string(cursor, 'a name').toLowerCase()
    space(cursor)
    const value = nstring(cursor, 'a value')
    const fits = name.length <= idNameLengthMax && (value ?? '').length <= idValueLengthMax
    if (value !== undefined && fits) fields.set(name, unicode(value))
  })
  return { tag, verb: 'ID', fields }
}

export function enable(cursor: Cursor, tag: string): Command {
  const capabilities: string[] = []
  space(cursor)
  do {
    if (capabilities.length === enableNamesMax) cursor.fail('too many capabilities')
    capabilities.push(atom(cursor, 'a capability').toUpperCase())
  } while (skipSpaces(cursor) && !cursor.done)
  return { tag, verb: 'ENABLE', capabilities }
}

export function login(cursor: Cursor, tag: string): Command {
  space(cursor)
  const user = unicode(astring(cursor, 'a user name'))
  space(cursor)
  return { tag, verb: 'LOGIN', user, password: unicode(astring(cursor, 'a password')) }
}

/** With the initial response of RFC 4959; `=` is an empty one. */
export function authenticate(cursor: Cursor, tag: string): Command {
  space(cursor)
  const mechanism = atom(cursor, 'a mechanism').toUpperCase()
  const start = cursor.at
  if (!skipSpaces(cursor) || cursor.done) return { tag, verb: 'AUTHENTICATE', mechanism, initial: undefined }
  const word = cursor.rest.trimEnd()
  const initial = word === '=' ? new Uint8Array(0) : decodeSaslResponse(word, start + 1)
  cursor.at += word.length
  return { tag, verb: 'AUTHENTICATE', mechanism, initial }
}
