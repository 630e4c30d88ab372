// A SASL response as IMAP carries it (RFC 3501 6.2.2): base64 on a line, or `*` to give up.

import { ParseError } from '#base/parse-error.ts'

/** The line that answers a challenge. Throws ParseError if it is no base64. */
export function parseSaslLine(
  line: string,
): { readonly kind: 'response'; readonly bytes: Uint8Array } | { readonly kind: 'cancel' } {
  return line === '*' ? { kind: 'cancel' } : { kind: 'response', bytes: decodeSaslResponse(line, 0) }
}

/** Strict base64 with its padding. `at` is where it stands, for the error. */
export function decodeSaslResponse(word: string, at: number): Uint8Array {
  if (word.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(word)) {
    try {
      return Uint8Array.fromBase64(word)
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  throw new ParseError('the SASL response is not base64', at)
}
