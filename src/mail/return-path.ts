// What signed return paths are made of: base32 in lower case, which survives servers that fold local parts; a day of a cycle; a signature.

/** A keyed digest of the text (HMAC), at least `signatureOctets` octets. */
export type Sign = (text: string) => Uint8Array

export const dayMs = 24 * 3_600_000

/** Octets of a signature: guessing one takes 2^39 tries on average, each a RCPT. */
export const signatureOctets = 5

/** RFC 5321 4.5.3.1.1: octets of a local part. */
export const longestLocalPart = 64

const letters = 'abcdefghijklmnopqrstuvwxyz234567'

/** RFC 4648 6, in lower case, without padding. */
export function toBase32(bytes: Uint8Array): string {
  let text = ''
  let bits = 0
  let held = 0
  for (const octet of bytes) {
    held = (held << 8) | octet
    bits += 8
    for (; bits >= 5; bits -= 5) text += letters.charAt((held >> (bits - 5)) & 31)
    held &= (1 << bits) - 1
  }
  return bits === 0 ? text : text + letters.charAt((held << (5 - bits)) & 31)
}

/** Undefined: not written by toBase32. Upper case is read too. */
export function fromBase32(text: string): Uint8Array | undefined {
  const bytes: number[] = []
  let bits = 0
  let held = 0
  for (const letter of text.toLowerCase()) {
    const value = letters.indexOf(letter)
    if (value < 0) return undefined
    held = (held << 5) | value
    bits += 5
    if (bits < 8) continue
    bits -= 8
    bytes.push(held >> bits)
    held &= (1 << bits) - 1
  }
  return held === 0 && bits < 5 ? Uint8Array.from(bytes) : undefined
}

/** In time that tells nothing of where they differ. */
export function isSame(given: string, wanted: string): boolean {
  let difference = given.length ^ wanted.length
  for (let at = 0; at < wanted.length; at += 1) difference |= (given.charCodeAt(at) | 0) ^ wanted.charCodeAt(at)
  return difference === 0
}

export function signatureOf(sign: Sign, text: string): string {
  return toBase32(sign(text).subarray(0, signatureOctets))
}

/** Whether a day, of which only the rest by `cycle` is known, is `now` or at most `days` before it. */
export function isRecent(day: number, { now, days, cycle }: { now: number; days: number; cycle: number }): boolean {
  const age = (Math.floor(now / dayMs) - day) % cycle
  return (age + cycle) % cycle <= days
}
