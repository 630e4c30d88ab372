// Asks the index: segment by segment, each in a read of its own, so that others have their turn in between.

import type { Database, Tx } from '#io/sql/database.ts'
import { findInRow, indexedFields } from './field-texts.ts'
import { type KnownPlaces, PlaceSet } from './place-set.ts'
import { fieldsOf, positionOf, segmentAfter } from './rows.ts'
import { type Segment, wordKind } from './segment.ts'
import { SegmentWords } from './segment-words.ts'
import type { FindOptions, TextQuery, TextVerdicts } from './text-query.ts'
import { Verdicts } from './verdicts.ts'
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
      const places = { yes: new PlaceSet(segment.ids.length), ask: new PlaceSet(segment.ids.length) }
      await ask({ tx, accountId, segment, places })
      return { segment, places }
    })
    if (answer === undefined) return verdicts
    verdicts.learn(answer.segment, answer.places)
    await breathe()
  }
  return verdicts
}

interface Asked {
  readonly tx: Tx
  readonly accountId: number
  readonly segment: Segment
  /** What is known so far. */
  readonly places: KnownPlaces
}

/** Adds to what is known. */
type Question = (asked: Asked) => Promise<void>

function questionOf(query: TextQuery): Question {
  const { kind, folded } = query
  if (kind === 'header') return headerQuestion(query.lowerCaseName, folded)
  // Every message has a body that holds nothing.
  if (folded === '') return async ({ segment, places }) => places.yes.addAll(PlaceSet.all(segment.ids.length))
  const plan = planOf(folded)
  const inBody: Question = async asked => await addPlacesWith(asked, 'body', plan)
  if (kind === 'body') return inBody
  return async asked => {
    await addPlacesWith(asked, 'header', plan)
    await inBody(asked)
  }
}

function headerQuestion(lowerCaseName: string, folded: string): Question {
  const field = indexedFields.indexOf(lowerCaseName)
  if (field >= 0) {
    const needle = Buffer.from(folded, 'utf8')
    return async ({ tx, accountId, segment, places }) => {
      for (const row of await fieldsOf(tx, accountId, segment.segmentId, field)) findInRow(row, needle, places)
    }
  }
  // The words may stand in another field, or in the header of a part.
  const plan: Plan = { ...planOf(folded === '' ? `${lowerCaseName}:` : folded), exact: false }
  return async asked => await addPlacesWith(asked, 'header', plan)
}

/** Adds the places of the messages that have a word for each of the plan's patterns. */
async function addPlacesWith(
  { tx, accountId, segment, places }: Asked,
  kind: keyof typeof wordKind,
  { patterns, exact }: Plan,
): Promise<void> {
  const verdict = exact ? places.yes : places.ask
  let wanted = PlaceSet.all(segment.ids.length)
  wanted.removeAll(places.yes)
  wanted.removeAll(verdict)
  for (const place of segment.unread[kind]) {
    wanted.remove(place)
    places.ask.add(place)
  }
  const words = new SegmentWords(tx, { accountId, segmentId: segment.segmentId, kind: wordKind[kind] })
  for (const pattern of patterns) {
    if (wanted.isEmpty) return
    wanted = await words.placesWith(pattern, wanted)
  }
  verdict.addAll(wanted)
}
