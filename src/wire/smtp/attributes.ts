// The attributes of XCLIENT and XFORWARD, as Postfix documents them (XCLIENT_README, XFORWARD_README): what a trusted proxy or filter
// tells of the client it stands for.

import type { Cursor } from '#text/cursor.ts'
import { decodeUtf8 } from '#text/strict-utf8.ts'
import { decodeXtext } from '#text/xtext.ts'
import type { Attribute } from './command.ts'
import { isIpv4, isIpv6 } from './ip-address.ts'
import { attributeCharacters } from './limits.ts'

/** A decoded value as it is told on; undefined if it makes no sense. */
type Read = (value: string) => string | undefined

export const xclientAttributes: Readonly<Record<string, Read>> = {
  NAME: word,
  ADDR: address,
  PORT: port,
  PROTO: value => oneOf(value, ['SMTP', 'ESMTP']),
  HELO: word,
  LOGIN: value => value,
  DESTADDR: address,
  DESTPORT: port,
}

export const xforwardAttributes: Readonly<Record<string, Read>> = {
  NAME: word,
  ADDR: address,
  PORT: port,
  PROTO: word,
  HELO: word,
  IDENT: word,
  SOURCE: value => oneOf(value, ['LOCAL', 'REMOTE']),
}

/** `NAME=xtext` and so on up to the end of the line. Throws ParseError. */
export function parseAttributes(cursor: Cursor, known: Readonly<Record<string, Read>>): readonly Attribute[] {
  const words = cursor.rest.split(/[ \t]+/).filter(one => one !== '')
  if (words.length === 0) cursor.fail('expected NAME=value')
  const attributes = words.map(one => parseAttribute(one, known, cursor))
  if (new Set(attributes.map(({ name }) => name)).size < words.length) cursor.fail('an attribute is given twice')
  return attributes
}

function parseAttribute(written: string, known: Readonly<Record<string, Read>>, cursor: Cursor): Attribute {
  const equals = written.indexOf('=')
  if (equals < 0) cursor.fail('an attribute is NAME=value')
  const name = written.slice(0, equals).toUpperCase()
  const read = Object.hasOwn(known, name) ? known[name] : undefined
  if (read === undefined) return cursor.fail('there is no such attribute')
  const value = written.slice(equals + 1)
  if (notKnown.includes(value.toUpperCase())) return { name, value: undefined }
  const text = decodeUtf8(decodeXtext(value))
  // These travel into header fields and the log.
  if (text.length > attributeCharacters || /[\0-\x1f\x7f-\x9f]/.test(text)) cursor.fail(`${name} is malformed`)
  return { name, value: read(text) ?? cursor.fail(`${name} is malformed`) }
}

/** What stands in the place of a value that the client does not know. */
const notKnown = ['', '[UNAVAILABLE]', '[TEMPUNAVAIL]']

function word(value: string): string | undefined {
  return value.includes(' ') ? undefined : value
}

function address(value: string): string | undefined {
  const plain = /^ipv6:/i.test(value) ? value.slice('IPV6:'.length) : value
  if (isIpv6(plain)) return plain.toLowerCase()
  return isIpv4(value) ? value : undefined
}

function port(value: string): string | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65_535 ? String(Number(value)) : undefined
}

function oneOf(value: string, all: readonly string[]): string | undefined {
  return all.find(one => one === value.toUpperCase())
}
