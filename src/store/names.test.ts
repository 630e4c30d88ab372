import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from './limits.ts'
import { nameIsAllowed, normalName, parentsOf } from './names.ts'

const spellings: readonly (readonly [string, string])[] = [
  ['inbox', 'INBOX'],
  ['InBoX/x', 'INBOX/x'],
  ['inboxes', 'inboxes'],
  ['a/inbox', 'a/inbox'],
  // Dotless and long s in capitals are not the letters of INBOX.
  ['\u0131nbox', '\u0131nbox'],
  ['e\u0301', '\u00e9'],
]
for (const [name, wanted] of spellings) {
  test(`${JSON.stringify(name)} is spelt ${JSON.stringify(wanted)}`, () => assert.equal(normalName(name), wanted))
}

const names: readonly (readonly [string, boolean])[] = [
  ['a', true],
  ['a/b c/\u4f60\u597d', true],
  ['a.b', true],
  ['#a', false],
  ['a#', true],
  ['Other Users', false],
  ['Other Users/x', false],
  ['Other Users of it', true],
  ['x/Other Users', true],
  ['', false],
  ['/a', false],
  ['a/', false],
  ['a//b', false],
  ['a*', false],
  ['50%', false],
  ['a\r\nb', false],
  ['a\u0000', false],
  ['a\u0085', false],
  ['a\u2028', false],
  ['\ud800', false],
  ['x'.repeat(limits.nameBytes), true],
  ['x'.repeat(limits.nameBytes + 1), false],
  ['\u00e9'.repeat(limits.nameBytes / 2 + 1), false],
  [new Array(limits.nameLevels).fill('x').join('/'), true],
  [new Array(limits.nameLevels + 1).fill('x').join('/'), false],
]
for (const [name, wanted] of names) {
  test(`the name ${JSON.stringify(name.slice(0, 30))} (${name.length}) is ${wanted ? '' : 'not '}allowed`, () => {
    assert.equal(nameIsAllowed(name), wanted)
  })
}

test('parents from the top', () => {
  assert.deepEqual(parentsOf('a/b/c'), ['a', 'a/b'])
  assert.deepEqual(parentsOf('a'), [])
})
