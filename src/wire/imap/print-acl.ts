// The responses on access control lists (RFC 4314 3.6 to 3.8), each a line with its CRLF.

import { shownRights } from '#mail/rights.ts'
import { fromUtf8, latin1 } from '#text/bytes.ts'
import type { Dialect } from './dialect.ts'
import { printMailbox } from './mailbox-name.ts'
import { printString, printUtf8String } from './print.ts'

export interface PrintedEntry {
  /** With its minus, if it is a negative one. */
  readonly identifier: string
  readonly rights: string
}

export function printAcl(mailbox: string, entries: readonly PrintedEntry[], dialect: Dialect): string {
  const printed = entries.map(one => ` ${identifierOf(one.identifier, dialect)} ${rightsOf(one.rights)}`)
  return `* ACL ${printMailbox(mailbox, dialect)}${printed.join('')}\r\n`
}

/** `always`: rights that the identifier has whatever is set; the others can be given one by one. */
export function printListRights(
  mailbox: string,
  { identifier, always, others }: { readonly identifier: string; readonly always: string; readonly others: string },
  dialect: Dialect,
): string {
  const single = [...others].map(letter => ` ${letter}`).join('')
  const named = `${printMailbox(mailbox, dialect)} ${identifierOf(identifier, dialect)}`
  return `* LISTRIGHTS ${named} ${rightsOf(always)}${single}\r\n`
}

export function printMyRights(mailbox: string, rights: string, dialect: Dialect): string {
  return `* MYRIGHTS ${printMailbox(mailbox, dialect)} ${rightsOf(rights)}\r\n`
}

function identifierOf(identifier: string, { utf8 }: Dialect): string {
  // Of an address outside ASCII a client without UTF-8 reads the octets, in a literal.
  return utf8 ? printUtf8String(identifier) : printString(latin1(fromUtf8(identifier)))
}

function rightsOf(rights: string): string {
  const shown = shownRights(rights)
  return shown === '' ? '""' : shown
}
