// What a search learnt of the messages of an account, segment by segment: two bits a message, found by its id.

import type { KnownPlaces } from './place-set.ts'
import type { Segment } from './segment.ts'
import type { TextVerdict, TextVerdicts } from './text-query.ts'

interface KnownSegment extends KnownPlaces {
  readonly lastId: number
  /** By place, ascending. */
  readonly ids: Float64Array
}

/** Segments that were merged meanwhile say the same of a message as before. */
export class Verdicts implements TextVerdicts {
  knownTo: number
  readonly #from: number
  /** One after the other, without a gap from `#from` to `knownTo`. */
  readonly #segments: KnownSegment[] = []
  /** Where the last answer was found: a search asks for one message after the other. */
  #at = 0
  #place = 0

  constructor(from: number) {
    this.#from = from
    this.knownTo = Math.max(0, from - 1)
  }

  learn({ lastId, ids }: Pick<Segment, 'lastId' | 'ids'>, { yes, ask }: KnownPlaces): void {
    this.#segments.push({ lastId, ids, yes, ask })
    this.knownTo = lastId
  }

  of(messageId: number): TextVerdict {
    if (messageId < this.#from || messageId > this.knownTo) return 'ask'
    const segment = this.#segmentOf(messageId)
    if (segment === undefined) return 'no'
    const { ids, yes, ask } = segment
    if (ids[this.#place] !== messageId) this.#place = firstFrom(ids.length, place => (ids[place] ?? 0) >= messageId)
    const place = this.#place
    // Of a message that is gone.
    if (ids[place] !== messageId) return 'no'
    this.#place += 1
    if (yes.has(place)) return 'yes'
    return ask.has(place) ? 'ask' : 'no'
  }

  #segmentOf(messageId: number): KnownSegment | undefined {
    const before = this.#segments[this.#at - 1]?.lastId ?? 0
    const last = this.#segments[this.#at]
    if (last !== undefined && messageId > before && messageId <= last.lastId) return last
    const segments = this.#segments
    this.#at = firstFrom(segments.length, at => (segments[at]?.lastId ?? 0) >= messageId)
    this.#place = 0
    return segments[this.#at]
  }
}

/** The first number below `length` for which `holds`, which holds for all after it, too; `length` if there is none. */
function firstFrom(length: number, holds: (number: number) => boolean): number {
  let low = 0
  let high = length
  while (low < high) {
    const middle = (low + high) >> 1
    if (holds(middle)) high = middle
    else low = middle + 1
  }
  return low
}
