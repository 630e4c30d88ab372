import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { SequenceSet } from '#wire/imap/command.ts'
import { placesIn, rangesOfNumbers, rangesOfUids, rangesSize } from './message-ranges.ts'

/** `2:4,9,*` as the parser gives it. */
function set(text: string): SequenceSet {
  const end = (word: string | undefined) => (word === '*' ? '*' : Number(word))
  return text.split(',').map(item => {
    const [from, to = from] = item.split(':')
    return { from: end(from), to: end(to) }
  })
}

describe('sequence numbers name places', () => {
  const table: readonly [string, number, number[] | undefined][] = [
    ['1', 3, [0]],
    ['1:*', 3, [0, 1, 2]],
    ['3:1', 3, [0, 1, 2]],
    ['*', 3, [2]],
    ['9:*', 3, [2]],
    ['*:9', 3, [2]],
    ['*:2', 3, [1, 2]],
    ['2,1,2,1:2', 3, [0, 1]],
    ['3,1', 3, [0, 2]],
    ['4', 3, undefined],
    ['2:4', 3, undefined],
    ['1', 0, undefined],
    ['1:*', 0, []],
    ['*', 0, []],
  ]
  for (const [text, exists, wanted] of table)
    test(`${text} of ${exists}`, () => {
      const ranges = rangesOfNumbers(set(text), exists)
      assert.deepEqual(ranges && [...placesIn(ranges)], wanted)
    })
})

describe('UIDs name places', () => {
  const uids = new Uint32Array([3, 5, 6, 10, 99]) // 99 is past the count
  const table: readonly [string, number, number[]][] = [
    ['5', 4, [1]],
    ['4', 4, []],
    ['1:5', 4, [0, 1]],
    ['4:9', 4, [1, 2]],
    ['1:*', 4, [0, 1, 2, 3]],
    ['*', 4, [3]],
    ['11:*', 4, [3]],
    ['4294967295:*', 4, [3]],
    ['11:4294967295', 4, []],
    ['6,5,5:6', 4, [1, 2]],
    ['*', 0, []],
    ['99', 4, []],
  ]
  for (const [text, count, wanted] of table)
    test(`${text} of ${count}`, () => assert.deepEqual([...placesIn(rangesOfUids(set(text), { uids }, count))], wanted))
})

test('ranges know their size', () => {
  assert.equal(
    rangesSize([
      { first: 0, last: 2 },
      { first: 7, last: 7 },
    ]),
    4,
  )
})
