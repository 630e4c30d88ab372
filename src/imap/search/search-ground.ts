// What the keys of one search are tested against: the mailbox, what `$` is, and the time (the same for all messages).

import type { Conversation } from '#imap/conversation.ts'
import { type Range, rangesOfUids } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import type { TextVerdicts } from '#store/search/text-query.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import { runsOf } from './saved-result.ts'

export interface SearchGround {
  readonly selected: Selected
  /** Milliseconds since 1970. */
  readonly nowMs: number
  /** Places of the saved result. */
  readonly saved: readonly Range[]
  /** By text key what the search index knows; a key that is not in it was not asked for. */
  readonly texts: ReadonlyMap<SearchKey, TextVerdicts>
}

export function groundOf({ needs }: Conversation, selected: Selected): SearchGround {
  const saved = rangesOfUids(runsOf(selected.searches.saved), selected.columns, selected.exists)
  return { selected, nowMs: needs.clock.now(), saved, texts: new Map() }
}
