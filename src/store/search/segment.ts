// A segment of the index: some neighbouring messages of an account, in the order of their ids. A message's place is its number there.

import type { FieldRow } from './field-texts.ts'
import { fieldOctets, fieldRows, indexedFields } from './field-texts.ts'
import { limits } from './limits.ts'
import type { MessageTexts } from './message-texts.ts'
import { OctetReader, OctetWriter } from './postings.ts'
import { type WordList, wordList } from './word-list.ts'
import { bucketOf, collectWords } from './words.ts'

/** Which text the words are of. The numbers are stored. */
export const wordKind = { header: 0, body: 1 } as const
export type WordKind = (typeof wordKind)[keyof typeof wordKind]

/** Its row. The ids that it covers: above `afterId`, up to `lastId`. */
export interface Segment {
  readonly segmentId: number
  readonly afterId: number
  readonly lastId: number
  /** By place, ascending. */
  readonly ids: Float64Array
  /** Places of messages whose header (or body) has no words here: they are to be read. */
  readonly unread: { readonly [K in keyof typeof wordKind]: readonly number[] }
}

export interface SegmentRows {
  readonly words: Iterable<{ readonly kind: WordKind; readonly list: WordList }>
  readonly fields: Iterable<FieldRow>
}

/** Gathers messages, in the order of their ids. */
export class SegmentBuilder {
  readonly ids: number[] = []
  readonly unread = { header: [] as number[], body: [] as number[] }
  readonly #header = emptyBuckets()
  readonly #body = emptyBuckets()
  readonly #fields = indexedFields.map((): Uint8Array[] => [])

  add(messageId: number, { header, fields, body }: MessageTexts): void {
    const place = this.ids.length
    this.ids.push(messageId)
    if (!addWords(this.#header, place, header)) this.unread.header.push(place)
    if (!addWords(this.#body, place, body)) this.unread.body.push(place)
    for (const [number, octets] of this.#fields.entries()) octets.push(fieldOctets(fields?.[number]))
  }

  rows(): SegmentRows {
    return { words: this.#words(), fields: this.#fieldRows() }
  }

  *#words(): SegmentRows['words'] {
    for (const list of listsOf(this.#header)) yield { kind: wordKind.header, list }
    for (const list of listsOf(this.#body)) yield { kind: wordKind.body, list }
  }

  *#fieldRows(): Iterable<FieldRow> {
    for (const [field, messages] of this.#fields.entries()) yield* fieldRows(field, messages)
  }
}

type Buckets = readonly Map<string, number[]>[]

function emptyBuckets(): Buckets {
  return Array.from({ length: limits.buckets }, () => new Map<string, number[]>())
}

function* listsOf(buckets: Buckets): Iterable<WordList> {
  for (const [bucket, words] of buckets.entries()) if (words.size > 0) yield wordList(bucket, words)
}

/** False when the message is to be read instead. */
function addWords(buckets: Buckets, place: number, texts: readonly string[] | undefined): boolean {
  if (texts === undefined) return false
  const words = new Set<string>()
  for (const text of texts) if (!collectWords(text, words)) return false
  for (const word of words) {
    const bucket = buckets[bucketOf(word)]
    const places = bucket?.get(word)
    if (places === undefined) bucket?.set(word, [place])
    else places.push(place)
  }
  return true
}

export function packIds(ids: Float64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(ids.length * 8))
  for (const [place, id] of ids.entries()) view.setFloat64(place * 8, id)
  return new Uint8Array(view.buffer)
}

export function unpackIds(bytes: Uint8Array): Float64Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const ids = new Float64Array(bytes.length / 8)
  for (let place = 0; place < ids.length; place += 1) ids[place] = view.getFloat64(place * 8)
  return ids
}

export function packPlaces(places: readonly number[]): Uint8Array {
  const writer = new OctetWriter()
  writer.places(places)
  return writer.take()
}

export function unpackPlaces(bytes: Uint8Array): readonly number[] {
  const places: number[] = []
  new OctetReader(bytes).places(place => places.push(place))
  return places
}
