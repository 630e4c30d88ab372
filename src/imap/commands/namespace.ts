// NAMESPACE (RFC 2342): one's own mailboxes from the root on, nobody else's.

import type { Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { delimiter } from '#store/mailbox.ts'
import { printNamespace } from '#wire/imap/print-lines.ts'

export function namespace(conversation: Conversation): Reply {
  conversation.output.text(printNamespace({ personal: [{ prefix: '', delimiter }], others: [], shared: [] }))
  return ok('That is all')
}
