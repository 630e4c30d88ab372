// One mail address: a mailbox name and a domain (RFC 5321 4.1.2, RFC 6531), as recipients, logins and operators give it.

import { toAsciiDomain } from '#text/idna.ts'
import { maxAddressCharacters } from './limits.ts'

export interface MailAddress {
  /** Unquoted, Unicode, in the case it was written in. */
  readonly localPart: string
  /** Lower case, in its ASCII form (xn--); an address literal with its brackets. */
  readonly domain: string
}

/** The address as SMTP and header fields write it: the local part quoted where it must be. */
export function printAddress(address: MailAddress): string {
  return `${printLocalPart(address.localPart)}@${address.domain}`
}

export function printLocalPart(localPart: string): string {
  return dotAtom.test(localPart) ? localPart : `"${localPart.replace(/["\\]/g, '\\$&')}"`
}

/** A bare `local@domain`; undefined if it is none: no name, no angle brackets, no comments. */
export function parseAddress(text: string): MailAddress | undefined {
  if (text.length > maxAddressCharacters) return undefined
  const at = text.lastIndexOf('@')
  if (at < 1) return undefined
  const localPart = unquoteLocalPart(text.slice(0, at))
  const domain = parseDomain(text.slice(at + 1))
  if (localPart === undefined || domain === undefined) return undefined
  return { localPart, domain }
}

// RFC 5322 3.2.3, and RFC 6531 3.3: every character beyond ASCII is an atom's, too.
const atom = String.raw`[A-Za-z0-9!#$%&'*+/=?^_\x60{|}~\u0080-\u{10ffff}-]+`
const dotAtom = new RegExp(String.raw`^${atom}(?:\.${atom})*$`, 'u')
const quotedString = /^"(?:[^"\\\p{Cc}]|\\[\x20-\x7e])*"$/u
const addressLiteral = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9a-f:.]{2,45})\]$/i

function unquoteLocalPart(written: string): string | undefined {
  if (dotAtom.test(written)) return /\p{Cc}|\p{Zl}|\p{Zp}/u.test(written) ? undefined : written
  if (!quotedString.test(written) || written.length <= 2) return undefined
  return written.slice(1, -1).replace(/\\(.)/gu, '$1')
}

function parseDomain(written: string): string | undefined {
  if (written.startsWith('[')) return addressLiteral.test(written) ? written.toLowerCase() : undefined
  return toAsciiDomain(written)
}
