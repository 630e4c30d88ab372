// The messages of OAUTHBEARER (RFC 7628) and of XOAUTH2 (as Google documents it): fields parted by 0x01, a bearer token (RFC 6750) among them.
// Reading throws ParseError and nothing else.

import { ParseError } from '#base/parse-error.ts'
import { identityOctets, tokenOctets } from './limits.ts'
import { readText } from './read-text.ts'

export interface BearerMessage {
  /** Whom the client wants to be; '' where it leaves that to the token. */
  readonly user: string
  readonly token: string
}

/** `n,a=user@example.test,^Ahost=...^Aport=...^Aauth=Bearer token^A^A` (RFC 7628 3.1). */
export function readOauthBearer(bytes: Uint8Array): BearerMessage {
  const text = readText(bytes, tokenOctets)
  const [, user = '', fields = ''] = gs2Pattern.exec(text) ?? fail('expected a gs2 header without channel binding')
  if (/=(?!2C|3D)/.test(user)) fail('a name with an = that is not =2C or =3D')
  return { user: notTooLong(user).replaceAll('=2C', ',').replaceAll('=3D', '='), token: readToken(fields) }
}

/** `user=someone@example.test^Aauth=Bearer token^A^A` */
export function readXoauth2(bytes: Uint8Array): BearerMessage {
  const text = readText(bytes, tokenOctets)
  const [, user = '', fields = ''] = userPattern.exec(text) ?? fail('expected user=')
  return { user: notTooLong(user), token: readToken(fields) }
}

/** RFC 7628 3.2.2: where and how to get a token. The client answers it, then hears that it has failed. */
export function printOauthBearerError(issuer: string): string {
  const configuration = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  return JSON.stringify({ status: 'invalid_token', scope, 'openid-configuration': configuration })
}

/** As Google's servers say it. */
export function printXoauth2Error(): string {
  return JSON.stringify({ status: '401', schemes: 'bearer', scope })
}

/** OpenID Connect Core 5.4: what a token must be asked for that is to name a mail address. */
const scope = 'openid email'

// RFC 7628 3.1: channel binding is not defined, so `p=` can't be; `y` says only that the client knows of it.
const gs2Pattern = /^[ny],(?:a=([^,]+))?,\u0001(.*)\u0001\u0001$/su
const userPattern = /^user=([^\u0001]+)\u0001(.*)\u0001\u0001$/su
const fieldPattern = /^([A-Za-z]+)=([\x20-\x7e\t\r\n]*)$/
/** RFC 6750 2.1: a b64token. */
const bearerPattern = /^bearer +([A-Za-z0-9._~+/-]+=*) *$/i

function readToken(fields: string): string {
  let token: string | undefined
  for (const field of fields.split('\u0001')) {
    const [, name, value = ''] = fieldPattern.exec(field) ?? fail('expected name=value')
    if (name?.toLowerCase() !== 'auth') continue
    if (token !== undefined) fail('auth= twice')
    token = bearerPattern.exec(value)?.[1] ?? fail('expected auth=Bearer and a token')
  }
  return token ?? fail('no auth=')
}

function notTooLong(user: string): string {
  return user.length > identityOctets ? fail('the user name is too long') : user
}

function fail(reason: string): never {
  throw new ParseError(reason, 0)
}
