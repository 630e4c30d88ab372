// DELETE (RFC 3501 6.3.4). Sessions that have the mailbox open are told that its messages are gone.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply, refused } from '#imap/reply.ts'

export async function deleteMailbox(
  { needs }: Conversation,
  { accountId }: Account,
  { mailbox }: CommandOf<'DELETE'>,
): Promise<Reply> {
  const result = await needs.store.deleteMailbox(accountId, mailbox)
  return result.kind === 'done' ? ok('Deleted') : refused(result)
}
