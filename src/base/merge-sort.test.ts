import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finish, mergeSort } from './merge-sort.ts'

for (const length of [0, 1, 2, 1_023, 1_024, 1_025, 5_000, 40_000]) {
  test(`mergeSort sorts ${length} items as Array.sort does, and is stable`, () => {
    let state = length + 1
    const items = Array.from({ length }, (_, index) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return { key: state % 500, index }
    })
    const before = items.slice()
    const wanted = items.slice().sort((a, b) => a.key - b.key || a.index - b.index)
    assert.deepEqual(finish(mergeSort(items, (a, b) => a.key - b.key)), wanted)
    assert.deepEqual(items, before)
  })
}

test('mergeSort of many items takes turns', () => {
  const steps = mergeSort(
    Array.from({ length: 100_000 }, (_, index) => -index),
    (a, b) => a - b,
  )
  let turns = 0
  while (steps.next().done !== true) turns += 1
  assert.ok(turns > 150, `${turns} turns`)
})
