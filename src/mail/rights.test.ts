import assert from 'node:assert/strict'
import { test } from 'node:test'
import { editedRights, effectiveRights, readRights, shownRights } from './rights.ts'

test('rights are read in any order, the old ones as those that took their place', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['', ''],
    ['lr', 'lr'],
    ['rl', 'lr'],
    ['aetxkpiwsrl', 'lrswipkxtea'],
    ['llrr', 'lr'],
    ['c', 'kx'],
    ['d', 'te'],
    ['lrscd', 'lrskxte'],
    ['lq', undefined],
    ['L', undefined],
    ['0', undefined],
    ['l r', undefined],
  ]
  for (const [letters, wanted] of table) assert.equal(readRights(letters), wanted, letters)
})

test('an old right is shown as soon as one of its own is there', () => {
  assert.equal(shownRights('lr'), 'lr')
  assert.equal(shownRights('lrk'), 'lrkc')
  assert.equal(shownRights('lre'), 'lred')
  assert.equal(shownRights('lrswipkxtea'), 'lrswipkxteacd')
})

test('rights are added, removed, replaced', () => {
  assert.equal(editedRights('lr', 'add', 'sa'), 'lrsa')
  assert.equal(editedRights('lrsa', 'remove', 'sw'), 'lra')
  assert.equal(editedRights('lrsa', 'replace', 'i'), 'i')
})

test('entries add up, and a negative one takes away whatever the others give', () => {
  const entry = (rights: string, negative = false) => ({ rights, negative })
  assert.equal(effectiveRights([]), '')
  assert.equal(effectiveRights([entry('lr'), entry('rs')]), 'lrs')
  assert.equal(effectiveRights([entry('lr'), entry('lrs', true), entry('rsi')]), 'i')
  assert.equal(effectiveRights([entry('lr', true)]), '')
})
