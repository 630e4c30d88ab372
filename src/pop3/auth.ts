// AUTH (RFC 5034): what is said to each step of a SASL exchange.

import { refusal } from '#wire/pop3/print.ts'
import type { SaslStep } from '#wire/sasl/mechanism.ts'
import type { Reply } from './reply.ts'

/** `signIn` is asked once, when the exchange has given credentials. */
export async function answerStep(
  step: SaslStep,
  signIn: (user: string, password: string) => Promise<Reply>,
): Promise<Reply> {
  switch (step.kind) {
    case 'challenge':
      return step
    case 'malformed':
      return refusal(step.reason)
    case 'credentials':
      if (step.authorizationId !== '') return refusal('nobody may act for another user here', 'AUTH')
      return await signIn(step.user, step.password)
  }
}
