// UPDATE (RFC 5267 4.3): a result that the client wants to be told the changes of, if we can.

import type { Conversation } from '#imap/conversation.ts'
import { contextMessagesMax, contextsMax } from '#imap/limits.ts'
import type { SearchKey, SequenceSet, SortKey } from '#wire/imap/command.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import type { SortRow } from './kept-searches.ts'
import { holdsKey, type SearchResult } from './search-result.ts'
import { comparison } from './sort-rows.ts'

export interface KeptSearch {
  readonly tag: string
  readonly key: SearchKey
  /** Of a SORT: its rows in their order. */
  readonly sorted?: { readonly by: readonly SortKey[]; readonly rows: readonly SortRow[] }
}

export function keepUpToDate(conversation: Conversation, result: SearchResult, kept: KeptSearch): void {
  const { selected, places, uid, modseq } = result
  const { tag, key, sorted } = kept
  const { contexts } = selected.searches
  const refusal = refusalText(result, kept)
  if (refusal !== undefined) {
    refuse(conversation, tag, refusal)
    return
  }
  contexts.push({
    tag,
    uid,
    key,
    members: places.map(place => selected.uidAt(place)),
    order: sorted && {
      by: sorted.by,
      rows: new Map(sorted.rows.map(row => [row.uid, row])),
      compare: comparison(sorted.by),
    },
    modseq,
    highestUid: selected.uidAt(selected.exists - 1),
  })
}

function refusalText({ selected, places }: SearchResult, { key, sorted }: KeptSearch): string | undefined {
  if (holdsKey(key, changesByItself) || sorted?.by.some(({ by }) => by === 'relevancy') === true)
    return 'Such a result changes in ways that are not told'
  const { contexts } = selected.searches
  const members = contexts.reduce((sum, context) => sum + context.members.length, places.length)
  if (contexts.length >= contextsMax || members > contextMessagesMax) return 'This is too much to keep up to date'
  return undefined
}

/** RFC 5267 4.3.1: an untagged NO, while the search itself is answered. */
export function refuse({ output }: Conversation, tag: string, text: string): void {
  output.text(printStatusResponse({ tag: '*', status: 'NO', code: { code: 'NOUPDATE', tag }, text }))
}

/** Whether what the key means hangs on more than a message: on the time, on what the client was told before, on where the mailbox ends. */
function changesByItself(key: SearchKey): boolean {
  switch (key.key) {
    case 'sequence':
    case 'saved':
    case 'older':
    case 'younger':
    case 'recent':
    case 'new':
    case 'old':
      return true
    case 'uid':
      return hasStar(key.set)
    default:
      return false
  }
}

function hasStar(set: SequenceSet): boolean {
  return set.some(({ from, to }) => from === '*' || to === '*')
}
