// Mailbox names as IMAP4rev1 writes them (RFC 3501 5.1.3): ASCII stands for itself, all else is UTF-16 in base64 between & and -.

import { ParseError } from '#base/parse-error.ts'

/** The name that `latin1Text` spells. Throws ParseError where it is not modified UTF-7, so that one name has one spelling. */
export function decodeModifiedUtf7(latin1Text: string): string {
  let name = ''
  let at = 0
  let shiftedEnd = -1
  while (at < latin1Text.length) {
    const shift = latin1Text.indexOf('&', at)
    const plainEnd = shift < 0 ? latin1Text.length : shift
    name += plainText(latin1Text, at, plainEnd)
    if (shift < 0) break
    const end = latin1Text.indexOf('-', shift)
    if (end < 0) throw new ParseError('expected "-" after "&"', latin1Text.length)
    if (end === shift + 1) name += '&'
    else {
      if (shift === shiftedEnd) throw new ParseError('one run in two', shift)
      name += shiftedText(latin1Text, shift + 1, end)
      shiftedEnd = end + 1
    }
    at = end + 1
  }
  return name
}

/** `name` in modified UTF-7. Lone surrogates are written as U+FFFD. */
export function encodeModifiedUtf7(name: string): string {
  return name
    .toWellFormed()
    .replace(/&|[^\x20-\x7e]+/g, run => (run === '&' ? '&-' : `&${utf16Base64(run).replaceAll('/', ',')}-`))
}

function plainText(text: string, start: number, end: number): string {
  const plain = text.slice(start, end)
  const bad = plain.search(/[^\x20-\x7e]/)
  if (bad >= 0) throw new ParseError('expected printable ASCII', start + bad)
  return plain
}

function shiftedText(text: string, start: number, end: number): string {
  const base64 = text.slice(start, end)
  const bad = base64.search(/[^A-Za-z0-9+,]/)
  if (bad >= 0) throw new ParseError('expected base64', start + bad)
  const octets = Buffer.from(base64.replaceAll(',', '/'), 'base64')
  if (octets.length % 2 !== 0) throw new ParseError('half a UTF-16 unit', end)
  const decoded = octets.swap16().toString('utf16le')
  // Written again it must be the same: no stray bits, no ASCII that stands for itself, no lone surrogate.
  if (encodeModifiedUtf7(decoded) !== `&${base64}-`) throw new ParseError('malformed base64', start)
  return decoded
}

function utf16Base64(text: string): string {
  return Buffer.from(text, 'utf16le').swap16().toString('base64').replace(/=+$/, '')
}
