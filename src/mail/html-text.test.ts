import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1 } from '#text/bytes.ts'
import { htmlCharset, htmlText } from './html-text.ts'

const table: readonly (readonly [string, string])[] = [
  ['', ''],
  ['no tags', 'no tags'],
  ['<p>one</p><p>two</p>', ' one  two '],
  ['<b>P</b>ost<wbr>house', 'Posthouse'],
  ['a<br>b', 'a b'],
  ['a<!-- <b>not</b> this -->b', 'a b'],
  ['a<!-- open', 'a '],
  ['a<script>if (x < 1) "</p>"</SCRIPT >b', 'a b'],
  ['a<style>p{}</style>b', 'a b'],
  ['a<script>open', 'a '],
  ['a<p class="x', 'a '],
  ['1 < 2 <3', '1 < 2 <3'],
  ['<title>Named</title>', ' Named '],
  ['&lt;b&gt; &amp;amp; &quot;', '<b> &amp; "'],
  ['caf&eacute; &Uuml;ber &szlig; &ntilde; &aring;', 'café Über ß ñ å'],
  ['&#228;&#xE4;&#x1F600; &#0; &#xFFFFFF; &#xD800;', 'ää😀     \ufffd'],
  ['&bogus; &; & &constructor;', '&bogus; &; & &constructor;'],
  ['a&nbsp;b', 'a b'],
]

for (const [html, wanted] of table) {
  test(`text of ${JSON.stringify(html)}`, () => {
    assert.equal(htmlText(html), wanted)
  })
}

for (const [html, wanted] of [
  ['<html><meta charset=koi8-r>', 'koi8-r'],
  ['<META http-equiv="Content-Type" content="text/html; charset=windows-1251">', 'windows-1251'],
  ['<p>charset=x', undefined],
] as const) {
  test(`charset of ${JSON.stringify(html)}`, () => {
    assert.equal(htmlCharset(fromLatin1(html)), wanted)
  })
}
