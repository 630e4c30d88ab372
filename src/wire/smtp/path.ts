// Paths of MAIL and RCPT (RFC 5321 4.1.2, 4.1.3, RFC 6531 3.3): quoted local parts, address literals, source routes, UTF-8.

import { ParseError } from '#base/parse-error.ts'
import { type Cursor, characterSet } from '#text/cursor.ts'
import { toAsciiDomain } from '#text/idna.ts'
import { decodeUtf8 } from '#text/strict-utf8.ts'
import type { Path } from './command.ts'
import { isIpv4, isIpv6 } from './ip-address.ts'
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
/** RFC 5321 4.1.3: a tag that somebody may register. */
const generalLiteral = /^[A-Za-z0-9-]*[A-Za-z0-9]:.+$/
const printableAscii = /^[ -~]*$/
const controls = /[\0-\x1f\x7f-\x9f]/

/** `<...>` at the cursor; undefined for `<>`. Throws PathError. */
export function parsePath(cursor: Cursor): Path | undefined {
  const begin = cursor.at
  if (!cursor.take('<')) fail(cursor, 'the address must stand in angle brackets, as in <user@example.org>')
  if (cursor.take('>')) return undefined
  skipRoute(cursor)
  const start = cursor.at
  const localPart = cursor.peek === '"' ? quotedLocalPart(cursor) : plainLocalPart(cursor)
  const domain = cursor.take('@') ? parseDomain(cursor) : undefined
  const address = unicode(cursor, start)
  if (!cursor.take('>')) fail(cursor, 'the address does not end in ">"')
  if (isLonger(address, addressOctets)) fail(cursor, `the address is longer than ${addressOctets} octets`)
  const needsUtf8 = !printableAscii.test(cursor.text.slice(begin, cursor.at))
  return { localPart, domain, address, needsUtf8 }
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
  const start = cursor.at
  if (cursor.takeWhile(localPartCharacters) === '')
    fail(cursor, 'there is no name before the "@", or it has characters that need quotes')
  const text = unicode(cursor, start)
  if (isLonger(text, localPartOctets)) fail(cursor, `the name before the "@" is longer than ${localPartOctets} octets`)
  return text
}

function quotedLocalPart(cursor: Cursor): string {
  const start = cursor.at
  cursor.take('"')
  while (!cursor.take('"')) {
    cursor.take('\\')
    if (cursor.done) fail(cursor, 'a quoted name does not end')
    cursor.at += 1
  }
  const quoted = unicode(cursor, start)
  if (quoted === '""') fail(cursor, 'a quoted name is empty')
  if (isLonger(quoted, localPartOctets))
    fail(cursor, `the name before the "@" is longer than ${localPartOctets} octets`)
  return quoted.slice(1, -1).replace(/\\(.)/gsu, '$1')
}

function parseDomain(cursor: Cursor): string {
  if (cursor.peek === '[') return addressLiteral(cursor)
  const start = cursor.at
  if (cursor.takeWhile(domainCharacters) === '') fail(cursor, 'there is no domain after the "@"')
  const domain = unicode(cursor, start)
  if (isLonger(domain, domainOctets)) fail(cursor, `the domain is longer than ${domainOctets} octets`)
  return toAsciiDomain(domain) ?? fail(cursor, 'the domain is not a domain name')
}

function addressLiteral(cursor: Cursor): string {
  const start = cursor.at
  cursor.take('[')
  const literal = cursor.takeWhile(literalCharacters)
  if (literal === '') fail(cursor, 'an address literal is empty')
  if (!cursor.take(']')) fail(cursor, 'an address literal does not end in "]"')
  if (!isLiteral(literal)) fail(cursor, 'an address literal is [192.0.2.1] or [IPv6:2001:db8::1]')
  return cursor.text.slice(start, cursor.at).toLowerCase()
}

function isLiteral(literal: string): boolean {
  if (/^ipv6:/i.test(literal)) return isIpv6(literal.slice('IPv6:'.length))
  return isIpv4(literal) || generalLiteral.test(literal)
}

/** What stands from `start` to the cursor, in NFC, so that an address has one spelling. */
function unicode(cursor: Cursor, start: number): string {
  const written = cursor.text.slice(start, cursor.at)
  if (printableAscii.test(written)) return written
  const text = decoded(cursor, written).normalize('NFC')
  // C1 controls could be written as UTF-8.
  if (controls.test(text)) fail(cursor, 'a control character is in it')
  return text
}

function decoded(cursor: Cursor, written: string): string {
  try {
    return decodeUtf8(written)
  } catch {
    return fail(cursor, 'it is not written in UTF-8') // ParseError is all that it throws
  }
}

/** Whether it has more than so many octets in UTF-8. Nearly all are far too short for that: no character has more than three. */
function isLonger(text: string, octets: number): boolean {
  return text.length * 3 > octets && Buffer.byteLength(text, 'utf8') > octets
}

function fail(cursor: Cursor, message: string): never {
  throw new PathError(message, cursor.at)
}
