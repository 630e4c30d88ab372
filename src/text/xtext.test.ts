import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { decodeUtf8Address, decodeXtext, encodeUtf8Address, encodeXtext } from './xtext.ts'

for (const [text, xtext] of [
  ['', ''],
  ['alice@example.test', 'alice@example.test'],
  ['a+b=c d', 'a+2Bb+3Dc+20d'],
  ['\x00\xff', '+00+FF'],
] as const) {
  test(`xtext ${xtext}`, () => assert.equal(decodeXtext(xtext), text))
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

test('every octet can be written in hexadecimal', () => {
  const octets = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet))
  const written = octets.map(octet => `+${octet.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
  assert.equal(decodeXtext(written.join('')), octets.join(''))
})

describe('an address of ORCPT beyond ASCII', () => {
  const table: readonly [written: string, address: string][] = [
    ['a@b.test', 'a@b.test'],
    ['\\x{E9}@b.test', 'é@b.test'],
    ['\xc3\xa9@b.test', 'é@b.test'],
    ['e\xcc\x81@b.test', 'é@b.test'],
    ['\\x{1F4E7}@b.test', '📧@b.test'],
    ['a\\x{2B}b@c', 'a+b@c'],
    ['a+2Bb@c', 'a+b@c'],
    ['\\x{5C}x{41}', '\\x{41}'],
  ]
  for (const [written, address] of table) test(written, () => assert.equal(decodeUtf8Address(written), address))

  for (const written of [
    'a b',
    'a=b',
    'a+b',
    '\\',
    '\\x{e9}',
    '\\x{D800}',
    '\\x{110000}',
    '\\x{1}',
    '\xe9',
    '\xc0\xaf',
  ])
    test(`none: ${JSON.stringify(written)}`, () => assert.throws(() => decodeUtf8Address(written), ParseError))
})

describe('written', () => {
  test('xtext', () => {
    assert.equal(encodeXtext('a+b=c d'), 'a+2Bb+3Dc+20d')
    const all = Array.from({ length: 256 }, (_, octet) => String.fromCharCode(octet)).join('')
    assert.equal(decodeXtext(encodeXtext(all)), all)
  })

  test('an address beyond ASCII', () => {
    assert.equal(encodeUtf8Address('é+ =\\📧@b.test'), '\\x{E9}\\x{2B}\\x{20}\\x{3D}\\x{5C}\\x{1F4E7}@b.test')
    assert.equal(decodeUtf8Address(encodeUtf8Address('é+ =\\📧@b.test')), 'é+ =\\📧@b.test')
  })
})
