import assert from 'node:assert/strict'
import { test } from 'node:test'
import { addPlacesOf, OctetReader, OctetWriter } from './postings.ts'
import { mergeLists, wordList, wordsHolding } from './word-list.ts'

/** The places that some of the lists in `postings` have, without repetition, ascending. */
function placesOf(postings: Uint8Array, numbers: readonly number[]): readonly number[] {
  const bits = new Uint8Array(1_000_000)
  addPlacesOf(postings, numbers, bits)
  const places: number[] = []
  for (const [at, octet] of bits.entries()) {
    for (let bit = 0; bit < 8; bit += 1) if ((octet & (1 << bit)) !== 0) places.push(at * 8 + bit)
  }
  return places
}

const lists: readonly (readonly number[])[] = [
  [],
  [0],
  [7],
  [127, 128, 300, 20_000, 5_000_000],
  Array.from({ length: 1000 }, (_, place) => place),
  Array.from({ length: 500 }, (_, place) => place * 3 + 1),
]

test('lists of places are read as they were written, one after the other', () => {
  const writer = new OctetWriter()
  for (const list of lists) writer.places(list)
  const octets = writer.take()
  const reader = new OctetReader(octets)
  for (const list of lists) {
    const read: number[] = []
    reader.places(place => read.push(place))
    assert.deepEqual(read, list)
  }
  for (const [number, list] of lists.entries()) {
    assert.deepEqual(placesOf(octets, [number]), list)
  }
  const some = new Set([0, 7, ...(lists[5] ?? [])])
  assert.deepEqual(
    placesOf(octets, [1, 2, 5]),
    [...some].sort((a, b) => a - b),
  )
})

test('a long list of steps is passed over', () => {
  const steps = Array.from({ length: 100 }, (_, place) => place * 1_000)
  const writer = new OctetWriter()
  writer.places(steps)
  writer.places([3])
  const octets = writer.take()
  assert.deepEqual(placesOf(octets, [1]), [3])
  assert.deepEqual(placesOf(octets, [0]), steps)
})

test('many places are a bit each', () => {
  const writer = new OctetWriter()
  writer.places(lists[4] ?? [])
  assert.equal(writer.take().length, 125 + 2)
})

const { words, postings } = wordList(
  0,
  new Map([
    ['mail', [0, 3]],
    ['ail', [1]],
    ['x', [2, 3]],
    ['mailmail', [4]],
  ]),
)

const finds: readonly (readonly [pattern: string, numbers: readonly number[]])[] = [
  ['ail', [0, 1, 3]],
  ['|ail', [1]],
  ['mail|', [0, 3]],
  ['|mail|', [0]],
  ['x', [2]],
  ['y', []],
]

for (const [pattern, numbers] of finds) {
  test(`words that hold ${pattern}`, () => {
    assert.deepEqual(wordsHolding(words, Buffer.from(pattern.replaceAll('|', '\xff'), 'latin1')), numbers)
  })
}

test('words are found by their numbers, wherever they begin and whatever octets they have', () => {
  const letters = ['a', 'b', 'ß', '߿', '￿', '𠀀', '\u{10ffff}']
  const all = Array.from({ length: 400 }, (_, number) =>
    Array.from({ length: 1 + (number % 9) }, (_, at) => letters[(number * 7 + at * (number % 5) + at) % 7]).join(''),
  )
  const list = wordList(0, new Map(all.map(word => [word, [0]])))
  const known = [...new Set(all)]
  for (const pattern of ['a', 'ß', 'bß', '￿a', '\u{10ffff}', 'aaa', 'none']) {
    const found = wordsHolding(list.words, Buffer.from(pattern))
    assert.deepEqual(
      found.map(number => known[number]),
      known.filter(word => word.includes(pattern)),
      pattern,
    )
  }
})

test('merging leaves out what is gone, and words that nobody has any more', async () => {
  const other = wordList(0, new Map([['mail', [0]]]))
  const merged = await mergeLists(
    0,
    [
      { words, postings, places: Int32Array.of(0, -1, 1, -1, 2) },
      { ...other, places: Int32Array.of(3) },
    ],
    async () => {},
  )
  assert.ok(merged)
  const found = (word: string) =>
    placesOf(merged.postings, wordsHolding(merged.words, Buffer.from(`\xff${word}\xff`, 'latin1')))
  assert.deepEqual(['mail', 'ail', 'x', 'mailmail'].map(found), [[0, 3], [], [1], [2]])
  assert.equal(wordsHolding(merged.words, Buffer.from('ail')).length, 2)
  assert.equal(await mergeLists(0, [{ ...other, places: Int32Array.of(-1) }], async () => {}), undefined)
})
