// Octets of a SASL response as text.

import { ParseError } from '#base/parse-error.ts'

/** Throws ParseError if it is longer than `maxOctets`, is not UTF-8 or has a NUL. */
export function readText(bytes: Uint8Array, maxOctets: number): string {
  if (bytes.length > maxOctets) throw new ParseError('too long', maxOctets)
  const nul = bytes.indexOf(0)
  if (nul >= 0) throw new ParseError('a NUL in it', nul)
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    throw new ParseError('not UTF-8', 0) // TypeError is all that a fatal decoder throws
  }
}
