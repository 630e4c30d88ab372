// ENABLE (RFC 5161). No extension of ours needs it yet: unknown names are passed over.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { printEnabled } from '#wire/imap/print-lines.ts'

/** What can be enabled, in upper case. */
const extensions: ReadonlySet<string> = new Set()

export function enable(conversation: Conversation, { capabilities }: CommandOf<'ENABLE'>): Reply {
  const enabled = new Set(capabilities.map(name => name.toUpperCase()).filter(name => extensions.has(name)))
  conversation.output.text(printEnabled([...enabled]))
  return ok('Done')
}
