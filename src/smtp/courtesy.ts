// The commands that change nothing: NOOP, RSET (the state table does its work), HELP, VRFY, EXPN, QUIT (RFC 5321 3.5, 4.1.1).

import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'
import { mayXclient, mayXforward } from './extensions.ts'

export function noop(): Answer {
  return reply(250, '2.0.0', 'Nothing done')
}

export function rset(): Answer {
  return reply(250, '2.0.0', 'Begin anew')
}

export function quit(conversation: Conversation): Answer {
  return reply(221, '2.0.0', `${conversation.needs.hostname} closes the connection`)
}

export function help(conversation: Conversation): Answer {
  return { code: 214, enhanced: '2.0.0', text: [`Commands: ${commands(conversation).join(' ')}`, 'See RFC 5321'] }
}

function commands(conversation: Conversation): readonly string[] {
  const { needs, channel } = conversation
  const list = needs.kind === 'lmtp' ? ['LHLO'] : ['EHLO', 'HELO']
  if (channel.canStartTls) list.push('STARTTLS')
  if (needs.kind === 'submission') list.push('AUTH')
  if (mayXclient(conversation)) list.push('XCLIENT')
  if (mayXforward(conversation)) list.push('XFORWARD')
  return [...list, 'MAIL', 'RCPT', 'DATA', 'BDAT', 'RSET', 'NOOP', 'VRFY', 'HELP', 'QUIT']
}

/** RFC 5321 3.5.3, 7.3: 252 tells nothing of who exists. */
export function vrfy(): Answer {
  return reply(252, '2.0.0', 'Addresses are told by RCPT alone; send the message and see')
}

export function expn(conversation: Conversation): Answer {
  return conversation.refuse('expn-refused')
}
