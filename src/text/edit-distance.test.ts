import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isWithinEdits } from './edit-distance.ts'

const table: readonly (readonly [string, string, number])[] = [
  ['', '', 0],
  ['', 'a', 1],
  ['word', 'word', 0],
  ['word', 'ward', 1],
  ['word', 'wrod', 1],
  ['word', 'wor', 1],
  ['word', 'words', 1],
  ['meeting', 'meating', 1],
  ['meeting', 'metings', 2],
  ['abcdef', 'badcfe', 3],
  ['kitten', 'sitting', 3],
  ['abc', 'xyz', 3],
]
for (const [a, b, distance] of table) {
  test(`${a} and ${b} are ${distance} edits apart`, () => {
    for (const [one, other] of [[a, b] as const, [b, a] as const]) {
      assert.equal(isWithinEdits(one, other, distance), true)
      if (distance > 0) assert.equal(isWithinEdits(one, other, distance - 1), false)
      assert.equal(isWithinEdits(one, other, distance + 2), true)
    }
  })
}
