// A password hash as text: the PHC string format, `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`, in base64 without padding.

export interface ArgonParameters {
  readonly memoryKib: number
  readonly passes: number
  readonly parallelism: number
}

export interface PasswordHash extends ArgonParameters {
  readonly salt: Uint8Array
  readonly hash: Uint8Array
}

export function printPhc({ memoryKib, passes, parallelism, salt, hash }: PasswordHash): string {
  return `$argon2id$v=19$m=${memoryKib},t=${passes},p=${parallelism}$${base64(salt)}$${base64(hash)}`
}

/** Undefined: not an argon2id hash of version 19. */
export function readPhc(text: string): PasswordHash | undefined {
  const [, memory, passes, parallelism, salt, hash] = pattern.exec(text) ?? []
  if (salt === undefined || hash === undefined) return undefined
  return {
    memoryKib: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Uint8Array.fromBase64(salt),
    hash: Uint8Array.fromBase64(hash),
  }
}

const pattern = /^\$argon2id\$v=19\$m=(\d{1,9}),t=(\d{1,4}),p=(\d{1,3})\$([A-Za-z0-9+/]+)\$([A-Za-z0-9+/]+)$/

function base64(bytes: Uint8Array): string {
  return bytes.toBase64({ omitPadding: true })
}
