import assert from 'node:assert/strict'
import { test } from 'node:test'
import { foldCase } from './fold-case.ts'

const table: readonly (readonly [string, string])[] = [
  ['', ''],
  ['Hello, World', 'hello, world'],
  ['ÉCOLE naïve', 'ecole naive'],
  ['e\u0301cole', 'ecole'],
  ['Straße STRASSE', 'strasse strasse'],
  ['İstanbul ISPARTA ılık', 'istanbul isparta ilik'],
  ['Søren Łódź Đà', 'soren lodz da'],
  ['Ærø œuvre', 'aero oeuvre'],
  ['ΣΑΣ σας', 'σασ σασ'],
  ['Ёлка', 'елка'],
  ['ﬁn ＡＢＣ ①', 'fin abc 1'],
  ['が 각', 'が 각'],
  ['ｶﾞ', 'ガ'],
  ['שָׁלוֹם', 'שלום'],
  ['हिन्दी', 'हिन्दी'],
  ['soft\u00adhyphen', 'softhyphen'],
]

for (const [text, wanted] of table) {
  test(`folded: ${text}`, () => {
    assert.equal(foldCase(text), wanted)
    assert.equal(foldCase(wanted), wanted)
  })
}
