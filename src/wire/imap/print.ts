// The smallest pieces of a response (RFC 3501 9): strings, NIL, lists. All text here is one character per octet.

import { quotedLengthMax } from './limits.ts'

/** Quoted if it may be and is short, else a literal. NUL can stand in neither and is left out. */
export function printString(text: string): string {
  if (text.length > quotedLengthMax || notQuotable.test(text)) return printLiteral(text.replaceAll('\0', ''))
  return toEscape.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}

/** `nstring`: undefined is NIL. */
export function printNstring(text: string | undefined): string {
  return text === undefined ? 'NIL' : printString(text)
}

/** `{n}CRLF` and the octets as they are: no NUL may be among them (RFC 3501 9, CHAR8). */
export function printLiteral(text: string): string {
  return `{${text.length}}\r\n${text}`
}

const notQuotable = /[\0\r\n\x80-\xff]/
const toEscape = /["\\]/
