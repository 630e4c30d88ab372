// Which mailboxes a command is about (`filter-mailboxes`, RFC 5465 6; `subtree-one` is RFC 7377's).

import type { Cursor } from '#text/cursor.ts'
import type { Dialect } from './dialect.ts'
import { atom, parenthesized, space } from './grammar.ts'
import { filterMailboxesMax } from './limits.ts'
import { mailboxName } from './mailbox-name.ts'

export type MailboxFilter =
  | { readonly kind: 'selected' | 'selected-delayed' | 'inboxes' | 'personal' | 'subscribed' }
  /** With what is below each name: all, or one level; or the names alone. */
  | { readonly kind: 'subtree' | 'subtree-one' | 'mailboxes'; readonly names: readonly string[] }

/** Reads one filter. Throws ParseError. */
export function mailboxFilter(cursor: Cursor, dialect: Dialect): MailboxFilter {
  const start = cursor.at
  const kind = atom(cursor, 'which mailboxes').toLowerCase()
  switch (kind) {
    case 'selected':
    case 'selected-delayed':
    case 'inboxes':
    case 'personal':
    case 'subscribed':
      return { kind }
    case 'subtree':
    case 'subtree-one':
    case 'mailboxes':
      space(cursor)
      return { kind, names: names(cursor, dialect) }
    default:
      cursor.at = start
      return cursor.fail(`no such choice of mailboxes: ${kind.slice(0, 40)}`)
  }
}

function names(cursor: Cursor, dialect: Dialect): readonly string[] {
  if (cursor.peek !== '(') return [mailboxName(cursor, dialect)]
  const options = { max: filterMailboxesMax, mayBeEmpty: false, what: 'mailbox names' }
  return parenthesized(cursor, options, () => mailboxName(cursor, dialect))
}
