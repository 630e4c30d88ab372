// AUTH (RFC 5034): what is said to each step of a SASL exchange.

import type { SaslOutcome, SaslStep } from '#accounts/account.ts'
import { refusal } from '#wire/pop3/print.ts'
import type { Reply } from './reply.ts'

/** `finish` is asked once, when the exchange is settled. */
export async function answerStep(
  step: SaslStep,
  finish: (user: string, outcome: SaslOutcome) => Promise<Reply>,
): Promise<Reply> {
  switch (step.kind) {
    case 'challenge':
      return step
    case 'malformed':
      return refusal(texts => texts.malformed(step.reason))
    case 'settled':
      return await finish(step.user, step.outcome)
  }
}
