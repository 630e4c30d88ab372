// EXPUNGE (RFC 3501 6.4.3) and UID EXPUNGE (RFC 4315 2.1). The EXPUNGE responses come from `announce`, as for any other session.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { cutShort, limitOf } from '#imap/message-limit.ts'
import { placesIn, rangesOfUids } from '#imap/message-ranges.ts'
import { no, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { uidSlices } from '#imap/uid-slices.ts'
import { flag } from '#mail/flags.ts'
import type { SequenceSet } from '#wire/imap/command.ts'

/** Never of a part (RFC 9738 3.1). */
export async function expunge(conversation: Conversation, selected: Selected): Promise<Reply> {
  return await remove(conversation, selected, deletedUids(selected))
}

export async function uidExpunge(
  conversation: Conversation,
  selected: Selected,
  { set }: CommandOf<'UID EXPUNGE'>,
): Promise<Reply> {
  const uids = deletedUids(selected, set)
  const limit = limitOf(conversation)
  if (uids.length <= limit || selected.readOnly) return await remove(conversation, selected, uids)
  const newest = uids.slice(-limit)
  return cutShort(conversation, await remove(conversation, selected, newest), newest[0] ?? 0)
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

async function remove(conversation: Conversation, selected: Selected, uids: readonly number[]): Promise<Reply> {
  if (selected.readOnly) return no('READ-ONLY', 'The mailbox is open for reading only')
  const { accountId, mailboxId } = selected.view
  let done = 0
  for (const slice of uidSlices(uids)) {
    const gone = await conversation.needs.store.expunge(accountId, mailboxId, slice, { onlyDeleted: true, by: 'imap' })
    conversation.told.expunged(selected.view, gone.length)
    done += slice.length
    conversation.progress(done, uids.length)
  }
  return uids.length === 0 ? ok('Done') : { ...ok('Done'), tellsModseq: true }
}
