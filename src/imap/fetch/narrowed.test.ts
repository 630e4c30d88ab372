import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { placesIn } from '#imap/message-ranges.ts'
import type { FetchModifiers } from '#wire/imap/command.ts'
import { narrowed } from './narrowed.ts'

/** MODSEQ of places 0 to 9. */
const modseqs = [5, 9, 9, 1, 7, 7, 2, 9, 3, 4]
const selected = { modseqAt: (place: number) => modseqs[place] ?? 0 }
const ranges = [
  { first: 0, last: 3 },
  { first: 5, last: 5 },
  { first: 7, last: 9 },
]

describe('of places 0 to 3, 5, 7 to 9 are left', () => {
  const table: readonly [string, Partial<FetchModifiers>, readonly number[]][] = [
    ['all', {}, [0, 1, 2, 3, 5, 7, 8, 9]],
    ['those changed since 0', { changedSince: 0 }, [0, 1, 2, 3, 5, 7, 8, 9]],
    ['those changed since 4', { changedSince: 4 }, [0, 1, 2, 5, 7]],
    ['those changed since 9', { changedSince: 9 }, []],
    ['the first', { partial: { first: 1, last: 1, fromEnd: false } }, [0]],
    ['the fourth to the sixth', { partial: { first: 4, last: 6, fromEnd: false } }, [3, 5, 7]],
    ['the eighth and what is not there', { partial: { first: 8, last: 20, fromEnd: false } }, [9]],
    ['none beyond the end', { partial: { first: 9, last: 20, fromEnd: false } }, []],
    ['the last', { partial: { first: 1, last: 1, fromEnd: true } }, [9]],
    ['the fourth to the fifth from the end', { partial: { first: 4, last: 5, fromEnd: true } }, [3, 5]],
    ['the first, from the end', { partial: { first: 8, last: 100, fromEnd: true } }, [0]],
    ['none beyond the start', { partial: { first: 9, last: 100, fromEnd: true } }, []],
    ['the changed of the last four', { changedSince: 4, partial: { first: 1, last: 4, fromEnd: true } }, [5, 7]],
    [
      'no others where none of the last two changed',
      { changedSince: 4, partial: { first: 1, last: 2, fromEnd: true } },
      [],
    ],
  ]
  for (const [name, modifiers, wanted] of table)
    test(name, () => {
      const found = narrowed(ranges, selected, { changedSince: undefined, partial: undefined, ...modifiers })
      assert.deepEqual([...placesIn(found)], wanted)
    })
})
