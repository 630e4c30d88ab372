// Asks the index: segment by segment, each in a read of its own, so that others have their turn in between.

import type { Database, Tx } from '#io/sql/database.ts'
import { findInRow, indexedFields } from './field-texts.ts'
import { fieldsOf, positionOf, postingsIn, type RowKey, segmentAfter, wordsOf } from './rows.ts'
import { type Segment, wordKind } from './segment.ts'
import type { FindOptions, TextQuery, TextVerdict, TextVerdicts } from './text-query.ts'
import { placesOf, wordsHolding } from './word-list.ts'
import { type Plan, planOf } from './words.ts'

export interface LookupNeeds extends FindOptions {
  readonly database: Database
  readonly version: string
}

export async function lookUp(needs: LookupNeeds, accountId: number, query: TextQuery): Promise<TextVerdicts> {
  const { database, version, from, to, breathe } = needs
  const verdicts = new Verdicts(from)
  const position = await database.read(tx => positionOf(tx, accountId))
  if (position?.version !== version) return verdicts
  const ask = questionOf(query)
  while (verdicts.knownTo < to) {
    const answer = await database.read(async tx => {
      const segment = await segmentAfter(tx, accountId, verdicts.knownTo)
      // A gap: the index is being made anew.
      if (segment === undefined || segment.afterId > verdicts.knownTo) return undefined
      return { segment, places: await ask(tx, accountId, segment) }
    })
    if (answer === undefined) return verdicts
    verdicts.learn(answer.segment, answer.places)
    await breathe()
  }
  return verdicts
}

/** What is known of a segment's messages by place: `no` of the others. */
type Places = Map<number, 'yes' | 'ask'>
type Question = (tx: Tx, accountId: number, segment: Segment) => Promise<Places>

/** Segments that were merged meanwhile say the same of a message as before. */
class Verdicts implements TextVerdicts {
  knownTo: number
  readonly #from: number
  readonly #known = new Map<number, 'yes' | 'ask'>()

  constructor(from: number) {
    this.#from = from
    this.knownTo = Math.max(0, from - 1)
  }

  learn({ lastId, ids }: Segment, places: Places): void {
    for (const [place, verdict] of places) this.#known.set(ids[place] ?? 0, verdict)
    this.knownTo = lastId
  }

  of(messageId: number): TextVerdict {
    return messageId < this.#from || messageId > this.knownTo ? 'ask' : (this.#known.get(messageId) ?? 'no')
  }
}

function questionOf(query: TextQuery): Question {
  const { kind, folded } = query
  if (kind === 'header') return headerQuestion(query.lowerCaseName, folded)
  // Every message has a body that holds nothing.
  if (folded === '') return async (_tx, _accountId, { ids }) => new Map(ids.map((_, place) => [place, 'yes']))
  const plan = planOf(folded)
  const inBody: Question = async (tx, accountId, segment) => await placesWith(tx, accountId, segment, 'body', plan)
  if (kind === 'body') return inBody
  return async (tx, accountId, segment) => {
    const places = await placesWith(tx, accountId, segment, 'header', plan)
    for (const [place, verdict] of await inBody(tx, accountId, segment)) {
      if (places.get(place) !== 'yes') places.set(place, verdict)
    }
    return places
  }
}

function headerQuestion(lowerCaseName: string, folded: string): Question {
  const field = indexedFields.indexOf(lowerCaseName)
  if (field >= 0) {
    const needle = Buffer.from(folded, 'utf8')
    return async (tx, accountId, { segmentId }) => {
      const places: Places = new Map()
      for (const row of await fieldsOf(tx, accountId, segmentId, field)) {
        findInRow(row, needle, (place, verdict) => places.set(place, verdict))
      }
      return places
    }
  }
  // The words may stand in another field.
  const plan: Plan = { ...planOf(folded === '' ? `${lowerCaseName}:` : folded), exact: false }
  return async (tx, accountId, segment) => await placesWith(tx, accountId, segment, 'header', plan)
}

/** The places of the messages that have a word for each of the plan's patterns. */
async function placesWith(
  tx: Tx,
  accountId: number,
  segment: Segment,
  kind: keyof typeof wordKind,
  plan: Plan,
): Promise<Places> {
  const places: Places = new Map()
  for (const place of segment.unread[kind]) places.set(place, 'ask')
  const key = { accountId, segmentId: segment.segmentId, kind: wordKind[kind] }
  const matches = await matchesOf(tx, key, plan, segment.ids.length)
  const verdict = plan.exact ? 'yes' : 'ask'
  for (const [place, matched] of matches.entries()) if (matched === plan.patterns.length) places.set(place, verdict)
  return places
}

/** By place, how many of the patterns, the first ones, its words match. */
async function matchesOf(tx: Tx, key: RowKey, { patterns }: Plan, messages: number): Promise<Uint8Array> {
  const matches = new Uint8Array(messages)
  if (patterns.length === 0) return matches
  const buckets = patterns.flatMap(({ bucket }) => (bucket === undefined ? [] : [bucket]))
  const lists = await wordsOf(tx, key, buckets.length === patterns.length ? buckets : undefined)
  for (const [number, pattern] of patterns.entries()) {
    let found = false
    for (const [bucket, words] of lists) {
      if (pattern.bucket !== undefined && pattern.bucket !== bucket) continue
      const numbers = wordsHolding(words, pattern.bytes)
      if (numbers.length === 0) continue
      found = true
      placesOf(await postingsIn(tx, key, bucket), numbers, place => {
        if (matches[place] === number) matches[place] = number + 1
      })
    }
    if (!found) return matches
  }
  return matches
}
