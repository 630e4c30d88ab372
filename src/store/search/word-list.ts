// One bucket of a segment's words with the places of the messages that have them: two strings of octets that are searched and merged as they are.

import { OctetReader, OctetWriter } from './postings.ts'
import { separator } from './words.ts'

export interface WordList {
  readonly bucket: number
  /** UTF-8, a separator before, between and behind the words; in no order. */
  readonly words: Uint8Array
  /** The places of the messages that have the first word, the second, ... */
  readonly postings: Uint8Array
}

const separatorText = String.fromCharCode(separator)

/** The words of one bucket. */
export function wordList(bucket: number, placesByWord: ReadonlyMap<string, readonly number[]>): WordList {
  const writer = new OctetWriter()
  for (const places of placesByWord.values()) writer.places(places)
  const words = Array.from(placesByWord.keys(), word => Buffer.from(word, 'utf8').toString('latin1'))
  return { bucket, words: joined(words), postings: writer.take() }
}

function joined(words: readonly string[]): Uint8Array {
  return Buffer.from(`${separatorText}${words.join(separatorText)}${separatorText}`, 'latin1')
}

/** What a list becomes in the merged segment: by old place the new one, -1 for messages that are gone. */
export interface MergedList extends Pick<WordList, 'words' | 'postings'> {
  readonly places: Int32Array
}

/** Puts lists of one bucket together; the places of each are above those of the lists before it. Undefined: no word is left. */
export async function mergeLists(
  bucket: number,
  lists: readonly MergedList[],
  breathe: () => Promise<void>,
): Promise<WordList | undefined> {
  const placesByWord = new Map<string, number[]>()
  for (const { words, postings, places } of lists) {
    const reader = new OctetReader(postings)
    let count = 0
    for (const word of asBuffer(words)
      .toString('latin1', 1, words.length - 1)
      .split(separatorText)) {
      const merged = placesByWord.get(word) ?? []
      reader.places(place => {
        const kept = places[place] ?? -1
        if (kept >= 0) merged.push(kept)
      })
      if (merged.length > 0) placesByWord.set(word, merged)
      count += 1
      if (count % 1024 === 0) await breathe()
    }
  }
  if (placesByWord.size === 0) return undefined
  const writer = new OctetWriter()
  for (const places of placesByWord.values()) writer.places(places)
  return { bucket, words: joined([...placesByWord.keys()]), postings: writer.take() }
}

/** The numbers of the words that hold `pattern`, ascending. */
export function wordsHolding(words: Uint8Array, pattern: Uint8Array): readonly number[] {
  const octets = asBuffer(words)
  const view = new DataView(words.buffer, words.byteOffset, words.length)
  const found: number[] = []
  let number = -1 // of the word that begins behind the last separator counted
  let counted = 0
  for (let at = octets.indexOf(pattern); at >= 0; at = octets.indexOf(pattern, counted)) {
    // A pattern that begins with a separator begins at its word's own.
    number += separatorsIn(view, counted, at + 1)
    found.push(number)
    counted = at + 1
    while (counted < octets.length && octets[counted] !== separator) counted += 1
  }
  return found
}

/** Four octets at a time: no other octet has all of the five high bits, and each is shifted to its highest. */
function separatorsIn(view: DataView, from: number, to: number): number {
  let count = 0
  let at = from
  for (; at + 4 <= to; at += 4) {
    const four = view.getInt32(at)
    const marks = four & (four << 1) & (four << 2) & (four << 3) & (four << 4) & 0x80808080
    count += Math.imul(marks >>> 7, 0x01010101) >>> 24
  }
  for (; at < to; at += 1) if (view.getUint8(at) === separator) count += 1
  return count
}

function asBuffer(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
}
