// The arguments of APPEND and REPLACE: one message or many (RFC 3501 6.3.11, 3502), each a literal, a literal8 (RFC 3516 4.4), a UTF-8
// one (RFC 6855 4) or put together from texts and URLs (CATENATE, RFC 4469). A streamed literal stands there as `{0}`.

import type { Cursor } from '#text/cursor.ts'
import type { ArgumentReader } from './argument-reader.ts'
import type { AppendMessage, AppendPart, Command } from './command.ts'
import { dateTime } from './date.ts'
import type { Dialect } from './dialect.ts'
import { appendFlags } from './flags.ts'
import { astring, literal, positiveNumber, skipSpaces, space } from './grammar.ts'
import { catenatePartsMax } from './limits.ts'
import { namedAs } from './parse-mailboxes.ts'

export function append(cursor: Cursor, tag: string, dialect: Dialect): Command {
  const { number: _none, ...target } = appendTarget(cursor, 'APPEND', dialect)
  space(cursor)
  return { tag, verb: 'APPEND', ...target, messages: appendMessages(cursor, dialect, false) }
}

export function replace(uid: boolean): ArgumentReader {
  return (cursor, tag, dialect) => {
    const { mailbox, number } = appendTarget(cursor, 'REPLACE', dialect)
    space(cursor)
    return { tag, verb: 'REPLACE', uid, number, mailbox, message: appendMessage(cursor, dialect, false) }
  }
}

/** Where the messages go, and which one gives way to them: `number` is '*' or a number; that of APPEND means nothing. */
export function appendTarget(
  cursor: Cursor,
  verb: 'APPEND' | 'REPLACE',
  dialect: Dialect,
): { readonly mailbox: string; readonly given?: string; readonly number: number | '*' } {
  space(cursor)
  let number: number | '*' = '*'
  if (verb === 'REPLACE') {
    if (!cursor.take('*')) number = positiveNumber(cursor, 'a message number')
    space(cursor)
  }
  const { name: mailbox, ...given } = namedAs(cursor, dialect)
  return { mailbox, ...given, number }
}

/** At least one. With `open` the text may end behind any literal: then the last message is as long as it is. */
export function appendMessages(cursor: Cursor, dialect: Dialect, open: boolean): readonly AppendMessage[] {
  const messages: AppendMessage[] = []
  do messages.push(appendMessage(cursor, dialect, open))
  while (skipSpaces(cursor) && !cursor.done)
  return messages
}

function appendMessage(cursor: Cursor, dialect: Dialect, open: boolean): AppendMessage {
  const at = cursor.at
  const set = cursor.peek === '(' ? appendFlags(cursor) : { flags: 0, keywords: [] }
  skipSpaces(cursor)
  const internalDate = cursor.peek === '"' ? dateTime(cursor) : undefined
  skipSpaces(cursor)
  const catenated = cursor.takeAnyCase('CATENATE')
  const parts = catenated ? catenatedParts(cursor, dialect, open) : [wholeMessage(cursor, dialect, open)]
  return { ...set, internalDate, parts, catenated, at }
}

function wholeMessage(cursor: Cursor, dialect: Dialect, open: boolean): AppendPart {
  return cursor.takeAnyCase('UTF8') ? utf8Literal(cursor, dialect, open) : literalPart(cursor)
}

function catenatedParts(cursor: Cursor, dialect: Dialect, open: boolean): readonly AppendPart[] {
  space(cursor)
  cursor.expect('(')
  const parts: AppendPart[] = []
  do {
    skipSpaces(cursor)
    if (parts.length === catenatePartsMax) cursor.fail(`more than ${catenatePartsMax} parts`)
    parts.push(catenatedPart(cursor, dialect, open))
    if (open && cursor.done) return parts
  } while (cursor.peek === ' ')
  cursor.expect(')')
  return parts
}

function catenatedPart(cursor: Cursor, dialect: Dialect, open: boolean): AppendPart {
  if (cursor.takeAnyCase('UTF8')) return utf8Literal(cursor, dialect, open)
  if (cursor.takeAnyCase('URL')) {
    space(cursor)
    return { kind: 'url', url: astring(cursor, 'a URL') }
  }
  if (!cursor.takeAnyCase('TEXT')) cursor.fail('expected TEXT or URL')
  space(cursor)
  return literalPart(cursor)
}

/** `UTF8 (~{n}...)`. */
function utf8Literal(cursor: Cursor, { utf8 }: Dialect, open: boolean): AppendPart {
  if (!utf8) cursor.fail('enable UTF8=ACCEPT first')
  space(cursor)
  cursor.expect('(')
  if (cursor.peek !== '~') cursor.fail('expected a literal8')
  literalPart(cursor)
  if (!(open && cursor.done)) cursor.expect(')')
  return { kind: 'text' }
}

function literalPart(cursor: Cursor): AppendPart {
  const binary = cursor.take('~')
  if (cursor.peek !== '{') cursor.fail('expected a literal')
  literal(cursor)
  return { kind: binary ? 'binary' : 'text' }
}
