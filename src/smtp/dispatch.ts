// From a command to its file.

import type { Command } from '#wire/smtp/command.ts'
import { auth } from './auth.ts'
import { bdat } from './bdat.ts'
import type { MessageAnswer } from './commit.ts'
import type { Conversation } from './conversation.ts'
import { expn, help, noop, quit, rset, vrfy } from './courtesy.ts'
import { data } from './data.ts'
import { hello } from './hello.ts'
import { mail } from './mail.ts'
import { rcpt } from './rcpt.ts'
import { starttls } from './starttls.ts'
import { xclient } from './xclient.ts'
import { xforward } from './xforward.ts'

/** Undefined when the command has answered by itself. */
export function runCommand(conversation: Conversation, command: Command): MessageAnswer | Promise<MessageAnswer> {
  switch (command.verb) {
    case 'EHLO':
    case 'HELO':
    case 'LHLO':
      return hello(conversation, command)
    case 'MAIL':
      return mail(conversation, command)
    case 'RCPT':
      return rcpt(conversation, command)
    case 'DATA':
      return data(conversation)
    case 'BDAT':
      return bdat(conversation, command)
    case 'AUTH':
      return auth(conversation, command)
    case 'STARTTLS':
      return starttls(conversation)
    case 'XCLIENT':
      return xclient(conversation, command)
    case 'XFORWARD':
      return xforward(conversation, command)
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
