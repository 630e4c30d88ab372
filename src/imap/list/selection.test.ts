import assert from 'node:assert/strict'
import { test } from 'node:test'
import { chooseNames } from './selection.ts'

const plain = { subscribed: true, specialUse: false, recursive: false }
const recursive = { ...plain, recursive: true }

/** `foo+` stands for children, `+foo` does and is answered for itself too. */
function chosen(meeting: string, matching: string, selection: typeof plain): string {
  const split = (text: string) => new Set(text.split(' ').filter(name => name !== ''))
  return chooseNames(split(meeting), split(matching), selection)
    .map(({ name, meets, childInfo }) => `${meets && childInfo ? '+' : ''}${name}${childInfo && !meets ? '+' : ''}`)
    .join(' ')
}

// RFC 5258 5, example 9 and its kin.
const cases: readonly (readonly [meeting: string, matching: string, selection: typeof plain, wanted: string])[] = [
  ['a b/c', 'a b b/c', plain, 'a b/c'],
  ['b/c', 'b', plain, ''],
  ['b/c', 'b', recursive, 'b+'],
  ['b/c', 'b b/c', recursive, 'b/c'],
  ['b b/c', 'b b/c', recursive, '+b b/c'],
  ['b/c b/d', 'b b/c', recursive, 'b+ b/c'],
  ['b/c/d', 'b b/c', recursive, 'b+ b/c+'],
  ['b', 'b', recursive, 'b'],
  ['', '', recursive, ''],
]
for (const [meeting, matching, selection, wanted] of cases) {
  test(`of ${meeting || 'nothing'}, matching ${matching || 'nothing'}${selection.recursive ? ', with parents' : ''}`, () => {
    assert.equal(chosen(meeting, matching, selection), wanted)
  })
}
