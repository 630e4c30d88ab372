// The ESMTP parameters of MAIL that we know: SIZE (RFC 1870), BODY (RFC 6152), AUTH (RFC 4954 5).

import { ParseError } from '#base/parse-error.ts'
import type { Parameter } from './command.ts'
import { sizeDigits } from './limits.ts'

export interface MailParameters {
  /** What the client says the message's size is; 0 when it did not say. */
  readonly declaredBytes: number
  readonly body: '7BIT' | '8BITMIME'
}

/** The parameters' meaning, or the keyword of the first that we don't know (555). Throws ParseError on a value that makes no sense (501). */
export function readMailParameters(
  parameters: readonly Parameter[],
):
  | { readonly kind: 'read'; readonly parameters: MailParameters }
  | { readonly kind: 'unknown'; readonly keyword: string } {
  let declaredBytes = 0
  let body: MailParameters['body'] = '7BIT'
  for (const { keyword, value = '' } of parameters) {
    if (keyword === 'SIZE') declaredBytes = readSize(value)
    else if (keyword === 'BODY') body = readBody(value)
    else if (keyword !== 'AUTH') return { kind: 'unknown', keyword }
    // AUTH= is understood and, since no one is trusted with it, taken as AUTH=<> (RFC 4954 5).
  }
  return { kind: 'read', parameters: { declaredBytes, body } }
}

function readSize(value: string): number {
  if (!/^\d+$/.test(value) || value.length > sizeDigits) throw new ParseError('SIZE needs a number of octets', 0)
  return Number(value)
}

function readBody(value: string): MailParameters['body'] {
  const body = value.toUpperCase()
  if (body === '7BIT' || body === '8BITMIME') return body
  throw new ParseError('BODY is 7BIT or 8BITMIME', 0)
}
