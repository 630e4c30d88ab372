import assert from 'node:assert/strict'
import { test } from 'node:test'
import { concat, fromLatin1, fromUtf8, latin1, utf8 } from './bytes.ts'

test('latin1 is one character per octet, both ways', () => {
  const all = Uint8Array.from({ length: 256 }, (_, octet) => octet)
  const text = latin1(all)
  assert.deepEqual(
    [...text].map(character => character.charCodeAt(0)),
    [...all],
  )
  assert.deepEqual(fromLatin1(text), all)
  assert.equal(latin1(all, 65, 68), 'ABC')
  assert.equal(latin1(all.subarray(10), 55, 500).length, 191)
  assert.equal(latin1(all, 200, 100), '')
})

test('what comes back is a plain Uint8Array whose slice copies', () => {
  const bytes = fromLatin1('abc')
  assert.equal(Buffer.isBuffer(bytes), false)
  bytes.slice(0, 1)[0] = 0
  assert.equal(latin1(bytes), 'abc')
})

test('utf8 never throws and keeps a byte order mark', () => {
  assert.equal(utf8(fromUtf8('\ufeffgrün 😀')), '\ufeffgrün 😀')
  assert.equal(utf8(Uint8Array.of(0x61, 0xff, 0xc3)), 'a\ufffd\ufffd')
})

test('concat joins', () => {
  assert.deepEqual(concat([]), new Uint8Array(0))
  assert.equal(latin1(concat([fromLatin1('ab'), fromLatin1(''), fromLatin1('c')])), 'abc')
})
