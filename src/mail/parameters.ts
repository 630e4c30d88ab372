// The parameters of Content-Type and Content-Disposition (RFC 2045 5.1, RFC 2183), read leniently.
// RFC 2231's pieces (name*0*=) stay as they are written: continuations.ts puts them together.

import { type Cursor, characterSet } from '#text/cursor.ts'
import { trimSpace } from '#text/trim.ts'
import { inverseOf, skipComments, takeQuoted } from './comment.ts'
import { maxParameters } from './limits.ts'
import type { Parameter } from './part.ts'

// RFC 2045's token, and 8-bit octets, which real names hold.
const tokenText = inverseOf(characterSet(`${controls()} ()<>@,;:\\"/[]?=`))
const looseText = inverseOf(characterSet(' \t\r\n(;"'))
const untilSemicolon = inverseOf(characterSet(';"'))

export function takeToken(cursor: Cursor): string {
  skipComments(cursor)
  const token = cursor.takeWhile(tokenText)
  skipComments(cursor)
  return token
}

/** All `; name=value` from here to the end. What is none is passed over. Never throws. */
export function takeParameters(cursor: Cursor): readonly Parameter[] {
  const parameters: Parameter[] = []
  while (parameters.length < maxParameters) {
    skipToSemicolon(cursor)
    if (cursor.done) break
    cursor.take(';')
    const name = takeToken(cursor)
    if (name === '' || !cursor.take('=')) continue
    parameters.push({ name: name.toLowerCase(), value: takeValue(cursor) })
  }
  return parameters
}

/** The value of the first parameter of that name. */
export function parameterValue(parameters: readonly Parameter[], name: string): string | undefined {
  return parameters.find(parameter => parameter.name === name)?.value
}

// Unquoted values with spaces ("name=my file.pdf") are common, and meant whole.
function takeValue(cursor: Cursor): string {
  skipComments(cursor)
  if (cursor.peek === '"') return takeQuoted(cursor)
  let value = cursor.takeWhile(looseText)
  for (;;) {
    skipComments(cursor)
    const more = cursor.takeWhile(looseText)
    if (more === '') return trimSpace(value)
    value += ` ${more}`
  }
}

function skipToSemicolon(cursor: Cursor): void {
  for (;;) {
    skipComments(cursor)
    if (cursor.done || cursor.peek === ';') return
    if (cursor.peek === '"') takeQuoted(cursor)
    else if (cursor.takeWhile(untilSemicolon) === '') return
  }
}

function controls(): string {
  return String.fromCharCode(...Array.from({ length: 32 }, (_, code) => code), 127)
}
