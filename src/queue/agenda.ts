// When each hop has something due, as far as is known: too early does no harm. Bounded: of what is left out only the time is known to look at the
// rows again.

import { limits } from './limits.ts'

export class Agenda {
  /** The earliest of each hop. */
  readonly #at = new Map<string, number>()
  /** A heap by time; an entry that is not the hop's earliest any more is passed over. */
  readonly #heap: { readonly at: number; readonly hop: string }[] = []
  readonly #most: number
  #leftOutAt = Number.POSITIVE_INFINITY

  constructor(most: number = limits.hops) {
    this.#most = most
  }

  /** When the first is due; Infinity: nothing is. */
  get nextAt(): number {
    this.#clean()
    return Math.min(this.#heap[0]?.at ?? Number.POSITIVE_INFINITY, this.#leftOutAt)
  }

  /** Something of the hop is due at `at`. */
  due(hop: string, at: number): void {
    const known = this.#at.get(hop)
    if (known !== undefined && known <= at) return
    if (known === undefined && this.#at.size >= this.#most && !this.#makeRoom(at)) {
      this.#leftOutAt = Math.min(this.#leftOutAt, at)
      return
    }
    this.#at.set(hop, at)
    push(this.#heap, { at, hop })
  }

  /** The hop that is due longest, which is forgotten by that. */
  take(now: number): string | undefined {
    this.#clean()
    const first = this.#heap[0]
    if (first === undefined || first.at > now) return undefined
    pop(this.#heap)
    this.#at.delete(first.hop)
    return first.hop
  }

  /** Whether the rows are to be read again for what was left out; that is so once. */
  takeLeftOut(now: number): boolean {
    if (this.#leftOutAt > now) return false
    this.#leftOutAt = Number.POSITIVE_INFINITY
    return true
  }

  /** One that is due later than `at` makes room for it. */
  #makeRoom(at: number): boolean {
    let looked = 0
    for (const [hop, other] of this.#at) {
      if (other > at) {
        this.#at.delete(hop)
        this.#leftOutAt = Math.min(this.#leftOutAt, other)
        return true
      }
      if (++looked === limits.hopsLookedAt) return false
    }
    return false
  }

  #clean(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#at.get(first.hop) === first.at) return
      pop(this.#heap)
    }
  }
}

interface Timed {
  readonly at: number
}

function push<T extends Timed>(heap: T[], item: T): void {
  let place = heap.push(item) - 1
  while (place > 0) {
    const above = (place - 1) >> 1
    const parent = heap[above] as T // above is a place before the last
    if (parent.at <= item.at) break
    heap[place] = parent
    place = above
  }
  heap[place] = item
}

function pop<T extends Timed>(heap: T[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let place = 0
  for (;;) {
    let below = 2 * place + 1
    if (below >= heap.length) break
    const right = heap[below + 1]
    if (right !== undefined && right.at < (heap[below] as T).at) below += 1 // below is within
    const child = heap[below] as T // as above
    if (child.at >= last.at) break
    heap[place] = child
    place = below
  }
  heap[place] = last
}
