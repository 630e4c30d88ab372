// Passwords as they are hashed and compared: SASLprep (RFC 4013), so that two keyboards' ways to write one character agree.

import { limits } from './limits.ts'

/** Undefined: empty, too long, or with control characters. */
export function preparePassword(password: string): string | undefined {
  // Printable ASCII, nearly all of them, prepares to itself.
  const prepared = /^[\x20-\x7e]*$/.test(password) ? password : mapped(password)
  if (prepared === '' || /\p{Cc}|\p{Cs}/u.test(prepared)) return undefined
  return Buffer.byteLength(prepared) > limits.passwordBytes ? undefined : prepared
}

/** RFC 4013 2.1 and 2.2: other spaces become a space, what shows nothing goes away, the rest is composed. */
function mapped(password: string): string {
  return password
    .replaceAll(/(?! )\p{Zs}/gu, ' ')
    .replaceAll(invisible, '')
    .normalize('NFKC')
}

// RFC 3454 B.1.
const invisible = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/gu
