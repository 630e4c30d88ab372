// What a limit on messages leaves of a set, and what sets have in common.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { backwards, newestOf } from './message-limit.ts'
import { intersection, type Range } from './message-ranges.ts'

describe('newestOf', () => {
  const ranges = [range(0, 3), range(6, 6), range(8, 9)]
  const cases: readonly (readonly [most: number, wanted: readonly Range[]])[] = [
    [1, [range(9, 9)]],
    [2, [range(8, 9)]],
    [3, [range(6, 6), range(8, 9)]],
    [5, [range(2, 3), range(6, 6), range(8, 9)]],
    [7, ranges],
    [8, ranges],
  ]
  for (const [most, wanted] of cases)
    test(`the last ${most} of seven`, () => assert.deepEqual(newestOf(ranges, most), wanted))
})

test('backwards goes place by place from the last', () => {
  assert.deepEqual(backwards([range(1, 2), range(5, 5)]), [range(5, 5), range(2, 2), range(1, 1)])
})

test('an intersection is what both have', () => {
  assert.deepEqual(intersection([range(0, 9)], []), [])
  assert.deepEqual(intersection([range(0, 4), range(6, 9)], [range(3, 7), range(9, 12)]), [
    range(3, 4),
    range(6, 7),
    range(9, 9),
  ])
  assert.deepEqual(intersection([range(2, 2), range(4, 4), range(6, 6)], [range(0, 3), range(5, 6)]), [
    range(2, 2),
    range(6, 6),
  ])
})

function range(first: number, last: number): Range {
  return { first, last }
}
