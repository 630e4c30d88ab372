// The arguments of NOTIFY (RFC 5465 8). What the grammar forbids fails here; events that nobody here knows are the command's to refuse (5465 3.1).

import type { Cursor } from '#text/cursor.ts'
import type { Command, NotifyEvent, NotifyGroup } from './command.ts'
import type { Dialect } from './dialect.ts'
import { atom, parenthesized, skipSpaces, space } from './grammar.ts'
import { filtersMax, notifyEventsMax } from './limits.ts'
import { type MailboxFilter, mailboxFilter } from './mailbox-filter.ts'
import { fetchItems } from './parse-fetch.ts'

export function notify(cursor: Cursor, tag: string, dialect: Dialect): Command {
  space(cursor)
  const start = cursor.at
  const word = atom(cursor, 'SET or NONE').toUpperCase()
  if (word === 'NONE') return { tag, verb: 'NOTIFY', watch: undefined }
  if (word !== 'SET') {
    cursor.at = start
    return cursor.fail('expected SET or NONE')
  }
  space(cursor)
  const status = cursor.takeAnyCase('STATUS')
  if (status) space(cursor)
  const groups: NotifyGroup[] = []
  do {
    if (groups.length === filtersMax) cursor.fail(`more than ${filtersMax} groups of events`)
    groups.push(group(cursor, dialect))
  } while (skipSpaces(cursor) && !cursor.done)
  if (groups.filter(isOfSelected).length > 1) cursor.fail('SELECTED and SELECTED-DELAYED stand once, and not together')
  return { tag, verb: 'NOTIFY', watch: { status, groups } }
}

export function isOfSelected({ mailboxes }: { readonly mailboxes: MailboxFilter }): boolean {
  return mailboxes.kind === 'selected' || mailboxes.kind === 'selected-delayed'
}

function group(cursor: Cursor, dialect: Dialect): NotifyGroup {
  cursor.expect('(')
  skipSpaces(cursor)
  const start = cursor.at
  const mailboxes = mailboxFilter(cursor, dialect)
  // RFC 7377's own: it chooses what to search.
  if (mailboxes.kind === 'subtree-one') cursor.fail('SUBTREE-ONE chooses mailboxes for ESEARCH alone')
  space(cursor)
  const events = cursor.takeAnyCase('NONE')
    ? []
    : parenthesized(cursor, { max: notifyEventsMax, mayBeEmpty: false, what: 'events' }, event)
  skipSpaces(cursor)
  cursor.expect(')')
  const problem = problemOf(events, isOfSelected({ mailboxes }))
  if (problem !== undefined) {
    cursor.at = start
    cursor.fail(problem)
  }
  return { mailboxes, events }
}

function event(cursor: Cursor): NotifyEvent {
  const name = atom(cursor, 'an event').toLowerCase()
  const start = cursor.at
  if (name === 'messagenew' && skipSpaces(cursor) && cursor.peek === '(') return { name, items: fetchItems(cursor) }
  cursor.at = start
  return { name, items: undefined }
}

/** RFC 5465 5, 6.1 and 8: which events go together. */
function problemOf(events: readonly NotifyEvent[], ofSelected: boolean): string | undefined {
  const names = new Set(events.map(({ name }) => name))
  if (names.has('messagenew') !== names.has('messageexpunge')) return 'MessageNew and MessageExpunge go together'
  if ((names.has('flagchange') || names.has('annotationchange')) && !names.has('messagenew'))
    return 'FlagChange and AnnotationChange go with MessageNew and MessageExpunge'
  if (ofSelected && [...names].some(name => mailboxEvents.has(name)))
    return 'of the selected mailbox only events of messages are told'
  if (!ofSelected && events.some(({ items }) => items !== undefined))
    return 'only new messages of the selected mailbox can be fetched'
  return undefined
}

const mailboxEvents: ReadonlySet<string> = new Set([
  'mailboxname',
  'subscriptionchange',
  'mailboxmetadatachange',
  'servermetadatachange',
])
