// AUTHENTICATE (RFC 3501 6.2.2) with SASL-IR (RFC 4959).

import { ParseError } from '#base/parse-error.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { bad, no, type Reply } from '#imap/reply.ts'
import { parseSaslLine } from '#wire/imap/parse-sasl.ts'
import { printContinuation } from '#wire/imap/print-lines.ts'
import { startExchange } from '#wire/sasl/exchange.ts'
import type { SaslStep } from '#wire/sasl/mechanism.ts'
import { checkPassword, needsTls } from './login.ts'

export async function authenticate(
  conversation: Conversation,
  { mechanism, initial }: CommandOf<'AUTHENTICATE'>,
): Promise<Reply> {
  const exchange = startExchange(mechanism)
  if (exchange === undefined) return no('CANNOT', 'This mechanism is not known here')
  if (conversation.channel.tls === undefined) return needsTls()
  let step = exchange.start(initial)
  while (step.kind === 'challenge') {
    const answer = await ask(conversation, step.bytes)
    if (answer.kind === 'reply') return answer.reply
    step = exchange.respond(answer.bytes)
  }
  return await finish(conversation, step)
}

type Answer =
  | { readonly kind: 'response'; readonly bytes: Uint8Array }
  | { readonly kind: 'reply'; readonly reply: Reply }

/** Sends a challenge and waits for its answer. */
async function ask(conversation: Conversation, challenge: Uint8Array): Promise<Answer> {
  conversation.output.text(printContinuation(challenge.toBase64()))
  const line = await conversation.readLine()
  if (line === undefined) return { kind: 'reply', reply: bad('The response is too long') }
  try {
    const parsed = parseSaslLine(line)
    return parsed.kind === 'response' ? parsed : { kind: 'reply', reply: bad('Cancelled') }
  } catch (error) {
    if (!(error instanceof ParseError)) throw error
    return { kind: 'reply', reply: bad('The response is no base64') }
  }
}

async function finish(conversation: Conversation, step: Exclude<SaslStep, { kind: 'challenge' }>): Promise<Reply> {
  if (step.kind === 'malformed') return bad(step.reason)
  // Acting for another account is a right that nobody has yet.
  if (step.authorizationId !== '') return no('AUTHORIZATIONFAILED', 'You cannot act for another account')
  return await checkPassword(conversation, step)
}
