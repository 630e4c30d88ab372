// RENAME (RFC 3501 6.3.5). UIDs stay; of INBOX the messages move and INBOX stays.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { no, ok, type Reply, refused } from '#imap/reply.ts'
import { delimiter } from '#store/mailbox.ts'

export async function rename(
  { needs }: Conversation,
  { accountId }: Account,
  { from, to }: CommandOf<'RENAME'>,
): Promise<Reply> {
  const name = to.endsWith(delimiter) ? to.slice(0, -1) : to
  if (name.startsWith(`${from}${delimiter}`) && from !== 'INBOX')
    return no('CANNOT', 'A mailbox cannot go below itself')
  const result = await needs.store.renameMailbox(accountId, from, name)
  return result.kind === 'done' ? ok('Renamed') : refused(result)
}
