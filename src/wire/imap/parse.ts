// A command's text (receiver.ts, event `command`) to data (command.ts). RFC 3501 6 and 9, RFC 2177, 2342, 2971, 3691, 4315, 4959, 5161, 6154, 6851.
// Throws ImapParseError and nothing else, with the tag as soon as there is one.

import { ParseError } from '#base/parse-error.ts'
import { Cursor } from '#text/cursor.ts'
import type { Command } from './command.ts'
import { type Dialect, rev1 } from './dialect.ts'
import { atom, commandCursor, endOfCommand, tag as readTag, space } from './grammar.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { tagLengthMax } from './limits.ts'
import { argumentReaders, uidArgumentReaders } from './parse-arguments.ts'

/** The command in `text`, one character per octet, of a session that speaks `dialect`. Throws ImapParseError. */
export function parseCommand(text: string, dialect: Dialect = rev1): Command {
  const cursor = commandCursor(text, dialect)
  let tag: string | undefined
  try {
    tag = commandTag(cursor)
    const command = commandAfterTag(cursor, tag, dialect)
    endOfCommand(cursor)
    return command
  } catch (error) {
    throw withTag(error, tag)
  }
}

/** Tag and verb (upper case, `UID FETCH` in two words) of a command that may not be whole, as far as they are there, and where the arguments begin. Never throws. */
export function commandStart(text: string): {
  readonly tag: string | undefined
  readonly verb: string
  readonly at: number
} {
  const cursor = new Cursor(text)
  let tag: string | undefined
  let verb = ''
  try {
    tag = commandTag(cursor)
    verb = commandVerb(cursor)
    if (verb === 'UID') {
      space(cursor)
      verb = `UID ${commandVerb(cursor)}`
    }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
  }
  return { tag, verb, at: cursor.at }
}

function commandTag(cursor: Cursor): string {
  const tag = readTag(cursor)
  if (tag.length > tagLengthMax) cursor.fail('the tag is too long')
  if (cursor.peek !== ' ') cursor.fail('expected a space behind the tag')
  cursor.at += 1
  return tag
}

function commandVerb(cursor: Cursor): string {
  return atom(cursor, 'a command').toUpperCase()
}

function commandAfterTag(cursor: Cursor, tag: string, dialect: Dialect): Command {
  const verb = commandVerb(cursor)
  if (verb === 'UID') return uidCommand(cursor, tag, dialect)
  const read = argumentReaders.get(verb)
  return read === undefined ? cursor.fail(`no such command: ${verb.slice(0, 40)}`) : read(cursor, tag, dialect)
}

function uidCommand(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const verb = commandVerb(cursor)
  const read = uidArgumentReaders.get(verb)
  return read === undefined ? cursor.fail(`no such command: UID ${verb.slice(0, 40)}`) : read(cursor, tag, dialect)
}

function withTag(error: unknown, tag: string | undefined): unknown {
  if (!(error instanceof ParseError)) return error
  if (!(error instanceof ImapParseError)) return new ImapParseError(error.message, error.at, { tag })
  return new ImapParseError(error.message, error.at, { tag, code: error.code, saves: error.saves })
}
