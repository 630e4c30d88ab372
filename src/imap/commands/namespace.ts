// NAMESPACE (RFC 2342): one's own mailboxes from the root on, those of others below a name of theirs.

import type { Conversation } from '#imap/conversation.ts'
import { othersPrefix } from '#imap/mailboxes.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { delimiter } from '#store/mailbox.ts'
import { printNamespace } from '#wire/imap/print-lines.ts'

export function namespace(conversation: Conversation): Reply {
  conversation.output.text(
    printNamespace({
      personal: [{ prefix: '', delimiter }],
      others: [{ prefix: othersPrefix, delimiter }],
      shared: [],
    }),
  )
  return ok('That is all')
}
