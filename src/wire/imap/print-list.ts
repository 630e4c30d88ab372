// What stands behind a LIST response: extended data items (RFC 5258 6, RFC 5465 5.4).

import { type Dialect, rev1 } from './dialect.ts'
import { printMailbox } from './mailbox-name.ts'

/** Something below the mailbox meets these criteria, as in `SUBSCRIBED`. */
export function printChildInfo(criteria: readonly string[]): string {
  return `"CHILDINFO" (${criteria.map(name => `"${name}"`).join(' ')})`
}

/** What the mailbox was called before. */
export function printOldName(name: string, dialect: Dialect = rev1): string {
  return `"OLDNAME" (${printMailbox(name, dialect)})`
}
