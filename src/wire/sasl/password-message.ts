// What PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login) say. Both show the password to whoever listens: they are offered under TLS only.

import { ParseError } from '#base/parse-error.ts'
import { identityOctets, passwordOctets } from './limits.ts'
import { readText } from './read-text.ts'

export interface PlainMessage {
  /** Whom to act for; '' for oneself. */
  readonly authorizationId: string
  readonly user: string
  readonly password: string
}

/** authzid NUL authcid NUL passwd (RFC 4616 2). Throws ParseError. */
export function readPlain(response: Uint8Array): PlainMessage {
  const first = response.indexOf(0)
  const second = first < 0 ? -1 : response.indexOf(0, first + 1)
  if (second < 0 || response.indexOf(0, second + 1) >= 0)
    throw new ParseError('expected authzid NUL authcid NUL password', 0)
  const authorizationId = readText(response.subarray(0, first), identityOctets)
  return { authorizationId, ...readLogin(response.subarray(first + 1, second), response.subarray(second + 1)) }
}

/** The two answers to LOGIN's challenges. Throws ParseError. */
export function readLogin(
  user: Uint8Array,
  password: Uint8Array,
): { readonly user: string; readonly password: string } {
  if (user.length === 0 || password.length === 0) throw new ParseError('empty user name or password', 0)
  return { user: readText(user, identityOctets), password: readText(password, passwordOctets) }
}

export const userChallenge: Uint8Array = new TextEncoder().encode('Username:')
export const passwordChallenge: Uint8Array = new TextEncoder().encode('Password:')
