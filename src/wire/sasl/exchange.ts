// SASL PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login) from the server's side. Both show the password to whoever
// listens: a protocol offers them only under TLS.

import { identityOctets, passwordOctets } from './limits.ts'
import type { SaslExchange, SaslStep } from './mechanism.ts'

/** In the order in which they are advertised. */
export const mechanismNames: readonly string[] = ['PLAIN', 'LOGIN']

/** A new exchange for `mechanism`, its name in any case; undefined if we don't have it. */
export function startExchange(mechanism: string): SaslExchange | undefined {
  switch (mechanism.toUpperCase()) {
    case 'PLAIN':
      return plainExchange()
    case 'LOGIN':
      return loginExchange()
    default:
      return undefined
  }
}

function plainExchange(): SaslExchange {
  return {
    start: initial => (initial === undefined ? { kind: 'challenge', bytes: new Uint8Array(0) } : readPlain(initial)),
    respond: readPlain,
  }
}

/** authzid NUL authcid NUL passwd (RFC 4616 2). */
function readPlain(response: Uint8Array): SaslStep {
  const first = response.indexOf(0)
  const second = first < 0 ? -1 : response.indexOf(0, first + 1)
  if (second < 0 || response.indexOf(0, second + 1) >= 0) return malformed('expected authzid NUL authcid NUL password')
  const authorizationId = readText(response.subarray(0, first), identityOctets)
  const user = readText(response.subarray(first + 1, second), identityOctets)
  const password = readText(response.subarray(second + 1), passwordOctets)
  return authorizationId === undefined
    ? malformed('not UTF-8, or too long')
    : credentials(authorizationId, user, password)
}

function loginExchange(): SaslExchange {
  let user: Uint8Array | undefined
  const takeUser = (response: Uint8Array): SaslStep => {
    user = response
    return challenge('Password:')
  }
  return {
    // An empty initial response (`=`) can't be a user name: some clients mean "none" by it.
    start: initial => (initial === undefined || initial.length === 0 ? challenge('Username:') : takeUser(initial)),
    respond(response) {
      if (user === undefined) return takeUser(response)
      return credentials('', readText(user, identityOctets), readText(response, passwordOctets))
    },
  }
}

/** `authorizationId` comes out as '' when it names the user who logs in: any other asks to act for somebody else. */
function credentials(authorizationId: string, user: string | undefined, password: string | undefined): SaslStep {
  if (user === undefined || password === undefined) return malformed('not UTF-8, or too long')
  if (user === '' || password === '') return malformed('empty user name or password')
  const forSelf = authorizationId.toLowerCase() === user.toLowerCase()
  return { kind: 'credentials', authorizationId: forSelf ? '' : authorizationId, user, password }
}

/** Undefined if it is longer than `maxOctets`, is not UTF-8 or has a NUL. */
function readText(bytes: Uint8Array, maxOctets: number): string | undefined {
  if (bytes.length > maxOctets || bytes.includes(0)) return undefined
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined // TypeError is all that a fatal decoder throws
  }
}

function challenge(text: string): SaslStep {
  return { kind: 'challenge', bytes: new TextEncoder().encode(text) }
}

function malformed(reason: string): SaslStep {
  return { kind: 'malformed', reason }
}
