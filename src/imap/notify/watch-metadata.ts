// What ENABLE METADATA begins (RFC 5464 4.1): changes of annotations by others are told, of the server and of every mailbox.

import type { Account } from '#accounts/account.ts'
import type { Conversation } from '#imap/conversation.ts'
import { learnMailboxes } from './learn-mailboxes.ts'

export async function watchMetadata(conversation: Conversation, account: Account): Promise<void> {
  const notices = conversation.watchFeed()
  notices.metadata = true
  await learnMailboxes(conversation, account, notices)
}
