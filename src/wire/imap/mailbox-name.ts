// Mailbox names on the wire (RFC 3501 5.1, 5.1.3): modified UTF-7 in rev1, UTF-8 in rev2 and as some clients send it; INBOX in any case.

import { ParseError } from '#base/parse-error.ts'
import { fromLatin1 } from '#text/bytes.ts'
import type { Cursor } from '#text/cursor.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '#text/modified-utf7.ts'
import { type Dialect, rev1 } from './dialect.ts'
import { astring, listPattern } from './grammar.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { printString, printUtf8String } from './print.ts'

/**
 * Reads a mailbox name: Unicode (NFC), with 'INBOX' at its root in this spelling. Throws ParseError; with the code CANNOT for one that is
 * well written, but no modified UTF-7: there is no such mailbox, and none can be made (RFC 3501 6.3.3: any error is NO).
 */
export function mailboxName(cursor: Cursor, dialect: Dialect = rev1): string {
  const start = cursor.at
  const name = decodeName(astring(cursor, 'a mailbox name'), start, dialect)
  if (name === undefined) throw new ImapParseError(wanted, start, { code: 'CANNOT' })
  return inboxInUpperCase(name)
}

/** Reads LIST's pattern. RFC 9051 6.3.9: what can match no name is no error. */
export function mailboxPattern(cursor: Cursor, dialect: Dialect = rev1): string {
  const start = cursor.at
  return inboxInUpperCase(decodeName(listPattern(cursor), start, dialect) ?? matchesNothing)
}

/** Reads LIST's reference, in the same way. */
export function mailboxReference(cursor: Cursor, dialect: Dialect = rev1): string {
  const start = cursor.at
  return inboxInUpperCase(decodeName(astring(cursor, 'a reference'), start, dialect) ?? matchesNothing)
}

/** No mailbox has a control character in its name. */
const matchesNothing = '\0'

/** A mailbox name as clients read it: in modified UTF-7, or in UTF-8 once they have asked for that. */
export function printMailbox(name: string, { utf8 }: Pick<Dialect, 'utf8'> = rev1): string {
  if (name === 'INBOX') return name
  return utf8 ? printUtf8String(name) : printString(encodeModifiedUtf7(name))
}

// Not in RFC 3501, but what Unicode names sent raw can only be: neither has an `&` to shift with.
const eightBit = /[\x80-\xff]/

const wanted = 'a mailbox name is in modified UTF-7, or in UTF-8'

/** Undefined: it should be modified UTF-7, and is not. */
function decodeName(name: string, at: number, { utf8 }: Dialect): string | undefined {
  if (eightBit.test(name)) return decodeUtf8(name, at)
  if (utf8 || !name.includes('&')) return name
  try {
    return decodeModifiedUtf7(name).normalize('NFC')
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return undefined
  }
}

function decodeUtf8(name: string, at: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromLatin1(name)).normalize('NFC')
  } catch {
    throw new ParseError(wanted, at)
  }
}

/** RFC 3501 5.1: INBOX itself in any case; below it (`Inbox/x`) servers may choose, and one tree is what people mean. */
export function inboxInUpperCase(name: string): string {
  return /^inbox(?:\/|$)/i.test(name) ? `INBOX${name.slice(5)}` : name
}
