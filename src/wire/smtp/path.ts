// Paths of MAIL and RCPT (RFC 5321 4.1.2, 4.1.3): quoted local parts, address literals, source routes.

import { ParseError } from '#base/parse-error.ts'
import { type Cursor, characterSet } from '#text/cursor.ts'
import type { Path } from './command.ts'
import { addressOctets, domainOctets, localPartOctets } from './limits.ts'

/** The address within a command is malformed (5.1.7, 5.1.3), as against the command around it. */
export class PathError extends ParseError {
  constructor(message: string, at: number) {
    super(message, at)
    this.name = 'PathError'
  }
}

const alphanumeric = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
// Octets from 0x80 are let through here; whether they are allowed (SMTPUTF8) is not the grammar's question.
const nonAscii = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join('')
// Dots are checked apart: real senders have them doubled or at the end of a local part, which harms nobody.
const localPartCharacters = characterSet(`${alphanumeric}!#$%&'*+-/=?^_\`{|}~.${nonAscii}`)
// `_` is in no host name but in real addresses.
const domainCharacters = characterSet(`${alphanumeric}-_.${nonAscii}`)
const literalCharacters = characterSet(`${alphanumeric}-.:`)
const label = /^(?!-)[^.]{1,63}(?<!-)$/

/** `<...>` at the cursor; undefined for `<>`. Throws PathError. */
export function parsePath(cursor: Cursor): Path | undefined {
  if (!cursor.take('<')) fail(cursor, 'the address must stand in angle brackets, as in <user@example.org>')
  if (cursor.take('>')) return undefined
  skipRoute(cursor)
  const start = cursor.at
  const localPart = cursor.peek === '"' ? quotedLocalPart(cursor) : plainLocalPart(cursor)
  const domain = cursor.take('@') ? parseDomain(cursor) : undefined
  const address = cursor.text.slice(start, cursor.at)
  if (!cursor.take('>')) fail(cursor, 'the address does not end in ">"')
  if (address.length > addressOctets) fail(cursor, `the address is longer than ${addressOctets} octets`)
  return { localPart, domain, address }
}

/** `@a,@b:` is accepted and ignored. */
function skipRoute(cursor: Cursor): void {
  if (cursor.peek !== '@') return
  do {
    if (!cursor.take('@')) fail(cursor, 'a source route names hosts as "@host"')
    parseDomain(cursor)
  } while (cursor.take(','))
  if (!cursor.take(':')) fail(cursor, 'a source route ends in ":"')
}

function plainLocalPart(cursor: Cursor): string {
  const text = cursor.takeWhile(localPartCharacters)
  if (text === '') fail(cursor, 'there is no name before the "@", or it has characters that need quotes')
  if (text.length > localPartOctets) fail(cursor, `the name before the "@" is longer than ${localPartOctets} octets`)
  return text
}

function quotedLocalPart(cursor: Cursor): string {
  const start = cursor.at
  cursor.take('"')
  let text = ''
  for (;;) {
    if (cursor.done) fail(cursor, 'a quoted name does not end')
    const character = cursor.peek
    cursor.at += 1
    if (character === '"') break
    if (character !== '\\') {
      text += character
      continue
    }
    if (cursor.done) fail(cursor, 'a quoted name does not end')
    text += cursor.peek
    cursor.at += 1
  }
  if (text === '') fail(cursor, 'a quoted name is empty')
  if (cursor.at - start > localPartOctets)
    fail(cursor, `the name before the "@" is longer than ${localPartOctets} octets`)
  return text
}

function parseDomain(cursor: Cursor): string {
  if (cursor.peek === '[') return addressLiteral(cursor)
  const domain = cursor.takeWhile(domainCharacters).toLowerCase()
  if (domain === '') fail(cursor, 'there is no domain after the "@"')
  if (domain.length > domainOctets) fail(cursor, `the domain is longer than ${domainOctets} octets`)
  if (!domain.split('.').every(part => label.test(part))) fail(cursor, 'the domain is not a domain name')
  return domain
}

function addressLiteral(cursor: Cursor): string {
  const start = cursor.at
  cursor.take('[')
  if (cursor.takeWhile(literalCharacters) === '') fail(cursor, 'an address literal is empty')
  if (!cursor.take(']')) fail(cursor, 'an address literal does not end in "]"')
  return cursor.text.slice(start, cursor.at).toLowerCase()
}

function fail(cursor: Cursor, message: string): never {
  throw new PathError(message, cursor.at)
}
