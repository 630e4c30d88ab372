// The arguments of the commands on access control lists (RFC 4314 3).

import { type RightsAction, readRights } from '#mail/rights.ts'
import type { Cursor } from '#text/cursor.ts'
import type { ArgumentReader } from './argument-reader.ts'
import type { Command } from './command.ts'
import type { Dialect } from './dialect.ts'
import { astring, space, unicode } from './grammar.ts'
import { mailboxName } from './mailbox-name.ts'

export function setAcl(cursor: Cursor, tag: string, dialect: Dialect): Command {
  const named = mailboxAndIdentifier(cursor, dialect)
  space(cursor)
  return { tag, verb: 'SETACL', ...named, ...rightsEdit(cursor) }
}

export function withIdentifier(verb: 'DELETEACL' | 'LISTRIGHTS'): ArgumentReader {
  return (cursor, tag, dialect) => ({ tag, verb, ...mailboxAndIdentifier(cursor, dialect) })
}

export function ofMailbox(verb: 'GETACL' | 'MYRIGHTS'): ArgumentReader {
  return (cursor, tag, dialect) => {
    space(cursor)
    return { tag, verb, mailbox: mailboxName(cursor, dialect) }
  }
}

/** A minus before the identifier makes the entry a negative one (RFC 4314 2). */
function mailboxAndIdentifier(cursor: Cursor, dialect: Dialect) {
  space(cursor)
  const mailbox = mailboxName(cursor, dialect)
  space(cursor)
  const start = cursor.at
  const written = unicode(astring(cursor, 'an identifier'))
  const negative = written.startsWith('-')
  const identifier = negative ? written.slice(1) : written
  if (identifier !== '' && !/[\p{Cc}\p{Cs}]/u.test(identifier)) return { mailbox, identifier, negative }
  // RFC 4314 3: what is empty, or cannot be prepared (RFC 4013 2.3), is no identifier.
  cursor.at = start
  return cursor.fail('that is no identifier')
}

/** A letter that is no right makes the command bad, the others must not be taken without it (RFC 4314 3.1). */
function rightsEdit(cursor: Cursor): { readonly action: RightsAction; readonly rights: string } {
  const start = cursor.at
  const written = astring(cursor, 'rights')
  const action = written.startsWith('+') ? 'add' : written.startsWith('-') ? 'remove' : 'replace'
  const rights = readRights(action === 'replace' ? written : written.slice(1))
  if (rights !== undefined) return { action, rights }
  cursor.at = start
  return cursor.fail('one of the letters is no right')
}
