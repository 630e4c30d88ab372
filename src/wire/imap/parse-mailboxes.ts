// The arguments of commands on mailboxes by name: SELECT, CREATE, RENAME, STATUS and their kin (RFC 3501 6.3, 6154, 7162 3.1.8).

import { Cursor } from '#text/cursor.ts'
import type { ArgumentReader } from './argument-reader.ts'
import { type Command, type StatusItems, statusItemNames } from './command.ts'
import type { Dialect } from './dialect.ts'
import { astring, atom, parenthesized, skipSpaces, space, unicode } from './grammar.ts'
import { mailboxName } from './mailbox-name.ts'
import { selectParameters } from './parse-select.ts'

export function select(verb: 'SELECT' | 'EXAMINE'): ArgumentReader {
  return (cursor, tag, dialect) => {
    space(cursor)
    const { name: mailbox, ...given } = namedAs(cursor, dialect)
    return { tag, verb, mailbox, ...given, ...selectParameters(cursor) }
  }
}

export function withMailbox(verb: 'DELETE' | 'SUBSCRIBE' | 'UNSUBSCRIBE'): ArgumentReader {
  return (cursor, tag, dialect) => {
    space(cursor)
    const { name: mailbox, ...given } = namedAs(cursor, dialect)
    return { tag, verb, mailbox, ...given }
  }
}

/** CREATE with USE of RFC 6154 3. Several attributes come as one `specialUse` with spaces between: no mailbox of ours has two. */
export function create(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const { name: mailbox, ...given } = namedAs(cursor, dialect)
  if (!skipSpaces(cursor) || cursor.done) return { tag, verb: 'CREATE', mailbox, ...given }
  cursor.expect('(')
  skipSpaces(cursor)
  if (!cursor.takeAnyCase('USE')) cursor.fail('expected USE')
  space(cursor)
  const options = { max: specialUses.size, mayBeEmpty: true, what: 'attributes' }
  const specialUse = [...new Set(parenthesized(cursor, options, useAttribute))].join(' ')
  skipSpaces(cursor)
  cursor.expect(')')
  return { tag, verb: 'CREATE', mailbox, ...given, ...(specialUse === '' ? {} : { specialUse }) }
}

/** The name of a mailbox, and how a rev2 client wrote it where that is another spelling (RFC 9051 6.3.9.7). */
export function namedAs(cursor: Cursor, dialect: Dialect): { readonly name: string; readonly given?: string } {
  const start = cursor.at
  const name = mailboxName(cursor, dialect)
  if (!dialect.rev2) return { name }
  const given = unicode(astring(new Cursor(cursor.text, start), 'a mailbox name'))
  return given === name ? { name } : { name, given }
}

/** RFC 6154 2, in its spelling, which a client need not keep. */
const specialUses = new Map(
  ['\\All', '\\Archive', '\\Drafts', '\\Flagged', '\\Junk', '\\Sent', '\\Trash'].map(name => [
    name.toUpperCase(),
    name,
  ]),
)

function useAttribute(cursor: Cursor): string {
  cursor.expect('\\')
  const name = `\\${atom(cursor, 'an attribute')}`
  return specialUses.get(name.toUpperCase()) ?? name
}

export function rename(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const from = namedAs(cursor, dialect)
  space(cursor)
  const to = namedAs(cursor, dialect)
  const fromGiven = from.given === undefined ? {} : { fromGiven: from.given }
  const toGiven = to.given === undefined ? {} : { toGiven: to.given }
  return { tag, verb: 'RENAME', from: from.name, to: to.name, ...fromGiven, ...toGiven }
}

export function status(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const mailbox = mailboxName(cursor, dialect)
  space(cursor)
  return { tag, verb: 'STATUS', mailbox, items: statusItemList(cursor) }
}

/** `(MESSAGES UNSEEN ...)`, each once. */
export function statusItemList(cursor: Cursor): StatusItems['items'] {
  const options = { max: statusItems.size * 2, mayBeEmpty: false, what: 'status items' }
  return [...new Set(parenthesized(cursor, options, statusItem))]
}

type StatusItem = StatusItems['items'][number]
const statusItems = new Map<string, StatusItem>(statusItemNames.map(name => [name, name]))

function statusItem(cursor: Cursor): StatusItem {
  const name = atom(cursor, 'a status item').toUpperCase()
  return statusItems.get(name) ?? cursor.fail(`no such status item: ${name}`)
}
