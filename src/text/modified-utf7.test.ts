import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { decodeModifiedUtf7, encodeModifiedUtf7 } from './modified-utf7.ts'

const pairs: readonly (readonly [string, string])[] = [
  ['', ''],
  ['INBOX', 'INBOX'],
  ['Sent & done', 'Sent &- done'],
  ['&', '&-'],
  ['&&', '&-&-'],
  ['Entwürfe', 'Entw&APw-rfe'],
  ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
  ['é&é', '&AOk-&-&AOk-'],
  ['😀', '&2D3eAA-'],
  ['tab\there', 'tab&AAk-here'],
  ['\u007f', '&AH8-'],
]

for (const [name, written] of pairs) {
  test(`modified UTF-7 of ${JSON.stringify(name)}`, () => {
    assert.equal(encodeModifiedUtf7(name), written)
    assert.equal(decodeModifiedUtf7(written), name)
  })
}

const malformed: readonly (readonly [string, number, string])[] = [
  ['&', 1, 'a shift that does not end'],
  ['&AOk', 4, 'a base64 run that does not end'],
  ['a&A Ok-', 3, 'a space in base64'],
  ['&AO/k-', 3, 'a slash, which is a comma here'],
  ['ab\xe9', 2, 'a raw 8-bit octet'],
  ['a\nb', 1, 'a raw control'],
  ['&AGE-', 1, 'ASCII that stands for itself'],
  ['&ACY-', 1, 'an ampersand in base64'],
  ['&AOl-', 1, 'stray bits at the end'],
  ['&AOkA-', 5, 'half a unit'],
  ['&2D0-', 1, 'a lone surrogate'],
  ['&AOk-&AOk-', 5, 'one run written as two'],
]

for (const [text, at, why] of malformed) {
  test(`modified UTF-7 refuses ${why}`, () => {
    assert.throws(
      () => decodeModifiedUtf7(text),
      (error: unknown) => error instanceof ParseError && error.at === at,
    )
  })
}

test('lone surrogates are written as U+FFFD', () => {
  assert.equal(decodeModifiedUtf7(encodeModifiedUtf7('a\ud800b')), 'a\ufffdb')
})
