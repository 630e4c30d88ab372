// SCRAM's arithmetic (RFC 5802 3, RFC 7677). PBKDF2 runs on the thread pool, and only when a password is set or first seen: a login costs the server three HMACs.

import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto'
import type { ScramKeys, ScramMechanism } from './scram-keys.ts'

export interface Derivation {
  readonly mechanism: ScramMechanism
  /** Prepared (prepare-password.ts). */
  readonly password: string
  readonly salt: Uint8Array
  readonly iterations: number
}

export async function deriveKeys({ mechanism, password, salt, iterations }: Derivation): Promise<ScramKeys> {
  const hash = hashOf(mechanism)
  const salted = await pbkdf2OnPool({ password, salt, iterations, hash })
  const clientKey = hmac(hash, salted, 'Client Key')
  const storedKey = createHash(hash).update(clientKey).digest()
  return { mechanism, iterations, salt, storedKey, serverKey: hmac(hash, salted, 'Server Key') }
}

/** Whether who made `proof` knew the password of `keys`. */
export function isProven({ mechanism, storedKey }: ScramKeys, authMessage: string, proof: Uint8Array): boolean {
  const hash = hashOf(mechanism)
  const signature = hmac(hash, storedKey, authMessage)
  if (proof.length !== signature.length) return false
  const clientKey = signature.map((octet, index) => octet ^ (proof[index] ?? 0))
  return timingSafeEqual(createHash(hash).update(clientKey).digest(), storedKey)
}

/** Shows the client that the server knows its keys. */
export function serverSignature({ mechanism, serverKey }: ScramKeys, authMessage: string): Uint8Array {
  return hmac(hashOf(mechanism), serverKey, authMessage)
}

/**
 * The salt of a name, whether it has an account or not: a salt drawn by lot would change with the password,
 * or come into being, and so tell that there is an account. Who asks for it learns nothing that a login would not show.
 */
export function saltOf(mechanism: ScramMechanism, secret: Uint8Array, name: string): Uint8Array {
  return hmac('sha256', secret, `${mechanism}\0${name}`).subarray(0, saltOctets)
}

/** The keys of a name that has none: they look like others, and no proof fits them. */
export function decoyKeys(derivation: Omit<Derivation, 'password'>, secret: Uint8Array): ScramKeys {
  const { mechanism, salt, iterations } = derivation
  const octets = createHash(hashOf(mechanism)).update(secret).digest()
  return { mechanism, salt, iterations, storedKey: octets, serverKey: octets }
}

const saltOctets = 16

function hashOf(mechanism: ScramMechanism): 'sha1' | 'sha256' {
  return mechanism === 'SCRAM-SHA-1' ? 'sha1' : 'sha256'
}

function hmac(hash: string, key: Uint8Array, text: string): Uint8Array {
  return createHmac(hash, key).update(text).digest()
}

function pbkdf2OnPool(given: {
  readonly password: string
  readonly salt: Uint8Array
  readonly iterations: number
  readonly hash: 'sha1' | 'sha256'
}): Promise<Uint8Array> {
  const { password, salt, iterations, hash } = given
  return new Promise((resolve, reject) => {
    pbkdf2(password, salt, iterations, hash === 'sha1' ? 20 : 32, hash, (error, derived) =>
      error ? reject(error) : resolve(derived),
    )
  })
}
