// XFORWARD (Postfix's XFORWARD_README): a trusted server in front tells where it has the next message from. That stands in the log;
// nothing is decided by it.

import type { XforwardFacts } from '#receive/intake.ts'
import type { CommandOf } from '#wire/smtp/command.ts'
import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'
import { xforwardNames } from './extensions.ts'

const facts: Readonly<Record<(typeof xforwardNames)[number], keyof XforwardFacts>> = {
  NAME: 'name',
  ADDR: 'address',
  PORT: 'port',
  PROTO: 'protocol',
  HELO: 'hello',
  IDENT: 'identity',
  SOURCE: 'source',
}

/** Several of them add up. */
export function xforward(conversation: Conversation, { attributes }: CommandOf<'XCLIENT' | 'XFORWARD'>): Answer {
  let origin: XforwardFacts = conversation.origin ?? {}
  for (const { name, value } of attributes) {
    const known = xforwardNames.find(one => one === name)
    if (known === undefined)
      return conversation.refuse('syntax', { reason: `XFORWARD takes ${xforwardNames.join(', ')}` })
    if (value !== undefined) origin = { ...origin, [facts[known]]: value }
  }
  conversation.origin = origin
  conversation.needs.log.info('smtp.xforward', { connection: conversation.channel.id, ...origin })
  return reply(250, '2.0.0', 'Noted')
}
