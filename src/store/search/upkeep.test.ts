import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from './limits.ts'
import type { SegmentSize } from './rows.ts'
import { nextMerge } from './upkeep.ts'

/** Each covers as many ids as it has messages. */
function segmentsOf(sizes: readonly number[]): SegmentSize[] {
  let last = 0
  return sizes.map((messages, index) => {
    const afterId = last
    last += messages
    return { segmentId: index + 1, afterId, lastId: last, messages }
  })
}

const cases: readonly (readonly [string, readonly number[], readonly number[] | undefined])[] = [
  ['few small ones stay', [64, 64, 64, 64, 64, 64, 64], undefined],
  ['eight of them do not', [64, 64, 64, 64, 64, 64, 64, 64], [1, 2, 3, 4, 5, 6, 7, 8]],
  ['only neighbours', [64, 64, 64, 64, 5000, 64, 64, 64, 64], undefined],
  ['of all sizes', [64, 64, 64, 64, 600, 64, 64, 64], [1, 2, 3, 4, 5, 6, 7, 8]],
  ['small ones behind a large one', [9000, 64, 70, 80, 90, 64, 64, 64, 64], [2, 3, 4, 5, 6, 7, 8, 9]],
  ['larger ones, too, no more than fit', [4000, 4000, 4000, 600, 600, 600, 600, 600], [1, 2]],
  ['the largest stay', [8000, 8000, 8000, 8000, 8000, 8000, 8000, 8000], undefined],
]

for (const [name, sizes, wanted] of cases) {
  test(`merging segments: ${name}`, () => {
    assert.deepEqual(
      nextMerge(segmentsOf(sizes), [], 0)?.map(({ segmentId }) => segmentId),
      wanted,
    )
  })
}

test('a segment is written anew when an eighth of it is gone, or something for a day', () => {
  const segments = segmentsOf([80, 80])
  const gone = (count: number, goneAt: number) =>
    Array.from({ length: count }, (_, at) => ({ messageId: 100 + at, goneAt }))
  const next = (count: number, goneAt: number) => nextMerge(segments, gone(count, goneAt), limits.goneMs + 5)
  assert.equal(next(9, 10), undefined)
  assert.deepEqual(next(10, 10), [segments[1]])
  assert.deepEqual(next(1, 5), [segments[1]])
})
