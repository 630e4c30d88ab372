// UPDATE (RFC 5267 4.3): a result that the client wants to be told the changes of, if we can.

import type { Conversation } from '#imap/conversation.ts'
import { contextMessagesMax, contextsMax } from '#imap/limits.ts'
import type { FetchItem, SearchKey, SortKey } from '#wire/imap/command.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import type { SortRow } from './kept-searches.ts'
import type { SearchResult } from './search-result.ts'
import { comparison } from './sort-rows.ts'

export interface KeptSearch {
  readonly tag: string
  /** Undefined: what was asked for changes in ways that can't be told. */
  readonly key: SearchKey | undefined
  /** What is fetched of each new message in it (RFC 5465 7). */
  readonly items: readonly FetchItem[] | undefined
  /** Of a SORT: its rows in their order. */
  readonly sorted?: { readonly by: readonly SortKey[]; readonly rows: readonly SortRow[] }
}

/** How many results, and messages in all of them together. */
export interface ContextLimits {
  readonly results: number
  readonly messages: number
}

export function keepUpToDate(
  conversation: Pick<Conversation, 'output'>,
  result: SearchResult,
  kept: KeptSearch,
  limits: ContextLimits = { results: contextsMax, messages: contextMessagesMax },
): void {
  const { selected, places, uid, modseq } = result
  const { tag, key, items, sorted } = kept
  const { contexts } = selected.searches
  const refusal = refusalText(result, kept, limits)
  if (refusal !== undefined || key === undefined) {
    refuse(conversation, tag, refusal ?? changesByItself)
    return
  }
  contexts.push({
    tag,
    uid,
    key,
    items,
    members: places.map(place => selected.uidAt(place)),
    order: sorted && {
      by: sorted.by,
      rows: new Map(sorted.rows.map(row => [row.uid, row])),
      compare: comparison(sorted.by),
    },
    modseq,
    highestUid: selected.uidAt(selected.exists - 1),
    lookedAt: undefined,
  })
}

const changesByItself = 'Such a result changes in ways that are not told'

function refusalText(
  { selected, places }: SearchResult,
  { key, sorted }: KeptSearch,
  limits: ContextLimits,
): string | undefined {
  if (key === undefined || sorted?.by.some(({ by }) => by === 'relevancy') === true) return changesByItself
  const { contexts } = selected.searches
  // RFC 5267 4.3.1: one SEARCH must be possible, however large the mailbox is.
  if (contexts.length === 0 && sorted === undefined) return undefined
  const members = contexts.reduce((sum, context) => sum + context.members.length, places.length)
  if (contexts.length >= limits.results || members > limits.messages) return 'This is too much to keep up to date'
  return undefined
}

/** RFC 5267 4.3.1: an untagged NO, while the search itself is answered. */
export function refuse({ output }: Pick<Conversation, 'output'>, tag: string, text: string): void {
  output.text(printStatusResponse({ tag: '*', status: 'NO', code: { code: 'NOUPDATE', tag }, text }))
}
