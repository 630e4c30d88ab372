// A line in, a command out (RFC 1939, 2449, 2595, 5034, 6856). Words in any case; spaces at the end are overlooked, but in PASS.

import { ParseError } from '#base/parse-error.ts'
import { Cursor, characterSet } from '#text/cursor.ts'
import { decodeUtf8 } from '#text/strict-utf8.ts'
import { isLanguageRange } from './languages.ts'
import { numberDigits } from './limits.ts'

export type Command =
  | { readonly verb: 'CAPA' | 'STLS' | 'UTF8' | 'QUIT' }
  | { readonly verb: 'LANG'; readonly range: string | undefined }
  | { readonly verb: 'STAT' | 'NOOP' | 'RSET' }
  | { readonly verb: 'USER'; readonly name: string }
  | { readonly verb: 'PASS'; readonly password: string }
  | { readonly verb: 'AUTH'; readonly mechanism: string; readonly initial: Uint8Array | undefined }
  | { readonly verb: 'LIST' | 'UIDL'; readonly number: number | undefined }
  | { readonly verb: 'RETR' | 'DELE'; readonly number: number }
  | { readonly verb: 'TOP'; readonly number: number; readonly lines: number }

export type Verb = Command['verb']

const wordCharacters = characterSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz8')
const digits = characterSet('0123456789')
const space = characterSet(' ')

/** Numbers come out as they stand: 0, and more than there are messages, too. Throws ParseError. */
export function parseCommand(line: string): Command {
  const nul = line.indexOf('\0')
  if (nul >= 0) throw new ParseError('a NUL in the line', nul)
  const cursor = new Cursor(line)
  const word = cursor.takeSome(wordCharacters, 'a command').toUpperCase()
  if (!cursor.done && cursor.peek !== ' ') cursor.fail('unknown command')
  switch (word) {
    case 'CAPA':
    case 'STLS':
    case 'UTF8':
    case 'QUIT':
      expectEnd(cursor)
      return { verb: word }
    case 'STAT':
    case 'NOOP':
    case 'RSET':
      expectEnd(cursor)
      return { verb: word }
    case 'USER':
      return { verb: word, name: readText(cursor.rest.trim(), cursor) }
    case 'PASS': // RFC 1939 7: the password is all that follows the first space, with the spaces in it
      return { verb: word, password: readText(cursor.rest.slice(1), cursor) }
    case 'AUTH':
      return readAuth(cursor)
    case 'LANG':
      return { verb: word, range: readRange(cursor) }
    case 'LIST':
    case 'UIDL':
      return { verb: word, number: readOptionalNumber(cursor) }
    case 'RETR':
    case 'DELE':
      return { verb: word, number: readLastNumber(cursor) }
    case 'TOP':
      return { verb: word, number: readNumber(cursor), lines: readLastNumber(cursor) }
    default:
      throw new ParseError('unknown command', 0)
  }
}

/** A client's line within an AUTH exchange; undefined when it gives up (`*`). Throws ParseError. */
export function parseResponse(line: string): Uint8Array | undefined {
  return line === '*' ? undefined : readBase64(line, 0)
}

function readRange(cursor: Cursor): string | undefined {
  const range = cursor.rest.trim()
  if (range === '') return undefined
  return isLanguageRange(range) ? range : cursor.fail('expected a language')
}

function readAuth(cursor: Cursor): Command {
  const [mechanism, initial, ...more] = cursor.rest.trim().split(/ +/)
  if (!mechanism) return cursor.fail('expected a mechanism')
  if (more.length > 0) return cursor.fail('expected a mechanism and one initial response')
  if (initial === undefined) return { verb: 'AUTH', mechanism, initial: undefined }
  // RFC 5034 4: a lone = is a response of no octets
  return { verb: 'AUTH', mechanism, initial: initial === '=' ? new Uint8Array(0) : readBase64(initial, cursor.at) }
}

function readBase64(text: string, at: number): Uint8Array {
  try {
    if (!text.includes(' ')) return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' })
  } catch {
    // SyntaxError is all that it throws
  }
  throw new ParseError('not base64', at)
}

/** RFC 6856 2.2: what is no UTF-8 is refused. Read leniently, one password with U+FFFD in it would be matched by any broken octets. */
function readText(latin1Text: string, cursor: Cursor): string {
  return decodeUtf8(latin1Text) || cursor.fail('expected an argument')
}

function readNumber(cursor: Cursor): number {
  if (cursor.takeWhile(space) === '') cursor.fail('expected a space')
  const number = cursor.takeSome(digits, 'a number')
  if (number.length > numberDigits) cursor.fail('number too long')
  return Number(number)
}

function readLastNumber(cursor: Cursor): number {
  const number = readNumber(cursor)
  expectEnd(cursor)
  return number
}

function readOptionalNumber(cursor: Cursor): number | undefined {
  return cursor.rest.trim() === '' ? undefined : readLastNumber(cursor)
}

function expectEnd(cursor: Cursor): void {
  cursor.takeWhile(space)
  cursor.expectEnd()
}
