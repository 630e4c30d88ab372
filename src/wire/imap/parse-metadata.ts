// The arguments of GETMETADATA and SETMETADATA (RFC 5464 5).

import type { Cursor } from '#text/cursor.ts'
import type { Command } from './command.ts'
import type { Dialect } from './dialect.ts'
import { amount, atom, literal8, nstring, parenthesized, skipSpaces, space } from './grammar.ts'
import { metadataEntriesMax } from './limits.ts'
import { mailboxName } from './mailbox-name.ts'
import { entryName, entryNames, wholeEntryName } from './metadata-entry.ts'

interface Options {
  readonly maxSizeBytes: number | undefined
  readonly depth: 0 | 1 | 'infinity'
}

/** The options stand before the mailbox by the grammar of RFC 5464, behind it by its examples: clients send both. */
export function getMetadata(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  let options: Options = { maxSizeBytes: undefined, depth: 0 }
  if (cursor.peek === '(') {
    options = readOptions(cursor)
    space(cursor)
  }
  const mailbox = mailboxName(cursor, dialect)
  space(cursor)
  if (/^\( *(?:maxsize|depth) /i.test(cursor.text.slice(cursor.at, cursor.at + 100))) {
    options = readOptions(cursor)
    space(cursor)
  }
  const entries = cursor.peek === '(' ? entryNames(cursor) : [entryName(cursor)]
  return { tag, verb: 'GETMETADATA', mailbox, entries, ...options }
}

export function setMetadata(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const mailbox = mailboxName(cursor, dialect)
  space(cursor)
  const options = { max: metadataEntriesMax, mayBeEmpty: false, what: 'annotations' }
  const edits = parenthesized(cursor, options, () => {
    const entry = wholeEntryName(cursor)
    space(cursor)
    return { entry, value: entryValue(cursor) }
  })
  return { tag, verb: 'SETMETADATA', mailbox, edits }
}

/** One character per octet; undefined for NIL. */
function entryValue(cursor: Cursor): string | undefined {
  return cursor.peek === '~' ? literal8(cursor) : nstring(cursor, 'the value of an annotation')
}

function readOptions(cursor: Cursor): Options {
  const found = parenthesized(cursor, { max: 2, mayBeEmpty: false, what: 'options' }, option)
  return Object.assign({ maxSizeBytes: undefined, depth: 0 }, ...found)
}

function option(cursor: Cursor): Partial<Options> {
  const start = cursor.at
  const name = atom(cursor, 'an option').toUpperCase()
  if (name === 'MAXSIZE') {
    space(cursor)
    return { maxSizeBytes: amount(cursor, 'a size') }
  }
  if (name === 'DEPTH') {
    skipSpaces(cursor)
    return { depth: depth(cursor) }
  }
  cursor.at = start
  return cursor.fail(`no such option: ${name.slice(0, 40)}`)
}

function depth(cursor: Cursor): Options['depth'] {
  if (cursor.takeAnyCase('INFINITY')) return 'infinity'
  if (cursor.take('0')) return 0
  return cursor.take('1') ? 1 : cursor.fail('DEPTH is 0, 1 or infinity')
}
