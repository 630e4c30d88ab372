// The messages that a search has to look at: all, or those that its keys name by number or UID. A limit on messages counts these (RFC 9738 3.1).

import type { Conversation } from '#imap/conversation.ts'
import { exceeds, limitOf, newestOf, tooManyMessages } from '#imap/message-limit.ts'
import { intersection, type Range, rangesOfUids, rangesSize } from '#imap/message-ranges.ts'
import type { Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import { rangesOfKnownNumbers } from './column-test.ts'
import { groundOf, type SearchGround } from './search-ground.ts'

export interface Searched {
  /** Undefined: all that the client knows. */
  readonly within: readonly Range[] | undefined
  /** The lowest UID of `within`, if there would be more to look at. */
  readonly cutAtUid: number | undefined
}

/** What one SEARCH may look at. */
export function searched(conversation: Conversation, selected: Selected, key: SearchKey): Searched {
  const limit = limitOf(conversation)
  if (selected.exists <= limit) return { within: undefined, cutAtUid: undefined }
  const ranges = namedRanges(key, groundOf(conversation, selected))
  if (!exceeds(ranges, limit)) return { within: ranges, cutAtUid: undefined }
  const within = newestOf(ranges, limit)
  return { within, cutAtUid: selected.uidAt(within[0]?.first ?? 0) }
}

/** The "no" to what must look at all of its messages at once, SORT and THREAD; undefined: they are not too many (RFC 9738 3.3). */
export function tooManyToSearch(conversation: Conversation, selected: Selected, key: SearchKey): Reply | undefined {
  return searched(conversation, selected, key).cutAtUid === undefined
    ? undefined
    : tooManyMessages(limitOf(conversation))
}

/** How many messages a search has to look at. */
export function searchedCount(conversation: Conversation, selected: Selected, key: SearchKey): number {
  return rangesSize(namedRanges(key, groundOf(conversation, selected)))
}

function namedRanges(key: SearchKey, ground: SearchGround): readonly Range[] {
  const { selected, saved } = ground
  switch (key.key) {
    case 'sequence':
      return rangesOfKnownNumbers(key.set, selected.exists)
    case 'uid':
      return rangesOfUids(key.set, selected.columns, selected.exists)
    case 'saved':
      return saved
    case 'and':
      return key.all.map(one => namedRanges(one, ground)).reduce(intersection)
    default:
      return [{ first: 0, last: selected.exists - 1 }]
  }
}
