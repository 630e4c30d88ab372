import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { decodeUtf8 } from './strict-utf8.ts'

test('UTF-8 that is none is a ParseError; a byte order mark stays', () => {
  assert.equal(decodeUtf8('\xef\xbb\xbf\xc3\xa9'), '\ufeffé')
  for (const bad of ['\xe9', 'a\xc3', '\xc0\x80', '\xed\xa0\x80']) assert.throws(() => decodeUtf8(bad), ParseError)
})
