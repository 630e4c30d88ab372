// The messages of a mailbox that a key matches: by columns where they tell, by reading the message where they do not.

import type { Conversation } from '#imap/conversation.ts'
import { messageBatches } from '#imap/fetch/message-batches.ts'
import { placesPerBreath } from '#imap/limits.ts'
import { placesIn, type Range } from '#imap/message-ranges.ts'
import type { Selected } from '#imap/selected.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import { candidates } from './candidates.ts'
import { columnTest } from './column-test.ts'
import { messageTest } from './message-test.ts'
import { groundOf, type SearchGround } from './search-ground.ts'
import { SearchedMessage } from './searched-message.ts'

export interface FoundMessages {
  /** Ascending. */
  readonly places: readonly number[]
  /** RFC 6203 4: 1 to 100. */
  relevancyAt(place: number): number
  /** The mailbox's MODSEQ when the search began: later changes may be in the result or not. */
  readonly modseq: number
}

/** `within`: the places to look at; undefined: all that the client knows. */
export async function find(
  conversation: Conversation,
  selected: Selected,
  key: SearchKey,
  within?: readonly Range[],
): Promise<FoundMessages> {
  const ground = groundOf(conversation, selected)
  const modseq = selected.view.highestModseq
  const ranges = within ?? [{ first: 0, last: selected.exists - 1 }]
  const { found, open } = await byColumns(conversation, ground, key, ranges)
  const relevancies = new Map<number, number>()
  const relevancyAt = (place: number) => relevancies.get(place) ?? 100
  if (open.length === 0) return { places: found, relevancyAt, modseq }
  const { certain, possible } = await candidates(conversation, { key, ground, open })
  for (const place of certain) found.push(place)
  for await (const match of byReading(conversation, ground, key, possible)) {
    found.push(match.place)
    if (match.relevancy !== undefined) relevancies.set(match.place, match.relevancy)
  }
  return { places: found.sort((a, b) => a - b), relevancyAt, modseq }
}

interface ByColumns {
  readonly found: number[]
  /** Places that the columns leave open. */
  readonly open: number[]
}

async function byColumns(
  conversation: Conversation,
  ground: SearchGround,
  key: SearchKey,
  ranges: readonly Range[],
): Promise<ByColumns> {
  const test = columnTest(key, ground)
  const result: ByColumns = { found: [], open: [] }
  let looked = 0
  for (const place of placesIn(ranges)) {
    const verdict = test(place)
    if (verdict === 'yes') result.found.push(place)
    else if (verdict === 'ask') result.open.push(place)
    looked += 1
    if (looked % placesPerBreath === 0) await conversation.breathe()
  }
  return result
}

interface Match {
  readonly place: number
  /** Undefined: no key of the search was fuzzy. */
  readonly relevancy: number | undefined
}

async function* byReading(
  conversation: Conversation,
  ground: SearchGround,
  key: SearchKey,
  places: readonly number[],
): AsyncGenerator<Match> {
  const test = messageTest(key, ground)
  const breathe = async () => await conversation.breathe()
  let done = 0
  for await (const batch of messageBatches(conversation.needs.store, ground.selected, places)) {
    for (const { place, reader } of batch) {
      if (reader === undefined) continue
      const message = new SearchedMessage(reader, breathe)
      if (await test(place, message)) yield { place, relevancy: average(message.relevancies) }
    }
    done += batch.length
    conversation.progress(done, places.length)
    await breathe()
  }
}

function average(relevancies: readonly number[]): number | undefined {
  if (relevancies.length === 0) return undefined
  return Math.round(relevancies.reduce((sum, one) => sum + one, 0) / relevancies.length)
}
