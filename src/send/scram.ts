// SCRAM's arithmetic from the client's side (RFC 5802 3, RFC 7677).

import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const hash = 'sha256'
const hashOctets = 32
const derive = promisify(pbkdf2)

export interface Proven {
  /** Shows the server that we know the password. */
  readonly proof: Uint8Array
  /** Whether this signature shows that the server knows it. */
  isServers(signature: Uint8Array): boolean
}

/** @param password prepared (SASLprep) */
export async function prove(given: {
  readonly password: string
  readonly salt: Uint8Array
  readonly iterations: number
  readonly authMessage: string
}): Promise<Proven> {
  const { password, salt, iterations, authMessage } = given
  const salted = await derive(password, salt, iterations, hashOctets, hash)
  const clientKey = hmac(salted, 'Client Key')
  const signature = hmac(createHash(hash).update(clientKey).digest(), authMessage)
  const wanted = hmac(hmac(salted, 'Server Key'), authMessage)
  return {
    proof: clientKey.map((octet, at) => octet ^ (signature[at] ?? 0)),
    isServers: shown => shown.length === wanted.length && timingSafeEqual(shown, wanted),
  }
}

function hmac(key: Uint8Array, text: string): Uint8Array {
  return createHmac(hash, key).update(text).digest()
}
