import assert from 'node:assert/strict'
import { test } from 'node:test'
import { limits } from './limits.ts'
import { collectWords, planOf } from './words.ts'

function wordsOf(folded: string): string[] {
  const words = new Set<string>()
  assert.equal(collectWords(folded, words), true)
  return [...words]
}

const long = 'abcdefghijklmnopqrstuvwxyz0123456789'

const cuts: readonly (readonly [text: string, words: readonly string[]])[] = [
  ['', []],
  ['hello, hello world!', ['hello', 'world']],
  ['a_b@c.test', ['a', 'b', 'c', 'test']],
  ['grusse – über “alles”', ['grusse', 'über', 'alles']],
  ['привет мир', ['привет', 'мир']],
  ['会', ['会']],
  ['会議資料', ['会議', '議資', '資料']],
  ['mail会議x', ['mail', '会議', 'x']],
  ['𠀀𠀁𠀂', ['𠀀𠀁', '𠀁𠀂']],
  ['5€', ['5', '€']],
  ['\ud800x', ['x']],
  [`${long}${long}`, [`${long}abcd`, `uvwxyz0123456789${long.slice(0, 24)}`, `efghijklmnopqrstuvwxyz0123456789`]],
]

for (const [text, words] of cuts) {
  test(`words of ${JSON.stringify(text)}`, () => assert.deepEqual(wordsOf(text), words))
}

/** A separator shows as |. */
const plans: readonly (readonly [needle: string, patterns: readonly string[], exact: boolean])[] = [
  ['ell', ['ell'], true],
  ['hello wor', ['hello|', '|wor'], false],
  ['a foo b', ['|foo|', 'a|', '|b'], false],
  ['!?', [], false],
  ['hello ', ['hello|'], false],
  ['会', ['会'], true],
  ['会議', ['|会議|'], true],
  ['会議資', ['|会議|', '|議資|'], false],
  ['x会', ['会', 'x|'], false],
  ['abcdefghijklmnopqrst', ['abcdefghijklmnopqrst'], true],
  ['abcdefghijklmnopqrstu', ['abcdefghijklmnopqrst', 'bcdefghijklmnopqrstu'], false],
]

for (const [needle, patterns, exact] of plans) {
  test(`what is asked of the words for ${JSON.stringify(needle)}`, () => {
    const plan = planOf(needle)
    const shown = plan.patterns.map(({ bytes }) => bytes.toString('latin1').replaceAll('\xff', '|'))
    assert.deepEqual(
      shown.map(text => Buffer.from(text, 'latin1').toString()),
      patterns,
    )
    assert.equal(plan.exact, exact)
    for (const { bytes, bucket } of plan.patterns)
      assert.equal(bucket !== undefined, bytes[0] === 255 && bytes.at(-1) === 255)
  })
}

test('a text with too many words is told', () => {
  const text = Array.from({ length: limits.wordsPerMessage + 1 }, (_, number) => `w${number}`).join(' ')
  assert.equal(collectWords(text, new Set()), false)
})
