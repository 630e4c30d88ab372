// The arguments of LIST, plain and extended (RFC 3501 6.3.8; RFC 5258 6; RETURN options of RFC 5819, 6154, 8440, 9590), and of LSUB.

import type { Cursor } from '#text/cursor.ts'
import type { Command, ListOptions, ListSelection } from './command.ts'
import type { Dialect } from './dialect.ts'
import { atom, parenthesized, skipSpaces, space } from './grammar.ts'
import { listOptionsMax, listPatternsMax } from './limits.ts'
import { mailboxPattern, mailboxReference } from './mailbox-name.ts'
import { entryName, entryNames } from './metadata-entry.ts'
import { statusItemList } from './parse-mailboxes.ts'

export function list(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const selection = cursor.peek === '(' ? selectionOptions(cursor) : undefined
  if (selection !== undefined) space(cursor)
  const reference = mailboxReference(cursor, dialect)
  space(cursor)
  const several = cursor.peek === '('
  const patterns = several ? patternList(cursor, dialect) : [mailboxPattern(cursor, dialect)]
  const returns = returnOptions(cursor)
  // RFC 5258 3: any of the three makes the command an extended one.
  const isExtended = selection !== undefined || several || returns !== undefined
  const options = isExtended ? { selection: selection ?? everything, returns: returns ?? nothingMore } : undefined
  return { tag, verb: 'LIST', reference, patterns, options }
}

export function lsub(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const reference = mailboxReference(cursor, dialect)
  space(cursor)
  return { tag, verb: 'LSUB', reference, pattern: mailboxPattern(cursor, dialect) }
}

const everything: ListSelection = { subscribed: false, specialUse: false, recursive: false }

type Returns = ListOptions['returns']

const nothingMore: Returns = {
  subscribed: false,
  children: false,
  specialUse: false,
  myRights: false,
  status: undefined,
  metadata: undefined,
}

function patternList(cursor: Cursor, dialect: Dialect): readonly string[] {
  const options = { max: listPatternsMax, mayBeEmpty: false, what: 'patterns' }
  return parenthesized(cursor, options, () => mailboxPattern(cursor, dialect))
}

function selectionOptions(cursor: Cursor): ListSelection {
  const start = cursor.at
  const options = { max: listOptionsMax, mayBeEmpty: true, what: 'selection options' }
  const selection: ListSelection = Object.assign({}, everything, ...parenthesized(cursor, options, selectionOption))
  if (selection.recursive && !selection.subscribed && !selection.specialUse) {
    cursor.at = start
    cursor.fail('RECURSIVEMATCH needs another option to match by')
  }
  return selection
}

function selectionOption(cursor: Cursor): Partial<ListSelection> {
  const start = cursor.at
  const name = atom(cursor, 'a selection option').toUpperCase()
  switch (name) {
    case 'SUBSCRIBED':
      return { subscribed: true }
    case 'SPECIAL-USE':
      return { specialUse: true }
    case 'RECURSIVEMATCH':
      return { recursive: true }
    // Mailboxes of other servers, of which there are none.
    case 'REMOTE':
      return {}
    default:
      cursor.at = start
      return cursor.fail(`no such selection option: ${name.slice(0, 40)}`)
  }
}

function returnOptions(cursor: Cursor): Returns | undefined {
  if (!skipSpaces(cursor) || cursor.done) return undefined
  if (!cursor.takeAnyCase('RETURN')) cursor.fail('expected RETURN')
  space(cursor)
  const options = { max: listOptionsMax, mayBeEmpty: true, what: 'return options' }
  return Object.assign({}, nothingMore, ...parenthesized(cursor, options, returnOption))
}

function returnOption(cursor: Cursor): Partial<Returns> {
  const start = cursor.at
  const name = atom(cursor, 'a return option').toUpperCase()
  switch (name) {
    case 'SUBSCRIBED':
      return { subscribed: true }
    case 'CHILDREN':
      return { children: true }
    case 'SPECIAL-USE':
      return { specialUse: true }
    case 'MYRIGHTS':
      return { myRights: true }
    case 'STATUS':
      space(cursor)
      return { status: statusItemList(cursor) }
    case 'METADATA':
      space(cursor)
      // RFC 5464's `entries`: one alone needs no parentheses.
      return { metadata: cursor.peek === '(' ? entryNames(cursor) : [entryName(cursor)] }
    default:
      cursor.at = start
      return cursor.fail(`no such return option: ${name.slice(0, 40)}`)
  }
}
