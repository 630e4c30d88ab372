// EXPUNGE (RFC 3501 6.4.3) and UID EXPUNGE (RFC 4315 2.1). The EXPUNGE responses come from `announce`, as for any other session.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { placesIn, rangesOfUids } from '#imap/message-ranges.ts'
import { no, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { uidSlices } from '#imap/uid-slices.ts'
import { flag } from '#mail/flags.ts'
import type { SequenceSet } from '#wire/imap/command.ts'

export async function expunge(conversation: Conversation, selected: Selected): Promise<Reply> {
  return await remove(conversation, selected, deletedUids(selected))
}

export async function uidExpunge(
  conversation: Conversation,
  selected: Selected,
  { set }: CommandOf<'UID EXPUNGE'>,
): Promise<Reply> {
  return await remove(conversation, selected, deletedUids(selected, set))
}

/** UIDs of the messages, announced or not, that carry \Deleted now; with `set` those in it. */
export function deletedUids({ view }: Selected, set?: SequenceSet): readonly number[] {
  const { current } = view
  const everything = [{ first: 0, last: current.count - 1 }]
  const uids: number[] = []
  for (const place of placesIn(set === undefined ? everything : rangesOfUids(set, current, current.count)))
    if (((current.flags[place] ?? 0) & flag.deleted) !== 0) uids.push(current.uids[place] ?? 0)
  return uids
}

async function remove({ needs }: Conversation, selected: Selected, uids: readonly number[]): Promise<Reply> {
  if (selected.readOnly) return no('READ-ONLY', 'The mailbox is open for reading only')
  const { accountId, mailboxId } = selected.view
  for (const slice of uidSlices(uids)) await needs.store.expunge(accountId, mailboxId, slice, { onlyDeleted: true })
  return ok('Done')
}
