// The messages of SCRAM (RFC 5802 5 and 7) from the client's side: its own are printed, the server's read. Without channel binding.
// The arithmetic is the caller's. Reading throws ParseError and nothing else.

import { ParseError } from '#base/parse-error.ts'
import { nonceOctets, scramMessageOctets } from './limits.ts'
import { readText } from './read-text.ts'

export interface ServerFirst {
  /** The client's with the server's behind it. */
  readonly nonce: string
  readonly salt: Uint8Array
  readonly iterations: number
}

/** `n,,` before it is the gs2 header: no channel binding, for oneself. */
export function printClientFirst(user: string, nonce: string): { readonly message: string; readonly bare: string } {
  const bare = `n=${user.replaceAll('=', '=3D').replaceAll(',', '=2C')},r=${nonce}`
  return { message: `n,,${bare}`, bare }
}

/** @param clientNonce the server's has to begin with it */
export function readServerFirst(bytes: Uint8Array, clientNonce: string): ServerFirst {
  const text = readText(bytes, scramMessageOctets)
  const [, nonce = '', salt = '', iterations = ''] =
    firstPattern.exec(text) ?? fail('expected r=nonce,s=salt,i=iterations')
  if (!nonce.startsWith(clientNonce) || nonce.length === clientNonce.length)
    fail('the nonce is not ours with more behind it')
  if (nonce.length > clientNonce.length + nonceOctets) fail('the nonce is too long')
  return { nonce, salt: readBase64(salt), iterations: Number(iterations) }
}

/** Without its proof, for the signatures; `biws` is `n,,`. */
export function printClientFinal(nonce: string): string {
  return `c=biws,r=${nonce}`
}

/** The server's signature. */
export function readServerFinal(bytes: Uint8Array): Uint8Array {
  const text = readText(bytes, scramMessageOctets)
  const [, signature = ''] = finalPattern.exec(text) ?? fail('expected v=signature')
  return readBase64(signature)
}

const firstPattern = /^r=([\x21-\x2b\x2d-\x7e]+),s=([A-Za-z0-9+/]+={0,2}),i=([1-9]\d{0,8})(?:,[A-Za-z]=[^,]*)*$/u
const finalPattern = /^v=([A-Za-z0-9+/]+={0,2})(?:,[A-Za-z]=[^,]*)*$/u

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
