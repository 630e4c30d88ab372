// The messages of SCRAM (RFC 5802 5 and 7): the client's are read, the server's printed. The arithmetic is in accounts/scram.ts.
// Reading throws ParseError and nothing else.

import { ParseError } from '#base/parse-error.ts'
import { identityOctets, nonceOctets, scramMessageOctets } from './limits.ts'
import { readText } from './read-text.ts'

/** What the client says of channel binding (gs2-cbind-flag). */
export type BindingFlag =
  /** It can't. */
  | { readonly kind: 'unsupported' }
  /** It could, and believes that we can't. */
  | { readonly kind: 'not-offered' }
  | { readonly kind: 'used'; readonly type: string }

export interface ClientFirst {
  readonly binding: BindingFlag
  /** Whom to act for; '' for oneself. */
  readonly authorizationId: string
  /** As it stands, with both commas: the binding repeats it. */
  readonly gs2Header: string
  readonly user: string
  readonly nonce: string
  /** Without the gs2 header, for the signatures. */
  readonly bare: string
}

export interface ClientFinal {
  readonly binding: Uint8Array
  readonly nonce: string
  readonly proof: Uint8Array
  /** For the signatures. */
  readonly withoutProof: string
}

export function readClientFirst(bytes: Uint8Array): ClientFirst {
  const text = readText(bytes, scramMessageOctets)
  const [, flag = '', authorization = '', bare = ''] = firstPattern.exec(text) ?? fail('expected a gs2 header')
  const [, user = '', nonce = ''] = barePattern.exec(bare) ?? fail('expected n=user,r=nonce')
  if (nonce.length > nonceOctets) fail('the nonce is too long')
  return {
    binding: readFlag(flag),
    authorizationId: readName(authorization),
    gs2Header: text.slice(0, text.length - bare.length),
    user: readName(user) || fail('no user name'),
    nonce,
    bare,
  }
}

export function readClientFinal(bytes: Uint8Array): ClientFinal {
  const text = readText(bytes, scramMessageOctets)
  const [, withoutProof = '', binding = '', nonce = '', proof = ''] =
    finalPattern.exec(text) ?? fail('expected c=binding,r=nonce,p=proof')
  return { binding: readBase64(binding), nonce, proof: readBase64(proof), withoutProof }
}

/** `salt` raw, `nonce` the client's with ours behind it. */
export function printServerFirst(challenge: {
  readonly nonce: string
  readonly salt: Uint8Array
  readonly iterations: number
}): string {
  return `r=${challenge.nonce},s=${challenge.salt.toBase64()},i=${challenge.iterations}`
}

export function printServerFinal(signature: Uint8Array): string {
  return `v=${signature.toBase64()}`
}

const firstPattern = /^(n|y|p=[A-Za-z0-9.-]+),(?:a=([^,]+))?,(.*)$/su
/** A nonce is printable ASCII without a comma; extensions may follow, and are overlooked. One that stands before the name is mandatory, and none is known. */
const barePattern = /^n=([^,]*),r=([\x21-\x2b\x2d-\x7e]+)(?:,[A-Za-z]=[^,]+)*$/u
const finalPattern =
  /^(c=([A-Za-z0-9+/]+={0,2}),r=([\x21-\x2b\x2d-\x7e]+)(?:,[A-Za-z]=[^,]+)*?),p=([A-Za-z0-9+/]+={0,2})$/u

function readFlag(flag: string): BindingFlag {
  if (flag === 'n') return { kind: 'unsupported' }
  return flag === 'y' ? { kind: 'not-offered' } : { kind: 'used', type: flag.slice(2) }
}

/** RFC 5802 5.1: a comma is =2C, an equals sign =3D, and no other `=` may stand in a name. */
function readName(text: string): string {
  if (/=(?!2C|3D)/.test(text)) fail('a name with an = that is not =2C or =3D')
  const name = text.replaceAll('=2C', ',').replaceAll('=3D', '=')
  return new TextEncoder().encode(name).length > identityOctets ? fail('the name is too long') : name
}

function readBase64(text: string): Uint8Array {
  try {
    return Uint8Array.fromBase64(text, { lastChunkHandling: 'strict' })
  } catch {
    return fail('not base64') // SyntaxError is all that it throws
  }
}

function fail(reason: string): never {
  throw new ParseError(reason, 0)
}
