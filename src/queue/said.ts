// A refusal of ours as rows and reports keep it.

import type { OutcomeClass, RefusedOutcome } from '#mail/outcome.ts'
import type { Refusal, RefusalName } from '#wire/smtp/refusals.ts'

/** The enhanced code, and the reply as SMTP gives it. */
export function said({ reply }: Refusal): { readonly status: string; readonly reply: string } {
  const { code, enhanced, text } = reply
  const status = enhanced ?? `${Math.floor(code / 100)}.0.0`
  return { status, reply: `${code} ${status} ${typeof text === 'string' ? text : text.join(' ')}` }
}

export function isForGood({ reply }: Refusal): boolean {
  return reply.code >= 500
}

const classes: Readonly<Partial<Record<RefusalName, OutcomeClass>>> = {
  'no-such-mailbox': 'recipient-unknown',
  'mailbox-disabled': 'recipient-unknown',
  'mailbox-full': 'mailbox-full',
  'mailbox-too-small': 'mailbox-full',
}

/** What a mailbox here says of a message. */
export function refusedHere(refusal: Refusal): RefusedOutcome {
  return {
    kind: isForGood(refusal) ? 'failed' : 'deferred',
    ...said(refusal),
    class: classes[refusal.reason] ?? 'ours',
    by: undefined,
    notBefore: undefined,
  }
}
