// IMAP URLs that name a message or a piece of it (RFC 5092), with what URLAUTH (RFC 4467) and URL-PARTIAL (RFC 5550) add.
// What a mailbox, a search or a server alone would be is no message, and refused.

import { ParseError } from '#base/parse-error.ts'
import { fromLatin1 } from '#text/bytes.ts'
import { Cursor, characterSet } from '#text/cursor.ts'
import type { Section } from './command.ts'
import { number, positiveNumber } from './grammar.ts'
import { urlLengthMax } from './limits.ts'
import { inboxInUpperCase } from './mailbox-name.ts'
import { fetchItems } from './parse-fetch.ts'

export interface ImapUrl {
  /** undefined: the URL is relative, and means this server and the account that gives it. */
  readonly server: { readonly user: string | undefined; readonly host: string } | undefined
  /** undefined: the selected one. */
  readonly mailbox: string | undefined
  readonly uidValidity: number | undefined
  readonly uid: number
  readonly section: Section
  /** `length` undefined: up to the end. */
  readonly partial: { readonly start: number; readonly length: number | undefined } | undefined
  readonly authorization: UrlAuthorization | undefined
}

/** Who may use a URL, and what proves that its owner said so (RFC 4467 3). */
export interface UrlAuthorization {
  /** Milliseconds since 1970; undefined: for ever. */
  readonly expiresAt: number | undefined
  readonly access:
    | { readonly kind: 'user' | 'submit'; readonly user: string }
    | { readonly kind: 'authuser' | 'anonymous' }
  /** The URL up to and with the access identifier, as it was written: what the token is made over. */
  readonly rump: string
  /** undefined: the URL is a rump still. */
  readonly proof: { readonly mechanism: string; readonly token: string } | undefined
}

/** Throws ParseError. `text` has one character per octet. */
export function parseImapUrl(text: string): ImapUrl {
  if (text.length > urlLengthMax) throw new ParseError('the URL is too long', urlLengthMax)
  const cursor = new Cursor(text)
  const server = urlServer(cursor)
  const { mailbox, uidValidity } = urlMailbox(cursor)
  const uid = cursor.takeAnyCase(';UID=') ? positiveNumber(cursor, 'a UID') : cursor.fail('the URL names no message')
  const section = parameter(cursor, ';SECTION=') ? urlSection(cursor) : whole
  const partial = parameter(cursor, ';PARTIAL=') ? urlPartial(cursor) : undefined
  const authorization = urlAuthorization(cursor)
  cursor.take('/')
  cursor.expectEnd()
  return { server, mailbox, uidValidity, uid, section, partial, authorization }
}

const whole: Section = { part: [], text: { kind: 'all' } }

/** `imap://user;AUTH=mechanism@host:port`. What AUTH asks for is the business of a client that logs in by the URL. */
function urlServer(cursor: Cursor): ImapUrl['server'] {
  if (!cursor.takeAnyCase('IMAP://'))
    return otherScheme.test(cursor.text) ? cursor.fail('this is no IMAP URL') : undefined
  const authority = cursor.takeSome(authorityCharacters, 'a server')
  const at = authority.lastIndexOf('@')
  const [user = ''] = authority.slice(0, Math.max(at, 0)).split(/;AUTH=/i)
  const host = authority.slice(at + 1).replace(/:\d*$/, '')
  if (host === '') cursor.fail('the URL names no server')
  return { user: user === '' ? undefined : decode(cursor, user), host: decode(cursor, host).toLowerCase() }
}

const otherScheme = /^[a-z][a-z0-9+.-]*:/i

/** `/mailbox;UIDVALIDITY=1/`, up to the message; before a message alone the selected mailbox. */
function urlMailbox(cursor: Cursor): Pick<ImapUrl, 'mailbox' | 'uidValidity'> {
  cursor.take('/')
  const written = cursor.takeWhile(mailboxCharacters)
  const name = written.endsWith('/') ? written.slice(0, -1) : written
  const mailbox = name === '' ? undefined : inboxInUpperCase(decode(cursor, name).normalize('NFC'))
  const uidValidity = cursor.takeAnyCase(';UIDVALIDITY=') ? positiveNumber(cursor, 'a UIDVALIDITY') : undefined
  cursor.take('/')
  return { mailbox, uidValidity }
}

/** RFC 5092 has a slash before each; RFC 4467's examples leave it out. */
function parameter(cursor: Cursor, name: string): boolean {
  const start = cursor.at
  cursor.take('/')
  if (cursor.takeAnyCase(name)) return true
  cursor.at = start
  return false
}

/** What would stand in BODY[...]. */
function urlSection(cursor: Cursor): Section {
  const start = cursor.at
  const text = decode(cursor, cursor.takeWhile(valueCharacters))
  const inside = new Cursor(`BODY[${text}]`)
  try {
    const [item] = fetchItems(inside)
    if (item?.kind === 'section' && inside.done) return item.section
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
  }
  throw new ParseError('the URL names no section of a message', start)
}

function urlPartial(cursor: Cursor): ImapUrl['partial'] {
  const start = number(cursor, 'a start')
  return { start, length: cursor.take('.') ? positiveNumber(cursor, 'a length') : undefined }
}

function urlAuthorization(cursor: Cursor): UrlAuthorization | undefined {
  const expiresAt = parameter(cursor, ';EXPIRE=') ? timestamp(cursor) : undefined
  if (!parameter(cursor, ';URLAUTH=')) {
    return expiresAt === undefined ? undefined : cursor.fail('expected ;URLAUTH= behind ;EXPIRE=')
  }
  const access = accessIdentifier(cursor)
  const rump = cursor.text.slice(0, cursor.at)
  if (!cursor.take(':')) return { expiresAt, access, rump, proof: undefined }
  const mechanism = cursor.takeSome(mechanismCharacters, 'a mechanism').toUpperCase()
  cursor.expect(':')
  const token = cursor.takeSome(hexadecimal, 'a token')
  return { expiresAt, access, rump, proof: { mechanism, token } }
}

function accessIdentifier(cursor: Cursor): UrlAuthorization['access'] {
  for (const kind of ['user', 'submit'] as const) {
    if (cursor.takeAnyCase(`${kind.toUpperCase()}+`)) {
      return { kind, user: decode(cursor, cursor.takeSome(userCharacters, 'a user')) }
    }
  }
  for (const kind of ['authuser', 'anonymous'] as const) if (cursor.takeAnyCase(kind.toUpperCase())) return { kind }
  return cursor.fail('expected user+, submit+, authuser or anonymous')
}

/** RFC 3339's date-time. */
function timestamp(cursor: Cursor): number {
  const form = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)/iy
  form.lastIndex = cursor.at
  const found = form.exec(cursor.text)?.[0]
  const ms = found === undefined ? Number.NaN : Date.parse(found.toUpperCase())
  if (found === undefined || Number.isNaN(ms)) return cursor.fail('expected a time like 2026-12-31T12:00:00Z')
  cursor.at += found.length
  return ms
}

/** Percent-encoded UTF-8, or raw UTF-8, as text. */
function decode(cursor: Cursor, written: string): string {
  const octets = written.replace(/%([0-9A-Fa-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  if (/%(?![0-9A-Fa-f]{2})/.test(written) || octets.includes('\0')) cursor.fail('a wrong % in the URL')
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(fromLatin1(octets))
  } catch {
    return cursor.fail('the URL is not in UTF-8')
  }
}

const unreserved = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$'()*+,&=%"
const eightBit = Array.from({ length: 128 }, (_, index) => String.fromCharCode(128 + index)).join('')
const authorityCharacters = characterSet(`${unreserved};:@[]`)
const mailboxCharacters = characterSet(`${unreserved}${eightBit}:@/ `)
const valueCharacters = characterSet(`${unreserved}${eightBit}:@ `)
const userCharacters = characterSet(`${unreserved}@`)
const mechanismCharacters = characterSet('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.')
const hexadecimal = characterSet('0123456789ABCDEFabcdef')
