import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Recent } from './recent.ts'

const columns = { uids: new Uint32Array([1, 3, 5, 7, 9, 11]) }

describe('ranges of UIDs are recent', () => {
  const table: readonly [string, (readonly [number, number])[], number[]][] = [
    ['nothing', [], []],
    ['an empty range', [[5, 5]], []],
    ['one range without its end', [[3, 7]], [3, 5]],
    [
      'two ranges apart',
      [
        [1, 2],
        [9, 12],
      ],
      [1, 9, 11],
    ],
    [
      'two ranges that meet',
      [
        [3, 5],
        [5, 8],
      ],
      [3, 5, 7],
    ],
    [
      'a range within the last',
      [
        [3, 10],
        [5, 8],
      ],
      [3, 5, 7, 9],
    ],
  ]
  for (const [name, ranges, wanted] of table)
    test(name, () => {
      const recent = new Recent()
      for (const [from, to] of ranges) recent.add(from, to)
      assert.deepEqual(
        [...columns.uids].filter(uid => recent.has(uid)),
        wanted,
      )
      assert.equal(recent.countIn(columns, columns.uids.length), wanted.length)
    })
})

test('only messages that the session knows are counted', () => {
  const recent = new Recent()
  recent.add(1, 100)
  assert.equal(recent.countIn(columns, 2), 2)
})
