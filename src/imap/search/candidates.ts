// The one place where the search index is asked: what it knows of messages that the columns leave open, so that few of them are read.

import type { Conversation } from '#imap/conversation.ts'
import { indexedKeysMax, indexedSearchPlaces, placesPerBreath } from '#imap/limits.ts'
import type { TextQuery, TextVerdicts } from '#store/search/text-query.ts'
import { foldCase } from '#text/fold-case.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import { columnTest } from './column-test.ts'
import type { SearchGround } from './search-ground.ts'

export interface Candidates {
  /** Places of messages that match. */
  readonly certain: readonly number[]
  /** Places of messages that must be read to know. */
  readonly possible: readonly number[]
}

/** `open`: places that columnTest answers by 'ask'. */
export async function candidates(
  conversation: Conversation,
  { key, ground, open }: CandidateSearch,
): Promise<Candidates> {
  const queries = [...textKeys(key)].slice(0, indexedKeysMax)
  // So few are read sooner than the index is looked through; and the dates in headers are in no index.
  if (open.length < indexedSearchPlaces || queries.length === 0) return { certain: [], possible: open }
  const breathe = async () => await conversation.breathe()
  const { search } = conversation.needs.store
  const texts = new Map<SearchKey, TextVerdicts>()
  const { view, columns } = ground.selected
  const options = { ...idRange(columns.messageIds, open), breathe }
  for (const one of queries) texts.set(one, await search.find(view.accountId, queryOf(one), options))
  const test = columnTest(key, { ...ground, texts })
  const certain: number[] = []
  const possible: number[] = []
  for (const [at, place] of open.entries()) {
    const verdict = test(place)
    if (verdict === 'yes') certain.push(place)
    else if (verdict === 'ask') possible.push(place)
    if (at % placesPerBreath === 0) await breathe()
  }
  return { certain, possible }
}

/** The index is looked through no further than the ids of the messages in question. */
function idRange(messageIds: Float64Array, places: readonly number[]): { readonly from: number; readonly to: number } {
  let from = Number.MAX_SAFE_INTEGER
  let to = 0
  for (const place of places) {
    const id = messageIds[place] ?? 0
    if (id < from) from = id
    if (id > to) to = id
  }
  return { from, to }
}

export interface CandidateSearch {
  readonly key: SearchKey
  readonly ground: SearchGround
  readonly open: readonly number[]
}

type TextKey = Extract<SearchKey, { readonly text: string }>

/** The keys that the index can answer. FUZZY ones it can't: it knows what stands there, not what is like it. */
function* textKeys(key: SearchKey): Generator<TextKey> {
  switch (key.key) {
    case 'header':
    case 'body':
    case 'text':
      yield key
      return
    case 'not':
      yield* textKeys(key.of)
      return
    case 'or':
      yield* textKeys(key.left)
      yield* textKeys(key.right)
      return
    case 'and':
      for (const one of key.all) yield* textKeys(one)
      return
    default:
      return
  }
}

function queryOf(key: TextKey): TextQuery {
  const folded = foldCase(key.text)
  return key.key === 'header' ? { kind: 'header', lowerCaseName: key.name, folded } : { kind: key.key, folded }
}
