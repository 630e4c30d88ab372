import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { isLanguageRange, languageFor, languages } from './languages.ts'
import { parseCommand, parseResponse } from './parse.ts'
import { german } from './texts/de.ts'
import { english } from './texts/en.ts'
import type { Texts } from './texts/texts.ts'

const ranges: readonly [range: string, tag: string | undefined][] = [
  ['en', 'en'],
  ['EN', 'en'],
  ['de-AT', 'de'],
  ['de-Latn-DE-1996', 'de'],
  ['deu', undefined],
  ['d', undefined],
  ['fr-de', undefined],
  ['x-de', undefined],
]

for (const [range, tag] of ranges) {
  test(`pop3 language for ${range}`, () => assert.equal(languageFor(range)?.tag, tag))
}

test('pop3 language ranges (RFC 4647 2.1)', () => {
  for (const range of ['*', 'en', 'en-1997', 'x', 'abcdefgh-12345678']) assert.ok(isLanguageRange(range), range)
  for (const range of ['', 'en-', '-en', 'e n', 'en_GB', 'abcdefghi', '1en', '**', 'en-*']) {
    assert.ok(!isLanguageRange(range), range)
  }
})

/** Every text of a language, functions called with something. */
function all(texts: Texts): readonly string[] {
  return Object.values(texts).map((text: string | ((...given: never[]) => string)) => {
    return typeof text === 'string' ? text : String(text(...([7, 7] as never[]))) // a number prints where a text is wanted, too
  })
}

for (const texts of languages) {
  test(`pop3 texts in ${texts.name}: one line each, never like a response code`, () => {
    for (const text of all(texts)) assert.match(text, /^[^[\r\n\0][^\r\n\0]{0,200}$/u)
  })
}

test('pop3 texts: English is ASCII, for it is said before LANG', () => {
  for (const text of all(english)) assert.match(text, /^[\x20-\x7e]+$/)
})

const broken = [
  '',
  'XYZZY',
  'STAT 1',
  'USER',
  'RETR',
  'RETRx',
  'RETR x',
  'RETR 123456789012345678901',
  'TOP 1',
  'LANG a b',
]
const brokenToo = ['AUTH', 'AUTH a b c', 'AUTH PLAIN !', 'PASS a\0b', 'PASS \xff']

test('pop3 texts: whatever the parser finds has its German words', () => {
  const anything = german.malformed('something else')
  for (const line of [...broken, ...brokenToo]) {
    assert.throws(
      () => parseCommand(line),
      error => error instanceof ParseError && german.malformed(error.message) !== anything,
      JSON.stringify(line),
    )
  }
  assert.throws(() => parseResponse('!'), ParseError)
  assert.notEqual(german.malformed('line too long'), anything)
})
