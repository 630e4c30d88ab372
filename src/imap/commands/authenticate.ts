// AUTHENTICATE (RFC 3501 6.2.2) with SASL-IR (RFC 4959).

import { ParseError } from '#base/parse-error.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { bad, no, type Reply } from '#imap/reply.ts'
import { parseSaslLine } from '#wire/imap/parse-sasl.ts'
import { printContinuation } from '#wire/imap/print-lines.ts'
import { needsTls, welcomeOrRefusal } from './login.ts'

export async function authenticate(
  conversation: Conversation,
  { mechanism, initial }: CommandOf<'AUTHENTICATE'>,
): Promise<Reply> {
  const { channel, needs } = conversation
  if (channel.tls === undefined) return needsTls()
  const exchange = needs.authenticator.exchange(mechanism, channel, channel.remote.address)
  if (exchange === undefined) return no('CANNOT', 'This mechanism is not offered here')
  let step = await exchange.start(initial)
  while (step.kind === 'challenge') {
    const answer = await ask(conversation, step.bytes)
    if (answer.kind === 'reply') return answer.reply
    step = await exchange.respond(answer.bytes)
  }
  if (step.kind === 'malformed') return bad(step.reason)
  return await welcomeOrRefusal(conversation, step)
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
