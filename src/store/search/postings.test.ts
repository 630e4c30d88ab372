import assert from 'node:assert/strict'
import { test } from 'node:test'
import { OctetReader, OctetWriter } from './postings.ts'
import { mergeLists, placesOf, wordList, wordsHolding } from './word-list.ts'

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
    const read: number[] = []
    placesOf(octets, [number], place => read.push(place))
    assert.deepEqual(read, list)
  }
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
  const found = (word: string) => {
    const places: number[] = []
    const numbers = wordsHolding(merged.words, Buffer.from(`\xff${word}\xff`, 'latin1'))
    placesOf(merged.postings, numbers, place => places.push(place))
    return places
  }
  assert.deepEqual(['mail', 'ail', 'x', 'mailmail'].map(found), [[0, 3], [], [1], [2]])
  assert.equal(wordsHolding(merged.words, Buffer.from('ail')).length, 2)
  assert.equal(await mergeLists(0, [{ ...other, places: Int32Array.of(-1) }], async () => {}), undefined)
})
