import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1 } from './bytes.ts'
import { charsetIsKnown, decodeCharset } from './charset.ts'

const table: readonly (readonly [string | undefined, string, string])[] = [
  ['utf-8', 'gr\xc3\xbcn', 'grün'],
  ['UTF8', '\xef\xbb\xbfa', 'a'],
  ['"utf-8"', '\xc3\xbc', 'ü'],
  ['utf-8*de', '\xc3\xbc', 'ü'],
  ['iso-8859-1', 'gr\xfcn \x80', 'grün €'],
  ['ISO_8859-15', '\xa4', '€'],
  ['iso8859-2', '\xb1', 'ą'],
  ['latin1', '\xe9', 'é'],
  ['latin-1', '\xe9', 'é'],
  ['windows-1252', '\x93x\x94', '“x”'],
  ['cp1252', '\x93', '“'],
  ['win-1251', '\xcf\xf0', 'Пр'],
  ['x-cp-1250', '\xb9', 'ą'],
  ['koi8-r', '\xf0\xd2\xc9', 'При'],
  ['koi8-u', '\xa4', 'є'],
  ['gb18030', '\xc4\xe3\xba\xc3\x81\x30\x81\x30', '你好\u0080'],
  ['gb2312', '\xc4\xe3\xba\xc3', '你好'],
  ['cp936', '\x96\x7c', '東'],
  ['big5', '\xa7\x41', '你'],
  ['iso-2022-jp', '\x1b$B$3$s\x1b(Bx', 'こんx'],
  ['shift_jis', '\x82\xb1', 'こ'],
  ['cp932', '\x82\xb1', 'こ'],
  ['euc-jp', '\xa4\xb3', 'こ'],
  ['euc-kr', '\xb0\xa1', '가'],
  ['ks_c_5601-1987', '\xb0\xa1', '가'],
  ['iso-2022-kr', '\x1b$)C\x0e0!\x0f ok\n', '가 ok\n'],
  ['hz-gb-2312', 'a~{Dc:C~}b~~~\nc', 'a你好b~c'],
  ['utf-7', 'Hi Mom -+Jjo--+-!', 'Hi Mom -☺-+!'],
  ['unicode-1-1-utf-7', '+2D3eAA-.', '😀.'],
  ['utf-16be', '\x00a\x00b', 'ab'],
  ['macintosh', '\x8a', 'ä'],
  // No label, or one that says nothing: UTF-8 if it is that, else windows-1252.
  [undefined, 'gr\xc3\xbcn', 'grün'],
  [undefined, 'gr\xfcn\x80', 'grün€'],
  [undefined, '\xef\xbf\xbd', '\ufffd'],
  ['us-ascii', '\xc3\xbc', 'ü'],
  ['us-ascii', '\xfc', 'ü'],
  ['x-unknown', '\x93', '“'],
  ['no-such-charset', '\xe9t\xe9', 'été'],
  ['__proto__', 'a', 'a'],
  ['', 'a', 'a'],
  // Damaged text still comes through.
  ['utf-8', 'a\xffb', 'a\ufffdb'],
]

for (const [label, octets, wanted] of table) {
  test(`charset ${label}: ${JSON.stringify(octets)}`, () => {
    assert.equal(decodeCharset(fromLatin1(octets), label), wanted)
  })
}

for (const [label, known] of [
  ['utf-8', true],
  ['US-ASCII', true],
  ['utf-7', true],
  ['cp1252', true],
  ['GB18030', true],
  ['iso-2022-kr', true],
  ['', false],
  ['bogus', false],
  ['x-unknown', false],
  ['constructor', false],
  ['a'.repeat(1000), false],
] as const) {
  test(`charset ${label.slice(0, 20)} is ${known ? '' : 'not '}known`, () => {
    assert.equal(charsetIsKnown(label), known)
  })
}
