// Mailbox names on the wire (RFC 3501 5.1, 5.1.3): modified UTF-7 in rev1, UTF-8 as some clients send it; INBOX in any case.

import { ParseError } from '#base/parse-error.ts'
import { fromLatin1 } from '#text/bytes.ts'
import type { Cursor } from '#text/cursor.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from '#text/modified-utf7.ts'
import { astring, listPattern } from './grammar.ts'
import { printString } from './print.ts'

/** Reads a mailbox name: Unicode (NFC), with 'INBOX' at its root in this spelling. Throws ParseError. */
export function mailboxName(cursor: Cursor): string {
  const start = cursor.at
  return inboxInUpperCase(decodeName(astring(cursor, 'a mailbox name'), start))
}

/** Reads LIST's reference or pattern. */
export function mailboxPattern(cursor: Cursor): string {
  const start = cursor.at
  return inboxInUpperCase(decodeName(listPattern(cursor), start))
}

/** A mailbox name as rev1 clients read it. */
export function printMailbox(name: string): string {
  return name === 'INBOX' ? name : printString(encodeModifiedUtf7(name))
}

// Not in RFC 3501, but what Unicode names sent raw can only be: neither has an `&` to shift with.
const eightBit = /[\x80-\xff]/

function decodeName(name: string, at: number): string {
  try {
    if (!eightBit.test(name)) return name.includes('&') ? decodeModifiedUtf7(name).normalize('NFC') : name
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromLatin1(name)).normalize('NFC')
  } catch {
    throw new ParseError('a mailbox name is in modified UTF-7, or in UTF-8', at)
  }
}

/** RFC 3501 5.1: INBOX itself in any case; below it (`Inbox/x`) servers may choose, and one tree is what people mean. */
function inboxInUpperCase(name: string): string {
  return /^inbox(?:\/|$)/i.test(name) ? `INBOX${name.slice(5)}` : name
}
