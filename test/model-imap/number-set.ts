// Sets of messages in commands: how they are drawn, written and understood (RFC 9051 9, sequence-set).

import type { Draws } from '../fuzz/draws.ts'

export interface Range {
  readonly from: number
  readonly to: number | '*'
}

export type NumberSet = readonly Range[]

/** `numbers` to choose from; without any, a number that names nothing. */
export function drawSet(draws: Draws, numbers: readonly number[], mayBeOpen: boolean): NumberSet {
  if (numbers.length === 0) return [{ from: 1 + draws.below(3), to: 1 + draws.below(3) }]
  return Array.from({ length: 1 + draws.below(3) }, () => {
    const from = draws.pick(numbers)
    if (mayBeOpen && draws.oneIn(8)) return { from, to: '*' }
    return { from, to: draws.oneIn(2) ? from : draws.pick(numbers) }
  })
}

export function printNumberSet(set: NumberSet): string {
  return set.map(({ from, to }) => (from === to ? `${from}` : `${from}:${to}`)).join(',')
}

/** The message numbers that are meant, ascending; undefined if one is beyond the last. */
export function numbersIn(set: NumberSet, exists: number): readonly number[] | undefined {
  const found = new Set<number>()
  for (const { from, to } of set) {
    if (to !== '*' && Math.max(from, to) > exists) return undefined
    const [low, high] = bounds({ from, to }, exists)
    for (let number = Math.max(1, Math.min(low, exists)); number <= Math.min(high, exists); number += 1)
      found.add(number)
  }
  return [...found].sort((a, b) => a - b)
}

/** Those of `uids` (ascending) that are meant. */
export function uidsIn(set: NumberSet, uids: readonly number[]): readonly number[] {
  const highest = uids.at(-1) ?? 0
  return uids.filter(uid =>
    set.some(range => {
      const [low, high] = bounds(range, highest)
      return uid >= low && uid <= high
    }),
  )
}

function bounds({ from, to }: Range, highest: number): [number, number] {
  const other = to === '*' ? highest : to
  return [Math.min(from, other), Math.max(from, other)]
}
