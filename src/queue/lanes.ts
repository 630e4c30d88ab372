// The lanes of one hop that have something due: in memory, or in the rows. Served by rank, and the accounts of a rank in turn, so that nobody with a
// hundred thousand recipients stands before another's single one. Now and then it is the turn of a lower rank, so that urgent mail without end starves nobody.

import type { Load } from './bringer.ts'
import { limits } from './limits.ts'

export interface LaneState {
  readonly rank: number
  readonly accountId: number
  /** In hand, and not with a courier yet. */
  readonly loads: Load[]
  /** Their recipients. */
  count: number
  /** When the rows have its next; Infinity: never, as far as is known. */
  dueAt: number
  filling: Promise<void> | undefined
}

export class Lanes {
  readonly #lanes = new Map<string, LaneState>()
  /** Turns that went to a rank while a lower one waited. */
  #urgentTurns = 0
  /** The rank that had the last turn which was not the most urgent one's. */
  #lowerRank = Number.MAX_SAFE_INTEGER

  get size(): number {
    return this.#lanes.size
  }

  get all(): Iterable<LaneState> {
    return this.#lanes.values()
  }

  of(rank: number, accountId: number): LaneState {
    const key = `${rank} ${accountId}`
    let lane = this.#lanes.get(key)
    if (lane === undefined) {
      lane = { rank, accountId, loads: [], count: 0, dueAt: Number.POSITIVE_INFINITY, filling: undefined }
      this.#lanes.set(key, lane)
    }
    return lane
  }

  /** Undefined: there is none such that is known. */
  known(rank: number, accountId: number): LaneState | undefined {
    return this.#lanes.get(`${rank} ${accountId}`)
  }

  /** Whether there is something to bring now. */
  hasDue(now: number): boolean {
    for (const lane of this.#lanes.values()) if (isDue(lane, now)) return true
    return false
  }

  /** The lane whose turn it is, which goes behind all others by that. Lanes that are done are forgotten on the way. */
  turn(now: number): LaneState | undefined {
    let first: LaneState | undefined
    let hasLower = false
    for (const [key, lane] of this.#lanes) {
      if (isDue(lane, now)) {
        if (first !== undefined && lane.rank !== first.rank) hasLower = true
        if (first === undefined || lane.rank < first.rank) first = lane
      } else if (lane.dueAt === Number.POSITIVE_INFINITY && lane.filling === undefined) this.#lanes.delete(key)
    }
    if (first === undefined) return undefined
    const lane = hasLower ? this.#ofRank(first, now) : first
    const key = `${lane.rank} ${lane.accountId}`
    this.#lanes.delete(key)
    this.#lanes.set(key, lane)
    return lane
  }

  /** The most urgent, but for each limits.urgentTurns-th time: then it is the next rank below that which had such a turn last. */
  #ofRank(urgent: LaneState, now: number): LaneState {
    this.#urgentTurns += 1
    if (this.#urgentTurns < limits.urgentTurns) return urgent
    this.#urgentTurns = 0
    let [next, lower]: (LaneState | undefined)[] = []
    for (const lane of this.#lanes.values()) {
      if (!isDue(lane, now) || lane.rank === urgent.rank) continue
      if (lower === undefined || lane.rank < lower.rank) lower = lane
      if (lane.rank > this.#lowerRank && (next === undefined || lane.rank < next.rank)) next = lane
    }
    const lane = next ?? lower ?? urgent
    this.#lowerRank = lane.rank
    return lane
  }

  /** When the rows have the next of any lane; Infinity: never. */
  get nextAt(): number {
    let at = Number.POSITIVE_INFINITY
    for (const { dueAt } of this.#lanes.values()) at = Math.min(at, dueAt)
    return at
  }
}

function isDue(lane: LaneState, now: number): boolean {
  return lane.loads.length > 0 || lane.dueAt <= now || lane.filling !== undefined
}

export function put(lane: LaneState, load: Load, where: 'first' | 'last' = 'last'): void {
  lane.count += load.recipients.length
  if (where === 'last') lane.loads.push(load)
  else lane.loads.unshift(load)
}

export function takeFirst(lane: LaneState): Load | undefined {
  const load = lane.loads.shift()
  if (load !== undefined) lane.count -= load.recipients.length
  return load
}

/** Whether what was just accepted may stand in this lane: nothing of it waits in the rows, and not too much in memory. */
export function mayHand(lane: LaneState | undefined, now: number): boolean {
  if (lane === undefined) return true
  return lane.dueAt > now && lane.filling === undefined && lane.count < limits.handedPerLane
}
