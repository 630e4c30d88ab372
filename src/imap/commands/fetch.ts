// FETCH and UID FETCH (RFC 3501 6.4.5, 6.4.8).

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { fetchMessages } from '#imap/fetch/fetch.ts'
import { planFetch } from '#imap/fetch/plan.ts'
import { rangesOfNumbers, rangesOfUids } from '#imap/message-ranges.ts'
import { bad, no, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'

export async function fetch(
  conversation: Conversation,
  selected: Selected,
  { uid, set, items }: CommandOf<'FETCH'>,
): Promise<Reply> {
  if (uid) await selected.announceNew(conversation.output)
  const ranges = uid ? rangesOfUids(set, selected.columns, selected.exists) : rangesOfNumbers(set, selected.exists)
  if (ranges === undefined) return bad('There is no message of this number')
  const fetched = await fetchMessages(conversation, selected, ranges, planFetch(items, uid))
  switch (fetched) {
    case 'all':
      return ok('Done')
    case 'some-missing':
      return no('EXPUNGEISSUED', 'Some of the messages are gone')
    case 'some-too-large':
      return no('LIMIT', 'Some of the answers would be too large: ask for fewer items at once')
  }
}
