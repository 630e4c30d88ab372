// EHLO, HELO (RFC 5321 4.1.1.1) and LHLO (RFC 2033 4.1): who is there, and what we offer.

import type { CommandOf } from '#wire/smtp/command.ts'
import type { Answer, Conversation } from './conversation.ts'
import { offeredKeywords, offeredLines } from './extensions.ts'

const protocols = { HELO: 'SMTP', EHLO: 'ESMTP', LHLO: 'LMTP' } as const

export function hello(conversation: Conversation, command: CommandOf<'EHLO' | 'HELO' | 'LHLO'>): Answer {
  const { hostname } = conversation.needs
  const protocol = protocols[command.verb]
  // Some programs say HELO and send parameters nevertheless: nothing is gained by refusing these.
  const offered = offeredKeywords(conversation)
  conversation.hello = { name: command.hello, protocol, offered }
  return { code: 250, text: protocol === 'SMTP' ? hostname : [hostname, ...offeredLines(conversation)] }
}
