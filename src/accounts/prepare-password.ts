// Passwords as they are hashed and compared: SASLprep (RFC 4013), so that two keyboards' ways to write one character agree.

import { limits } from './limits.ts'

/** As a new password is kept; undefined: no password can be this. */
export function prepareNewPassword(password: string): string | undefined {
  return hasProhibited(password) ? undefined : preparePassword(password)
}

/**
 * As a password that somebody shows is compared; undefined: empty, too long, or with control characters. What SASLprep prohibits beyond those is not
 * looked for: a password from before it was refused goes on working.
 */
export function preparePassword(password: string): string | undefined {
  // Printable ASCII, nearly all of them, prepares to itself.
  const prepared = /^[\x20-\x7e]*$/.test(password) ? password : mapped(password)
  if (prepared === '' || /\p{Cc}|\p{Cs}/u.test(prepared)) return undefined
  return Buffer.byteLength(prepared) > limits.passwordBytes ? undefined : prepared
}

/** Whether a name or a password has, once it is mapped, a character of RFC 4013 2.3. */
export function hasProhibited(text: string): boolean {
  return !/^[\x20-\x7e]*$/.test(text) && prohibited.test(mapped(text))
}

/** RFC 4013 2.1 and 2.2: other spaces become a space, what shows nothing goes away, the rest is composed. */
function mapped(password: string): string {
  return password
    .replaceAll(/(?! )\p{Zs}/gu, ' ')
    .replaceAll(invisible, '')
    .normalize('NFKC')
}

// RFC 3454 C.2 to C.9, without what `mapped` leaves no trace of. Non-characters are the last two of each plane, too.
const prohibited =
  /[\p{Cc}\p{Cs}\p{Co}\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\u2ff0-\u2ffb\ufdd0-\ufdef\ufff9-\ufffd]|[\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]|\p{Noncharacter_Code_Point}/u

// RFC 3454 B.1.
const invisible = /\u00ad|\u034f|\u1806|[\u180b-\u180d]|[\u200b-\u200d]|\u2060|[\ufe00-\ufe0f]|\ufeff/gu
