// SEARCH and UID SEARCH (RFC 3501 6.4.4, RFC 9051 6.4.4), with what RFC 4731, 5182, 5267, 6203, 7162 and 9394 let it answer.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { cutShort } from '#imap/message-limit.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { answer, asksModseq, prepare } from '#imap/search/answer.ts'
import { find } from '#imap/search/find.ts'
import { keepUpToDate, refuse } from '#imap/search/keep-up-to-date.ts'
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
  const finding = find(conversation, selected, key, within)
  // RFC 5182 2.1: a search that fails leaves nothing in `$`, which this one may still read.
  if (returns?.save === true) selected.searches.forget()
  const result: SearchResult = { ...(await finding), selected, uid, tellsModseq: asksModseq(key) }
  if (returns === undefined) output.text(plainAnswer(result))
  else {
    answer(conversation, { tag, result, returns })
    if (returns.update && cutAtUid === undefined) keepUpToDate(conversation, result, { tag, key })
    else if (returns.update) refuse(conversation, tag, 'A part of a result is not kept up to date')
  }
  return cutAtUid === undefined ? ok('Done') : cutShort(conversation, ok('Done'), cutAtUid)
}

function plainAnswer(result: SearchResult): string {
  const numbers = result.places.map(place => numberOf(result, place))
  const modseq = result.tellsModseq ? highestModseq(result.selected, result.places) : undefined
  return modseq === undefined ? printSearch(numbers) : printSearchModseq(numbers, modseq)
}
