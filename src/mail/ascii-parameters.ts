// Content-Type and Content-Disposition in ASCII: parameters as RFC 2231 writes them, so that attachments keep their names.

import { fromUtf8, latin1 } from '#text/bytes.ts'
import { Cursor } from '#text/cursor.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { joinContinuations } from './continuations.ts'
import { takeParameters, takeToken } from './parameters.ts'
import type { Parameter } from './part.ts'

/** What has no type means text/plain, and says so (RFC 2045 5.2). */
export function asciiMediaType(latin1Text: string): string {
  const cursor = new Cursor(latin1Text)
  const type = asciiToken(takeToken(cursor))
  const subtype = cursor.take('/') ? asciiToken(takeToken(cursor)) : ''
  if (type === '' || subtype === '') return 'text/plain'
  return `${type}/${subtype}${asciiParameters(cursor)}`
}

/** Undefined: there is none. */
export function asciiDisposition(latin1Text: string): string | undefined {
  const cursor = new Cursor(latin1Text)
  const type = asciiToken(takeToken(cursor))
  return type === '' ? undefined : type + asciiParameters(cursor)
}

/** Nobody knows such a type, before or after. */
function asciiToken(token: string): string {
  return token.replace(/[^\x00-\x7f]/g, 'x')
}

function asciiParameters(cursor: Cursor): string {
  const parameters = joinContinuations(takeParameters(cursor))
  const names = new Set(parameters.map(({ name }) => name))
  return parameters
    .filter(({ name, value }) => isAscii(name) && (isAscii(value) || !names.has(`${name}*`)))
    .map(parameter => asciiParameter(parameter))
    .join('')
}

function asciiParameter({ name, value }: Parameter): string {
  if (name.endsWith('*')) return inPieces(name.slice(0, -1), value.replace(/[^\w!#$&+\-.^`{|}~%']/g, percent), '*')
  if (/^[\x20-\x7e]*$/.test(value)) return inPieces(name, value, '')
  const octets = latin1(fromUtf8(decodeEncodedWords(value)))
  return inPieces(name, `utf-8''${octets.replace(/[^\w!#$&+\-.^`{|}~]/g, percent)}`, '*')
}

/** RFC 2231 3, where one line could not hold it. `star`: the value is percent-encoded. */
function inPieces(name: string, value: string, star: '*' | ''): string {
  const written = (piece: string) =>
    star === '*' || /^[\w!#$&+\-.^`{|}~%'*]+$/.test(piece) ? piece : `"${piece.replace(/["\\]/g, '\\$&')}"`
  if (value.length <= pieceCharacters) return `; ${name}${star}=${written(value)}`
  let pieces = ''
  let number = 0
  for (let at = 0; at < value.length; number += 1) {
    let end = Math.min(at + pieceCharacters, value.length)
    const sign = star === '*' ? value.lastIndexOf('%', end - 1) : -1
    if (sign > at && end < value.length && sign + 3 > end) end = sign
    pieces += `; ${name}*${number}${star}=${written(value.slice(at, end))}`
    at = end
  }
  return pieces
}

const pieceCharacters = 400

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function isAscii(text: string): boolean {
  return !/[^\x00-\x7f]/.test(text)
}
