// The words of a segment as one search reads them: no more than it needs, and nothing twice.

import type { Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import { PlaceSet } from './place-set.ts'
import { addPlacesOf } from './postings.ts'
import { listsOf, postingsIn, type RowKey, wordsOf } from './rows.ts'
import { wordsHolding } from './word-list.ts'
import type { Pattern } from './words.ts'

export class SegmentWords {
  readonly #tx: Tx
  readonly #key: RowKey
  /** By bucket; empty if there is none. */
  readonly #words = new Map<number, Uint8Array>()
  readonly #postings = new Map<number, Uint8Array>()

  constructor(tx: Tx, key: RowKey) {
    this.#tx = tx
    this.#key = key
  }

  /** Those of the places `wanted` whose messages have a word that the pattern matches. */
  async placesWith({ bytes, bucket }: Pattern, wanted: PlaceSet): Promise<PlaceSet> {
    const found = new PlaceSet(wanted.octets.length * 8)
    // Where the words of the last bucket had some, the places are read with the next words: one way to the rows instead of two.
    let isCommon = false
    for (const buckets of bucket === undefined ? bucketsTogether : [[bucket]]) {
      await this.#read(buckets, isCommon)
      for (const one of buckets) {
        const numbers = wordsHolding(this.#words.get(one) ?? none, bytes)
        isCommon = numbers.length > 0
        if (!isCommon) continue
        addPlacesOf(await this.#postingsIn(one), numbers, found.octets)
        // All that could be found is found.
        if (found.covers(wanted)) return wanted
      }
    }
    found.keep(wanted)
    return found
  }

  async #read(buckets: readonly number[], withPostings: boolean): Promise<void> {
    const unread = buckets.filter(bucket => !this.#words.has(bucket))
    if (unread.length === 0) return
    for (const bucket of unread) this.#words.set(bucket, none)
    if (!withPostings) {
      for (const [bucket, words] of await wordsOf(this.#tx, this.#key, unread)) this.#words.set(bucket, words)
      return
    }
    for (const { bucket, words, postings } of await listsOf(this.#tx, this.#key, unread)) {
      this.#words.set(bucket, words)
      this.#postings.set(bucket, postings)
    }
  }

  async #postingsIn(bucket: number): Promise<Uint8Array> {
    const known = this.#postings.get(bucket)
    if (known !== undefined) return known
    const postings = await postingsIn(this.#tx, this.#key, bucket)
    this.#postings.set(bucket, postings)
    return postings
  }
}

const none = new Uint8Array(0)

const bucketsTogether = Array.from({ length: limits.buckets / limits.bucketsAtOnce }, (_, group) =>
  Array.from({ length: limits.bucketsAtOnce }, (_, at) => group * limits.bucketsAtOnce + at),
)
