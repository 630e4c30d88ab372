// SUBSCRIBE and UNSUBSCRIBE (RFC 3501 6.3.6, 6.3.7). The name need not be a mailbox.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'

export async function subscribe(
  { needs }: Conversation,
  { accountId }: Account,
  { verb, mailbox }: CommandOf<'SUBSCRIBE'>,
): Promise<Reply> {
  await needs.store.setSubscribed(accountId, mailbox, verb === 'SUBSCRIBE')
  return ok('Done')
}
