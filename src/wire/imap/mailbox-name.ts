// Mailbox names on the wire (RFC 3501 5.1, 5.1.3): modified UTF-7 in rev1, UTF-8 in rev2 and as some clients send it; INBOX in any case.

import { ParseError } from '#base/parse-error.ts'
import { fromLatin1 } from '#text/bytes.ts'
import type { Cursor } from '#text/cursor.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '#text/modified-utf7.ts'
import { type Dialect, rev1 } from './dialect.ts'
import { astring, listPattern } from './grammar.ts'
import { printString, printUtf8String } from './print.ts'

/** Reads a mailbox name: Unicode (NFC), with 'INBOX' at its root in this spelling. Throws ParseError. */
export function mailboxName(cursor: Cursor, dialect: Dialect = rev1): string {
  const start = cursor.at
  return inboxInUpperCase(decodeName(astring(cursor, 'a mailbox name'), start, dialect))
}

/** Reads LIST's reference or pattern. */
export function mailboxPattern(cursor: Cursor, dialect: Dialect = rev1): string {
  const start = cursor.at
  return inboxInUpperCase(decodeName(listPattern(cursor), start, dialect))
}

/** A mailbox name as clients read it: in modified UTF-7, or in UTF-8 once they have asked for that. */
export function printMailbox(name: string, { utf8 }: Pick<Dialect, 'utf8'> = rev1): string {
  if (name === 'INBOX') return name
  return utf8 ? printUtf8String(name) : printString(encodeModifiedUtf7(name))
}

// Not in RFC 3501, but what Unicode names sent raw can only be: neither has an `&` to shift with.
const eightBit = /[\x80-\xff]/

function decodeName(name: string, at: number, { utf8 }: Dialect): string {
  try {
    if (!eightBit.test(name)) return !utf8 && name.includes('&') ? decodeModifiedUtf7(name).normalize('NFC') : name
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromLatin1(name)).normalize('NFC')
  } catch {
    throw new ParseError('a mailbox name is in modified UTF-7, or in UTF-8', at)
  }
}

/** RFC 3501 5.1: INBOX itself in any case; below it (`Inbox/x`) servers may choose, and one tree is what people mean. */
export function inboxInUpperCase(name: string): string {
  return /^inbox(?:\/|$)/i.test(name) ? `INBOX${name.slice(5)}` : name
}
