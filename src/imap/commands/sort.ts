// SORT and UID SORT (RFC 5256 3), with SORT=DISPLAY (RFC 5957), ESORT and CONTEXT=SORT (RFC 5267).

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { bad, ok, type Reply } from '#imap/reply.ts'
import { answer, asksModseq, isFuzzy, prepare } from '#imap/search/answer.ts'
import { find } from '#imap/search/find.ts'
import { keepUpToDate } from '#imap/search/keep-up-to-date.ts'
import { lastingKey } from '#imap/search/lasting-key.ts'
import { highestModseq, numberOf, type SearchResult } from '#imap/search/search-result.ts'
import { tooManyToSearch } from '#imap/search/searched-ranges.ts'
import { sortedRows } from '#imap/search/sort-rows.ts'
import type { Selected } from '#imap/selected.ts'
import { printSort } from '#wire/imap/print-search.ts'

export async function sort(
  conversation: Conversation,
  selected: Selected,
  { tag, uid, key, by, returns }: CommandOf<'SORT'>,
): Promise<Reply> {
  const refusal = prepare(conversation, selected, { tag, key, returns })
  if (refusal !== undefined) return refusal
  if (by.some(one => one.by === 'relevancy') && !isFuzzy(key)) return bad('There is no RELEVANCY without FUZZY')
  const { output } = conversation
  if (uid) await selected.announceNew(output)
  const tooMany = tooManyToSearch(conversation, selected, key)
  if (tooMany !== undefined) return tooMany
  const found = await find(conversation, selected, key)
  const rows = await sortedRows(conversation, selected, found, by)
  const places = rows.map(({ place }) => place)
  const result: SearchResult = { ...found, places, selected, uid, tellsModseq: asksModseq(key) }
  if (returns === undefined) {
    const modseq = result.tellsModseq ? highestModseq(selected, places) : undefined
    const numbers = places.map(place => numberOf(result, place))
    output.text(printSort(numbers, modseq))
    return ok('Done')
  }
  const lasting = returns.update ? lastingKey(selected, key) : undefined
  answer(conversation, { tag, result, returns })
  if (returns.update)
    keepUpToDate(conversation, result, { tag, key: lasting, items: returns.updateItems, sorted: { by, rows } })
  return ok('Done')
}
