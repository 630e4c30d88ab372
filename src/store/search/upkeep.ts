// Which segments of an account are to be written anew: many small neighbours become one, and what is gone leaves in time.

import { limits } from './limits.ts'
import type { Gone, SegmentSize } from './rows.ts'

/** The next segments to merge (or one to write anew) without messages that are gone; undefined: all is well. Segments in the order of their ids. */
export function nextMerge(
  segments: readonly SegmentSize[],
  gone: readonly Gone[],
  now: number,
): readonly SegmentSize[] | undefined {
  return smallNeighbours(segments) ?? withGone(segments, gone, now)
}

/** Each message is so written as often as there are sizes, and no account has many segments. */
function smallNeighbours(segments: readonly SegmentSize[]): readonly SegmentSize[] | undefined {
  const largest = limits.segmentMessages / 2
  for (let below = limits.batchMessages; below <= largest; below *= limits.mergedSegments) {
    let first = 0
    for (const [at, { messages }] of segments.entries()) {
      if (messages >= below) first = at + 1
      else if (at - first + 1 >= limits.mergedSegments) return fitting(segments.slice(first, at + 1))
    }
  }
  return undefined
}

/** As many of them as one segment may hold: two at least, for each has less than half of that. */
function fitting(segments: readonly SegmentSize[]): readonly SegmentSize[] {
  let messages = 0
  const over = segments.findIndex(segment => {
    messages += segment.messages
    return messages > limits.segmentMessages
  })
  return over < 0 ? segments : segments.slice(0, over)
}

function withGone(
  segments: readonly SegmentSize[],
  gone: readonly Gone[],
  now: number,
): readonly SegmentSize[] | undefined {
  let next = 0
  for (const segment of segments) {
    const first = next
    while ((gone[next]?.messageId ?? Number.POSITIVE_INFINITY) <= segment.lastId) next += 1
    const here = gone.slice(first, next)
    const isOld = here.some(({ goneAt }) => goneAt <= now - limits.goneMs)
    if (here.length > 0 && (isOld || here.length >= segment.messages * limits.gonePart)) return [segment]
  }
  return undefined
}
