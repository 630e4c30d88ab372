// The arguments of commands on messages of the selected mailbox: FETCH, STORE, COPY, MOVE, UID EXPUNGE (RFC 3501 6.4, 4315, 6851, 7162 3.1.3).

import type { Cursor } from '#text/cursor.ts'
import type { ArgumentReader } from './argument-reader.ts'
import type { Command } from './command.ts'
import { storeFlags } from './flags.ts'
import { modseq, skipSpaces, space } from './grammar.ts'
import { mailboxName } from './mailbox-name.ts'
import { fetchItems } from './parse-fetch.ts'
import { fetchModifiers } from './parse-fetch-modifiers.ts'
import { sequenceSet } from './sequence-set.ts'

export function fetch(uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const set = sequenceSet(cursor)
    space(cursor)
    return { tag, verb: 'FETCH', uid, set, items: fetchItems(cursor), ...fetchModifiers(cursor, uid) }
  }
}

export function store(uid: boolean): ArgumentReader {
  return (cursor, tag) => {
    space(cursor)
    const set = sequenceSet(cursor)
    space(cursor)
    const unchangedSince = storeModifiers(cursor)
    const action = cursor.take('+') ? 'add' : cursor.take('-') ? 'remove' : 'replace'
    if (!cursor.takeAnyCase('FLAGS')) cursor.fail('expected FLAGS')
    const silent = cursor.takeAnyCase('.SILENT')
    space(cursor)
    return { tag, verb: 'STORE', uid, set, unchangedSince, action, silent, ...storeFlags(cursor) }
  }
}

/** `(UNCHANGEDSINCE 12345) ` (RFC 7162 3.1.3, RFC 4466 2.5). */
function storeModifiers(cursor: Cursor): number | undefined {
  if (!cursor.take('(')) return undefined
  skipSpaces(cursor)
  if (!cursor.takeAnyCase('UNCHANGEDSINCE')) cursor.fail('expected UNCHANGEDSINCE')
  space(cursor)
  const unchangedSince = modseq(cursor)
  skipSpaces(cursor)
  cursor.expect(')')
  space(cursor)
  return unchangedSince
}

export function copy(verb: 'COPY' | 'MOVE', uid: boolean): ArgumentReader {
  return (cursor, tag, dialect) => {
    space(cursor)
    const set = sequenceSet(cursor)
    space(cursor)
    return { tag, verb, uid, set, mailbox: mailboxName(cursor, dialect) }
  }
}

export function uidExpunge(cursor: Cursor, tag: string): Command {
  space(cursor)
  return { tag, verb: 'UID EXPUNGE', set: sequenceSet(cursor) }
}
