// CLOSE (RFC 3501 6.4.2) and UNSELECT (RFC 3691): CLOSE removes what carries \Deleted and says nothing of it.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { uidSlices } from '#imap/uid-slices.ts'
import { deletedUids } from './expunge.ts'

export async function close(
  conversation: Conversation,
  selected: Selected,
  { verb }: CommandOf<'CLOSE' | 'UNSELECT'>,
): Promise<Reply> {
  // RFC 4314 4: without the right to expunge it only closes.
  if (verb === 'CLOSE' && !selected.readOnly && selected.view.rights.includes('e')) {
    const { accountId, mailboxId } = selected.view
    for (const slice of uidSlices(deletedUids(selected))) {
      const gone = await conversation.needs.store.expunge(accountId, mailboxId, slice, {
        onlyDeleted: true,
        by: 'imap',
      })
      conversation.told.expunged(selected.view, gone.length)
    }
  }
  conversation.select(undefined)
  return ok('Closed')
}
