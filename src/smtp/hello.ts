// EHLO and HELO (RFC 5321 4.1.1.1): who is there, and what we offer.

import { mechanismNames } from '#wire/sasl/exchange.ts'
import type { CommandOf } from '#wire/smtp/command.ts'
import type { Answer, Conversation } from './conversation.ts'

export function hello(conversation: Conversation, command: CommandOf<'EHLO' | 'HELO'>): Answer {
  const { hostname } = conversation.needs
  const extended = command.verb === 'EHLO'
  conversation.hello = { name: command.hello, extended }
  return extended ? { code: 250, text: [hostname, ...extensions(conversation)] } : { code: 250, text: hostname }
}

function extensions({ needs, limits, channel }: Conversation): readonly string[] {
  const offered = ['PIPELINING', `SIZE ${limits.messageBytes}`, '8BITMIME', 'ENHANCEDSTATUSCODES']
  if (channel.canStartTls) offered.push('STARTTLS')
  // RFC 4954 4: a mechanism that shows the password is offered under TLS only.
  if (needs.kind === 'submission' && channel.tls !== undefined) offered.push(`AUTH ${mechanismNames.join(' ')}`)
  return offered
}
