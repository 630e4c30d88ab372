import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { decodeXtext, encodeXtext } from './xtext.ts'

for (const [text, xtext] of [
  ['', ''],
  ['alice@example.test', 'alice@example.test'],
  ['a+b=c d', 'a+2Bb+3Dc+20d'],
  ['\x00\xff', '+00+FF'],
] as const) {
  test(`xtext ${xtext}`, () => {
    assert.equal(encodeXtext(text), xtext)
    assert.equal(decodeXtext(xtext), text)
  })
}

for (const [text, at] of [
  ['a b', 1],
  ['a=b', 1],
  ['ab+', 2],
  ['+2b', 0],
  ['+G0', 0],
  ['\xe9', 0],
] as const) {
  test(`no xtext: ${JSON.stringify(text)}`, () => {
    assert.throws(
      () => decodeXtext(text),
      (error: unknown) => error instanceof ParseError && error.at === at,
    )
  })
}
