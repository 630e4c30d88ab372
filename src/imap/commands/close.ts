// CLOSE (RFC 3501 6.4.2) and UNSELECT (RFC 3691): CLOSE removes what carries \Deleted and says nothing of it.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { deletedUids } from './expunge.ts'

export async function close(
  conversation: Conversation,
  selected: Selected,
  { verb }: CommandOf<'CLOSE' | 'UNSELECT'>,
): Promise<Reply> {
  if (verb === 'CLOSE' && !selected.readOnly) {
    const { accountId, mailboxId } = selected.view
    const uids = deletedUids(selected)
    if (uids.length > 0) await conversation.needs.store.expunge(accountId, mailboxId, uids, { onlyDeleted: true })
  }
  conversation.select(undefined)
  return ok('Closed')
}
