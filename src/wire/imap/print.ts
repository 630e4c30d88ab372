// The smallest pieces of a response (RFC 3501 9): strings, NIL, lists. All text here is one character per octet.

import { fromUtf8, latin1 } from '#text/bytes.ts'
import { quotedLengthMax } from './limits.ts'

/** Quoted if it may be and is short, else a literal. NUL can stand in neither and is left out. */
export function printString(text: string): string {
  if (text.length > quotedLengthMax || notQuotable.test(text)) return printLiteral(text.replaceAll('\0', ''))
  return toEscape.test(text) ? `"${text.replace(/["\\]/g, '\\$&')}"` : `"${text}"`
}

/** A Unicode text for a session that has enabled UTF-8: quoted as it is (RFC 6855 3, RFC 9051 4.3), or as a literal. */
export function printUtf8String(unicodeText: string): string {
  const octets = latin1(fromUtf8(unicodeText))
  if (octets.length > quotedLengthMax || /[\0\r\n]/.test(octets)) return printLiteral(octets.replaceAll('\0', ''))
  return `"${octets.replace(/["\\]/g, '\\$&')}"`
}

/** `nstring`: undefined is NIL. */
export function printNstring(text: string | undefined): string {
  return text === undefined ? 'NIL' : printString(text)
}

/** `{n}CRLF` and the octets as they are: no NUL may be among them (RFC 3501 9, CHAR8). */
function printLiteral(text: string): string {
  return `{${text.length}}\r\n${text}`
}

const notQuotable = /[\0\r\n\x80-\xff]/
const toEscape = /["\\]/
