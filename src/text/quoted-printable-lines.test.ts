import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { latin1 } from './bytes.ts'
import { QuotedPrintableLines } from './quoted-printable-lines.ts'
import { decodeQuotedPrintable } from './transfer-encoding.ts'

function encoded(text: string, pieceOctets = text.length): string {
  const lines = new QuotedPrintableLines()
  let written = ''
  for (let at = 0; at < text.length; at += pieceOctets)
    written += latin1(lines.push(Buffer.from(text.slice(at, at + pieceOctets), 'latin1')))
  return written + latin1(lines.end())
}

const table: readonly (readonly [string, string])[] = [
  ['', ''],
  ['abc', 'abc'],
  ['abc\r\n', 'abc\r\n'],
  ['a=b', 'a=3Db'],
  ['\xc3\xa9', '=C3=A9'],
  ['a b\r\n', 'a b\r\n'],
  ['a \r\n', 'a=20\r\n'],
  ['a\t\r\nb', 'a=09\r\nb'],
  ['a ', 'a=20'],
  ['a  ', 'a =20'],
  ['\r\n\r\n', '\r\n\r\n'],
  ['a\nb', 'a=0Ab'],
  ['a\rb', 'a=0Db'],
  ['a\r\r\n', 'a=0D\r\n'],
  ['a\r', 'a=0D'],
  ['\0\x7f', '=00=7F'],
  ['x'.repeat(75), 'x'.repeat(75)],
  ['x'.repeat(77), `${'x'.repeat(75)}=\r\nxx`],
]

describe('quoted-printable, at every split of the input', () => {
  for (const [text, wanted] of table)
    test(JSON.stringify(text.slice(0, 30)), () => {
      for (const pieceOctets of [1, 2, 3, 100]) assert.equal(encoded(text, pieceOctets), wanted)
    })
})

test('every octet comes back, and no line is longer than 76', () => {
  const octets = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * 7919 + (at >> 3) * 31) & 0xff))
  const crlf = Buffer.concat([octets, Buffer.from('\r\n \r\nend \t')])
  const written = encoded(crlf.toString('latin1'), 777)
  assert.ok(written.split('\r\n').every(line => line.length <= 76 && !/[ \t]$/.test(line)))
  assert.doesNotMatch(written, /[^\r\n\t -~]/)
  assert.deepEqual(Buffer.from(decodeQuotedPrintable(Buffer.from(written, 'latin1'))), crlf)
})
