// A refusal as rows and reports keep it.

import type { Refusal } from '#wire/smtp/refusals.ts'

/** The enhanced code, and the reply as SMTP gives it. */
export function said({ reply }: Refusal): { readonly status: string; readonly reply: string } {
  const { code, enhanced, text } = reply
  const status = enhanced ?? `${Math.floor(code / 100)}.0.0`
  return { status, reply: `${code} ${status} ${typeof text === 'string' ? text : text.join(' ')}` }
}

export function isForGood({ reply }: Refusal): boolean {
  return reply.code >= 500
}
