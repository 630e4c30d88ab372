// The small words of IMAP's grammar (RFC 3501 9) over a Cursor: what every command's arguments are made of.
// Where it does no harm they are read more freely than written down: several spaces for one, octets over 127 in strings.

import { fromLatin1 } from '#text/bytes.ts'
import { type CharacterSet, Cursor, characterSet } from '#text/cursor.ts'
import type { Dialect } from './dialect.ts'

/** Over the command of a client that has enabled UTF-8. */
class Utf8Cursor extends Cursor {}

/** What parsers read a command with that came in `dialect`. */
export function commandCursor(text: string, dialect: Dialect, at = 0): Cursor {
  return dialect.utf8 ? new Utf8Cursor(text, at) : new Cursor(text, at)
}

/** Throws ParseError unless a space stands here; takes all of them. */
export function space(cursor: Cursor): void {
  if (!skipSpaces(cursor)) cursor.fail('expected a space')
}

/** Takes the spaces that stand here; tells whether there were any. */
export function skipSpaces(cursor: Cursor): boolean {
  const start = cursor.at
  while (cursor.take(' '));
  return cursor.at > start
}

/** The end of the command. Spaces before it are no harm: people at a terminal leave them, and some clients. */
export function endOfCommand(cursor: Cursor): void {
  skipSpaces(cursor)
  cursor.expectEnd()
}

export function tag(cursor: Cursor): string {
  return cursor.takeSome(tagCharacters, 'a tag')
}

export function atom(cursor: Cursor, what: string): string {
  return cursor.takeSome(atomCharacters, what)
}

/** `astring`: an atom (`]` allowed), a quoted string or a literal; one character per octet. */
export function astring(cursor: Cursor, what: string): string {
  const first = cursor.peek
  if (first === '"') return quoted(cursor)
  if (first === '{') return literal(cursor)
  return cursor.takeSome(astringCharacters, what)
}

/** `string`: quoted or literal. */
export function string(cursor: Cursor, what: string): string {
  const first = cursor.peek
  if (first === '"') return quoted(cursor)
  if (first === '{') return literal(cursor)
  return cursor.fail(`expected ${what} in quotes or as a literal`)
}

/** `nstring`: a string, or NIL, which is undefined. */
export function nstring(cursor: Cursor, what: string): string | undefined {
  return cursor.takeAnyCase('NIL') ? undefined : string(cursor, what)
}

/** `list-mailbox`: like an astring, with `%` and `*`. */
export function listPattern(cursor: Cursor): string {
  const first = cursor.peek
  if (first === '"') return quoted(cursor)
  if (first === '{') return literal(cursor)
  return cursor.takeSome(listCharacters, 'a mailbox name or pattern')
}

export function quoted(cursor: Cursor): string {
  const start = cursor.at
  cursor.expect('"')
  let value = cursor.takeWhile(quotedCharacters)
  while (!cursor.take('"')) {
    if (!cursor.take('\\')) cursor.fail('expected the end of the quoted string')
    const escaped = cursor.peek
    if (escaped !== '"' && escaped !== '\\') cursor.fail('in a quoted string only " and \\ can follow a \\')
    cursor.at += 1
    value += escaped + cursor.takeWhile(quotedCharacters)
  }
  // RFC 6855 3; before it is enabled old clients put other charsets there.
  if (cursor instanceof Utf8Cursor && isEightBit(value) && unicode(value) === value) {
    cursor.at = start
    cursor.fail('a quoted string is in UTF-8')
  }
  return value
}

/** A literal as the receiver leaves it in the command. NUL is only for literal8 (RFC 3516 3). */
export function literal(cursor: Cursor): string {
  const value = literalOctets(cursor)
  const nul = value.indexOf('\0')
  if (nul === -1) return value
  cursor.at += nul - value.length
  return cursor.fail('a literal may not hold NUL')
}

function literalOctets(cursor: Cursor): string {
  cursor.expect('{')
  const size = Number(cursor.takeSome(digits, 'the size of a literal'))
  cursor.take('+')
  cursor.expect('}\r\n')
  const start = cursor.at
  if (start + size > cursor.text.length) cursor.fail('the literal is shorter than announced')
  cursor.at += size
  return cursor.text.slice(start, cursor.at)
}

/** `literal8` (RFC 3516 3): any octets. */
export function literal8(cursor: Cursor): string {
  cursor.expect('~')
  return literalOctets(cursor)
}

/** A text that should be US-ASCII and is, from clients of today, UTF-8; from an old one Latin-1. */
export function unicode(octets: string): string {
  if (!isEightBit(octets)) return octets
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromLatin1(octets))
  } catch {
    return octets
  }
}

function isEightBit(octets: string): boolean {
  return /[\x80-\xff]/.test(octets)
}

/** `number`, of something that is told as it was asked for: up to 2^53, more than anything here has octets. */
export function number(cursor: Cursor, what: string): number {
  const start = cursor.at
  const value = Number(cursor.takeSome(digits, what))
  if (value <= Number.MAX_SAFE_INTEGER) return value
  cursor.at = start
  return cursor.fail(`${what} is too large`)
}

/** `number64` (RFC 9051 9): what is higher than any of ours can be is one number for all. */
export function amount(cursor: Cursor, what: string): number {
  return Math.min(Number(cursor.takeSome(digits, what)), Number.MAX_SAFE_INTEGER)
}

/** `nz-number`: 1 to 2^32 - 1. */
export function positiveNumber(cursor: Cursor, what: string): number {
  const start = cursor.at
  const value = Number(cursor.takeSome(digits, what))
  if (value >= 1 && value <= 0xffff_ffff) return value
  cursor.at = start
  return cursor.fail(`${what} must be from 1 to 4294967295`)
}

/** `mod-sequence-valzer` (RFC 7162 7): 0 is asked for by real clients, and means since ever. */
export function modseq(cursor: Cursor): number {
  return amount(cursor, 'a MODSEQ')
}

/** `( item item ... )`, empty if `mayBeEmpty`; at most `max` items, each read by `readItem`. */
export function parenthesized<T>(
  cursor: Cursor,
  options: { readonly max: number; readonly mayBeEmpty: boolean; readonly what: string },
  readItem: (cursor: Cursor) => T,
): readonly T[] {
  cursor.expect('(')
  skipSpaces(cursor)
  const items: T[] = []
  if (cursor.take(')')) return options.mayBeEmpty ? items : cursor.fail(`expected ${options.what}`)
  for (;;) {
    if (items.length === options.max) cursor.fail(`more than ${options.max} of ${options.what}`)
    items.push(readItem(cursor))
    const spaced = skipSpaces(cursor)
    if (cursor.take(')')) return items
    if (!spaced) cursor.fail('expected a space or ")"')
  }
}

const printable = Array.from({ length: 0x7f - 0x21 }, (_, index) => String.fromCharCode(0x21 + index)).join('')
const eightBit = Array.from({ length: 0x80 }, (_, index) => String.fromCharCode(0x80 + index)).join('')

function without(characters: string, ...left: string[]): CharacterSet {
  return characterSet([...characters].filter(character => !left.includes(character)).join(''))
}

export const digits = characterSet('0123456789')
/** Printable without atom-specials. */
export const atomCharacters = without(printable, '(', ')', '{', '%', '*', '"', '\\', ']')
const astringCharacters = without(printable + eightBit, '(', ')', '{', '%', '*', '"', '\\')
const listCharacters = without(printable + eightBit, '(', ')', '{', '"', '\\')
const tagCharacters = without(printable, '(', ')', '{', '%', '*', '"', '\\', '+')
/** All but NUL, CR, LF, `"` and `\`. */
const quotedCharacters = new Uint8Array(256).fill(1)
for (const special of [0, 10, 13, 34, 92]) quotedCharacters[special] = 0
