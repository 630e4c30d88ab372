// SEARCH and UID SEARCH (RFC 3501 6.4.4, RFC 9051 6.4.4), with what RFC 4731, 5182, 5267, 6203, 7162 and 9394 let it answer.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { cutShort } from '#imap/message-limit.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { answer, asksModseq, prepare } from '#imap/search/answer.ts'
import { find } from '#imap/search/find.ts'
import { keepUpToDate, refuse } from '#imap/search/keep-up-to-date.ts'
import { lastingKey } from '#imap/search/lasting-key.ts'
import { highestModseq, numberOf, type SearchResult } from '#imap/search/search-result.ts'
import { searched } from '#imap/search/searched-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import { printSearch } from '#wire/imap/print-lines.ts'
import { printSearchModseq } from '#wire/imap/print-search.ts'

export async function search(
  conversation: Conversation,
  selected: Selected,
  { tag, uid, key, returns }: CommandOf<'SEARCH'>,
): Promise<Reply> {
  const refusal = prepare(conversation, selected, { tag, key, returns })
  if (refusal !== undefined) return refusal
  const { output } = conversation
  if (uid) await selected.announceNew(output)
  const { within, cutAtUid } = searched(conversation, selected, key)
  const found = await find(conversation, selected, key, within)
  const result: SearchResult = { ...found, selected, uid, tellsModseq: asksModseq(key) }
  if (returns === undefined) output.text(plainAnswer(result))
  else {
    // Before SAVE makes another of `$`.
    const lasting = returns.update ? lastingKey(selected, key) : undefined
    answer(conversation, { tag, result, returns })
    if (returns.update && cutAtUid === undefined)
      keepUpToDate(conversation, result, { tag, key: lasting, items: returns.updateItems })
    else if (returns.update) refuse(conversation, tag, 'A part of a result is not kept up to date')
  }
  return cutAtUid === undefined ? ok('Done') : cutShort(conversation, ok('Done'), cutAtUid)
}

function plainAnswer(result: SearchResult): string {
  const numbers = result.places.map(place => numberOf(result, place))
  const modseq = result.tellsModseq ? highestModseq(result.selected, result.places) : undefined
  return modseq === undefined ? printSearch(numbers) : printSearchModseq(numbers, modseq)
}
