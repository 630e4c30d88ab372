// LOGOUT (RFC 3501 6.1.3).

import type { Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'

export function logout(conversation: Conversation): Reply {
  conversation.select(undefined)
  conversation.isOver = true
  conversation.output.text(printStatusResponse({ tag: '*', status: 'BYE', text: 'Good-bye' }))
  return ok('Logged out')
}
