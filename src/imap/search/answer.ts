// What SEARCH and SORT have in common around the finding: what is refused before, what is said and kept behind.

import type { Conversation } from '#imap/conversation.ts'
import { bad, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import type { SearchKey, SearchReturn } from '#wire/imap/command.ts'
import { printEsearch } from '#wire/imap/print-search.ts'
import { asksResult, holdsKey, resultItems, type SearchResult, savedUids } from './search-result.ts'

export interface SearchAsked {
  readonly tag: string
  readonly key: SearchKey
  readonly returns: SearchReturn | undefined
}

export const tagIsKept = 'A search of this tag is kept up to date already'

/** RFC 5267 4.3.2: the tag names the result that is kept up to date. */
export function isKept({ searches }: Selected, tag: string): boolean {
  return searches.contexts.some(context => context.tag === tag)
}

/** The reply to a search that can't be; undefined: it can, and what it means for the session is done. */
export function prepare(conversation: Conversation, selected: Selected, asked: SearchAsked): Reply | undefined {
  const { tag, key, returns } = asked
  const refusal = refusalOf(conversation, asked)
  if (refusal !== undefined) return refusal
  if (returns?.update === true && isKept(selected, tag)) return bad(tagIsKept)
  if (asksModseq(key)) conversation.useCondstore()
  return undefined
}

/** As `prepare`, for a search outside the selected mailbox. */
export function refusalOf({ dialect }: Conversation, { tag, key, returns }: SearchAsked): Reply | undefined {
  if (dialect.uidOnly && holdsKey(key, one => one.key === 'sequence'))
    return { status: 'BAD', code: { code: 'UIDREQUIRED' }, text: 'UIDONLY is enabled: no message numbers here' }
  // NOUPDATE would have to name it, within a response code, which ends at a `]`.
  if (returns?.update === true && tag.includes(']')) return bad('For UPDATE use a tag without ]')
  // RFC 6203 4
  if (returns?.relevancy === true && !isFuzzy(key)) return bad('There is no RELEVANCY without FUZZY')
  return undefined
}

export function isFuzzy(key: SearchKey): boolean {
  return holdsKey(key, one => one.key === 'fuzzy')
}

export function asksModseq(key: SearchKey): boolean {
  return holdsKey(key, one => one.key === 'modseq')
}

/** Says the ESEARCH response, and keeps what SAVE asks for. */
export function answer(
  { output }: Conversation,
  { tag, result, returns }: { readonly tag: string; readonly result: SearchResult; readonly returns: SearchReturn },
): void {
  if (returns.save) result.selected.searches.saved = savedUids(result, returns)
  // RFC 5182 2.1: who only saves is told nothing.
  if (asksResult(returns)) output.text(printEsearch({ tag, uid: result.uid, items: resultItems(result, returns) }))
}
