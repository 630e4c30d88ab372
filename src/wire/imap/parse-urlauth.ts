// The arguments of GENURLAUTH, URLFETCH and RESETKEY (RFC 4467 7), and of COMPRESS (RFC 4978 3).

import type { Cursor } from '#text/cursor.ts'
import type { Command } from './command.ts'
import type { Dialect } from './dialect.ts'
import { astring, atom, skipSpaces, space } from './grammar.ts'
import { urlsMax } from './limits.ts'
import { mailboxName } from './mailbox-name.ts'

export function genUrlAuth(cursor: Cursor, tag: string): Command {
  const urls: { rump: string; mechanism: string }[] = []
  do {
    space(cursor)
    if (urls.length === urlsMax) cursor.fail(`more than ${urlsMax} URLs`)
    const rump = astring(cursor, 'a URL')
    space(cursor)
    urls.push({ rump, mechanism: atom(cursor, 'a mechanism').toUpperCase() })
  } while (cursor.peek === ' ' && !onlySpacesLeft(cursor))
  return { tag, verb: 'GENURLAUTH', urls }
}

export function urlFetch(cursor: Cursor, tag: string): Command {
  const urls: string[] = []
  do {
    space(cursor)
    if (urls.length === urlsMax) cursor.fail(`more than ${urlsMax} URLs`)
    urls.push(astring(cursor, 'a URL'))
  } while (cursor.peek === ' ' && !onlySpacesLeft(cursor))
  return { tag, verb: 'URLFETCH', urls }
}

export function resetKey(cursor: Cursor, tag: string, dialect: Dialect): Command {
  const mechanisms: string[] = []
  if (!skipSpaces(cursor) || cursor.done) return { tag, verb: 'RESETKEY', mailbox: undefined, mechanisms }
  const mailbox = mailboxName(cursor, dialect)
  while (skipSpaces(cursor) && !cursor.done) {
    if (mechanisms.length === urlsMax) cursor.fail(`more than ${urlsMax} mechanisms`)
    mechanisms.push(atom(cursor, 'a mechanism').toUpperCase())
  }
  return { tag, verb: 'RESETKEY', mailbox, mechanisms }
}

export function compress(cursor: Cursor, tag: string): Command {
  space(cursor)
  return { tag, verb: 'COMPRESS', mechanism: atom(cursor, 'a mechanism').toUpperCase() }
}

function onlySpacesLeft(cursor: Cursor): boolean {
  return cursor.rest.trimEnd() === ''
}
