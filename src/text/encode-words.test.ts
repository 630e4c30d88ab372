import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { encodeWords } from './encode-words.ts'
import { decodeEncodedWords } from './encoded-word.ts'

describe('encodeWords', () => {
  const table: readonly [string, string][] = [
    ['plain text stays', 'plain text stays'],
    ['', ''],
    ['über', '=?utf-8?B?w7xiZXI=?='],
    ['all über it', 'all =?utf-8?B?w7xiZXI=?= it'],
    ['ä ö', '=?utf-8?B?w6Qgw7Y=?='],
    ['ä b ö', '=?utf-8?B?w6Q=?= b =?utf-8?B?w7Y=?='],
    [' ä ', ' =?utf-8?B?w6Q=?= '],
    ['b ä\tö  b', 'b =?utf-8?B?w6QJw7Y=?=  b'],
    // A space that is none of ASCII can't stay as it is.
    ['a\u00a0b c', '=?utf-8?B?YcKgYg==?= c'],
  ]
  for (const [text, wanted] of table) test(JSON.stringify(text), () => assert.equal(encodeWords(text), wanted))

  test('long texts become words of at most 75 characters, no character cut', () => {
    const text = `${'日本語'.repeat(40)} x ${'😀'.repeat(30)} ${'é'.repeat(100)}`
    const encoded = encodeWords(text)
    assert.match(encoded, /^[\x20-\x7e]+$/)
    for (const word of encoded.split(' ')) assert.ok(word.length <= 75, word)
    assert.equal(decodeEncodedWords(encoded), text)
  })

  test('a word of a million letters is gone through once', () => {
    // By squares it would take half an hour.
    const word = 'a'.repeat(1_000_000)
    assert.equal(encodeWords(`é ${word}`), `=?utf-8?B?w6k=?= ${word}`)
  })

  test('half a surrogate pair does no harm', () => {
    assert.equal(decodeEncodedWords(encodeWords('a\ud83d')), 'a\ufffd')
  })
})
