import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEncodedWords, undecodedOctets } from './encoded-word.ts'

const table: readonly (readonly [string, string])[] = [
  ['', ''],
  ['plain text', 'plain text'],
  ['=?utf-8?Q?Gr=C3=BC=C3=9Fe?=', 'Grüße'],
  ['=?ISO-8859-1?q?a_b=5F?= c', 'a b_ c'],
  ['=?utf-8?B?R3LDvMOfZQ==?=', 'Grüße'],
  ['=?utf-8?b?R3LDvMOfZQ?=', 'Grüße'],
  ['=?us-ascii*en?Q?a?=', 'a'],
  // RFC 2047 8's examples of white space.
  ['(=?ISO-8859-1?Q?a?=)', '(a)'],
  ['(=?ISO-8859-1?Q?a?= b)', '(a b)'],
  ['(=?ISO-8859-1?Q?a?= =?ISO-8859-1?Q?b?=)', '(ab)'],
  ['(=?ISO-8859-1?Q?a?=  \r\n  =?ISO-8859-2?Q?_b?=)', '(a b)'],
  // One character cut across two words.
  ['=?utf-8?Q?=C3?= =?UTF-8?q?=BC?=', 'ü'],
  ['=?utf-8?B?w7w=?= =?utf-8?B?w58=?=', 'üß'],
  ['=?gb2312?B?xOM=?= =?gb2312?B?usM=?=', '你好'],
  ['=?iso-2022-jp?B?GyRCJDMkcxsoQg==?=', 'こん'],
  // Leniency.
  ['=?utf-8?Q?two words ?=x', 'two words x'],
  ['x=?utf-8?Q?y?=z', 'xyz'],
  ['=?nope?Q?=E9?=', 'é'],
  ['=?utf-8?X?a?=', '=?utf-8?X?a?='],
  ['=?utf-8?Q?unfinished', '=?utf-8?Q?unfinished'],
  ['=?utf-8?Q??= empty', ' empty'],
  ['=?=?utf-8?Q?a?=', '=?a'],
  // Raw 8-bit.
  ['gr\xc3\xbcn', 'grün'],
  ['gr\xfcn', 'grün'],
  ['\xfc =?utf-8?Q?=C3=BC?= \xc3\xbc', 'ü ü ü'],
]

const undecoded: readonly (readonly [string, string | undefined])[] = [
  ['plain', undefined],
  ['gr\xfcn', undefined],
  ['=?utf-8?Q?=C3=BC?=', undefined],
  ['=?nope?Q?=E9?= =?utf-8?Q?_x?= y', '\xe9 x y'],
  ['=?utf-8?Q?a=FF?= b', 'a\xff b'],
  ['=?unknown-8bit?B?4Q==?=', '\xe1'],
]

for (const [text, wanted] of undecoded) {
  test(`octets that are no text in ${JSON.stringify(text)}`, () => {
    assert.equal(undecodedOctets(text, decodeEncodedWords(text)), wanted)
  })
}

for (const [text, wanted] of table) {
  test(`encoded words in ${JSON.stringify(text)}`, () => {
    assert.equal(decodeEncodedWords(text), wanted)
  })
}
