// The commands that change nothing: NOOP, RSET (the state table does its work), HELP, VRFY, EXPN, QUIT (RFC 5321 3.5, 4.1.1).

import { reply } from '#wire/smtp/reply.ts'
import type { Answer, Conversation } from './conversation.ts'

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
  const auth = conversation.needs.kind === 'submission' ? ' AUTH' : ''
  return {
    code: 214,
    enhanced: '2.0.0',
    text: [`Commands: EHLO HELO STARTTLS${auth} MAIL RCPT DATA RSET NOOP VRFY HELP QUIT`, 'See RFC 5321'],
  }
}

/** RFC 5321 3.5.3, 7.3: 252 tells nothing of who exists. */
export function vrfy(): Answer {
  return reply(252, '2.0.0', 'Addresses are told by RCPT alone; send the message and see')
}

export function expn(conversation: Conversation): Answer {
  return conversation.refuse('expn-refused')
}
