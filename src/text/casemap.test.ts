import assert from 'node:assert/strict'
import { test } from 'node:test'
import { casemap, compareMapped } from './casemap.ts'

const equal: readonly (readonly [string, string])[] = [
  ['Hello', 'hELLO'],
  ['ÄRGER', 'ärger'],
  ['a\u0308rger', 'ärger'],
  ['ΣΊΣΥΦΟΣ', 'σίσυφος'],
  ['ｆｕｌｌ', 'FULL'],
  ['ǆ', 'Ǆ'],
  ['straße', 'STRAßE'],
]
for (const [a, b] of equal) {
  test(`${a} and ${b} are equal`, () => assert.equal(compareMapped(casemap(a), casemap(b)), 0))
}

const ascending: readonly (readonly [string, string])[] = [
  ['', 'a'],
  ['a', 'B'],
  ['ab', 'abc'],
  ['arger', 'ärger'],
  ['arz', 'äa'],
  ['straze', 'straße'],
  ['\ufffd', '\u{1f600}'],
]
for (const [a, b] of ascending) {
  test(`${a} stands before ${b}`, () => {
    assert.ok(compareMapped(casemap(a), casemap(b)) < 0)
    assert.ok(compareMapped(casemap(b), casemap(a)) > 0)
  })
}
