// STARTTLS (RFC 3207).

import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'

/** Undefined: the reply has left before the handshake. */
export async function starttls(conversation: Conversation): Promise<Answer | undefined> {
  const { channel } = conversation
  if (channel.tls !== undefined) return conversation.refuse('tls-already')
  if (!channel.canStartTls) return conversation.refuse('tls-unavailable')
  conversation.say(reply(220, '2.0.0', 'Ready to start TLS'))
  await conversation.startTls()
  return undefined
}
