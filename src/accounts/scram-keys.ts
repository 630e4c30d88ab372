// What the server keeps of a password for SCRAM, as data and as text (RFC 5803 2): `SCRAM-SHA-256$15000:salt$StoredKey:ServerKey`, in base64.
// Who has StoredKey can try passwords on it; nobody can log in with it.

/** Without `-PLUS`, which uses the same keys. */
export type ScramMechanism = 'SCRAM-SHA-256' | 'SCRAM-SHA-1'

export interface ScramKeys {
  readonly mechanism: ScramMechanism
  readonly iterations: number
  readonly salt: Uint8Array
  readonly storedKey: Uint8Array
  readonly serverKey: Uint8Array
}

export function printKeys({ mechanism, iterations, salt, storedKey, serverKey }: ScramKeys): string {
  return `${mechanism}$${iterations}:${salt.toBase64()}$${storedKey.toBase64()}:${serverKey.toBase64()}`
}

/** Undefined: not such a text, or of a mechanism that we don't know. */
export function readKeys(text: string): ScramKeys | undefined {
  const [, mechanism, iterations, salt, storedKey, serverKey] = pattern.exec(text) ?? []
  if (mechanism !== 'SCRAM-SHA-256' && mechanism !== 'SCRAM-SHA-1') return undefined
  if (salt === undefined || storedKey === undefined || serverKey === undefined) return undefined
  return {
    mechanism,
    iterations: Number(iterations),
    salt: Uint8Array.fromBase64(salt),
    storedKey: Uint8Array.fromBase64(storedKey),
    serverKey: Uint8Array.fromBase64(serverKey),
  }
}

const pattern = /^([A-Z0-9-]+)\$(\d{1,8}):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/
