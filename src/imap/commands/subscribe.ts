// SUBSCRIBE and UNSUBSCRIBE (RFC 3501 6.3.6, 6.3.7). The name need not be a mailbox.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { no, ok, type Reply } from '#imap/reply.ts'
import { limits } from '#store/limits.ts'

export async function subscribe(
  { needs }: Conversation,
  { accountId }: Account,
  { verb, mailbox }: CommandOf<'SUBSCRIBE'>,
): Promise<Reply> {
  const problem = verb === 'SUBSCRIBE' ? await objection(needs.store, accountId, mailbox) : undefined
  if (problem !== undefined) return problem
  await needs.store.setSubscribed(accountId, mailbox, verb === 'SUBSCRIBE')
  return ok('Done')
}

/** No quota counts names: without a limit they would fill the disk. */
async function objection(
  store: Conversation['needs']['store'],
  accountId: number,
  mailbox: string,
): Promise<Reply | undefined> {
  if (Buffer.byteLength(mailbox) > limits.nameBytes) return no('CANNOT', 'The name is too long')
  const names = await store.subscriptions(accountId)
  if (names.length < limits.mailboxesPerAccount || names.includes(mailbox)) return undefined
  return no('LIMIT', 'There are too many subscriptions')
}
