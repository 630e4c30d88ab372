// CAPABILITY (RFC 3501 6.1.1).

import type { Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { printCapability } from '#wire/imap/print-lines.ts'

export function capability(conversation: Conversation): Reply {
  conversation.output.text(printCapability(conversation.capabilities()))
  return ok('That is all')
}
