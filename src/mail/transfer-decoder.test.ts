import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concat, fromLatin1, latin1 } from '#text/bytes.ts'
import { decodeBase64, decodeQuotedPrintable } from '#text/transfer-encoding.ts'
import { maxEncodedLineBytes } from './limits.ts'
import { transferDecoder } from './transfer-decoder.ts'

const texts: Readonly<Record<string, readonly string[]>> = {
  base64: [
    '',
    'AAEC/w==\r\n',
    'SGVsbG8s\r\nIHdvcmxk\r\nIQ==',
    'SGVsbG8=SGVsbG8=\r\n',
    'SGVs bG8!\r\n??d29ybGQ',
    'SGVsbG8=====\r\n--junk--',
    '=',
    'A',
    'AB-_',
  ],
  'quoted-printable': [
    '',
    'caf=C3=A9\r\n',
    'soft =\r\n  line\r\nnext  \r\n',
    'white  \t\r\n=20\r\n',
    'bad =ZZ = =4 =',
    'a=\n b \n\n',
    'end with white  ',
    'cr \r in =\rx',
    'a =  \r\n b',
  ],
  '8bit': ['', 'a\r\nb\0\xff'],
}

function decoded(text: string, encoding: string, cut: readonly number[]): string {
  const decoder = transferDecoder(encoding)
  assert.ok(decoder)
  const bytes = fromLatin1(text)
  const pieces: Uint8Array[] = []
  let from = 0
  for (const to of [...cut, bytes.length]) {
    pieces.push(decoder.push(bytes.subarray(from, to)).slice())
    from = to
  }
  return latin1(concat([...pieces, decoder.end()]))
}

function wantedOf(text: string, encoding: string): string {
  const bytes = fromLatin1(text)
  if (encoding === 'base64') return latin1(decodeBase64(bytes))
  return encoding === '8bit' ? text : latin1(decodeQuotedPrintable(bytes))
}

describe('piece by piece gives what the whole gives', () => {
  for (const [encoding, list] of Object.entries(texts)) {
    for (const text of list) {
      test(`${encoding} ${JSON.stringify(text)}`, () => {
        const wanted = wantedOf(text, encoding)
        for (let one = 0; one <= text.length; one += 1)
          for (let two = one; two <= text.length; two += 1)
            assert.equal(decoded(text, encoding, [one, two]), wanted, `cut at ${one} and ${two}`)
      })
    }
  }
})

test('a line without end is not held', () => {
  const text = `=41b =C3=A9 ${'x'.repeat(1000)}=20 `.repeat(500)
  assert.ok(text.length > 2 * maxEncodedLineBytes)
  const cuts = Array.from({ length: 700 }, (_, index) => Math.floor((text.length * index) / 700))
  assert.equal(decoded(text, 'quoted-printable', cuts), wantedOf(text, 'quoted-printable'))
})

test('an unknown encoding has no decoder', () => {
  assert.equal(transferDecoder('x-uuencode'), undefined)
})
