// From a command to its file.

import type { Command } from '#wire/smtp/command.ts'
import { auth } from './auth.ts'
import type { Answer, Conversation } from './conversation.ts'
import { expn, help, noop, quit, rset, vrfy } from './courtesy.ts'
import { data } from './data.ts'
import { hello } from './hello.ts'
import { mail } from './mail.ts'
import { rcpt } from './rcpt.ts'
import { starttls } from './starttls.ts'

/** Undefined when the command has answered by itself. */
export function runCommand(
  conversation: Conversation,
  command: Command,
): Answer | undefined | Promise<Answer | undefined> {
  switch (command.verb) {
    case 'EHLO':
    case 'HELO':
      return hello(conversation, command)
    case 'MAIL':
      return mail(conversation, command)
    case 'RCPT':
      return rcpt(conversation, command)
    case 'DATA':
      return data(conversation)
    case 'AUTH':
      return auth(conversation, command)
    case 'STARTTLS':
      return starttls(conversation)
    case 'RSET':
      return rset()
    case 'NOOP':
      return noop()
    case 'HELP':
      return help(conversation)
    case 'VRFY':
      return vrfy()
    case 'EXPN':
      return expn(conversation)
    case 'QUIT':
      return quit(conversation)
    case 'unknown':
      return conversation.refuse('unknown-command')
  }
}
