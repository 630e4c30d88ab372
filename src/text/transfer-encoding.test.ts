import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1, latin1 } from './bytes.ts'
import { decodeBase64, decodeQuotedPrintable } from './transfer-encoding.ts'

const base64: readonly (readonly [string, string])[] = [
  ['', ''],
  ['QUJD', 'ABC'],
  ['QUI=\r\n', 'AB'],
  ['QQ==', 'A'],
  ['QQ', 'A'],
  ['Q\r\nU\r\nJ D', 'ABC'],
  ['QU!J*D', 'ABC'],
  ['QQ==\r\nQkM=\r\n', 'ABC'],
  ['/+8=', '\xff\xef'],
  ['====', ''],
  ['=QUJD', 'ABC'],
  ['Q=QQ=QUI=QUJ=QUJD', 'AABABABC'],
  ['_-8=/+8', '\xff\xef\xff\xef'],
]

for (const [encoded, wanted] of base64) {
  test(`base64 ${JSON.stringify(encoded)}`, () => {
    assert.equal(latin1(decodeBase64(fromLatin1(encoded))), wanted)
  })
}

test('millions of short runs are no millions of arrays', t => {
  const made = t.mock.method(Buffer, 'from')
  assert.equal(decodeBase64(fromLatin1('QQ='.repeat(1_000))).length, 1_000)
  assert.ok(made.mock.callCount() < 10, `${made.mock.callCount()} of them`)
})

const quotedPrintable: readonly (readonly [string, string])[] = [
  ['', ''],
  ['plain\r\ntext', 'plain\r\ntext'],
  ['caf=C3=A9 =3d', 'caf\xc3\xa9 ='],
  ['one =\r\nline', 'one line'],
  ['one =\nline', 'one line'],
  ['one = \t\r\nline', 'one line'],
  ['end=', 'end'],
  ['end=\r', 'end'],
  ['trailing \t\r\nspace \n', 'trailing\r\nspace\n'],
  ['kept=20\r\n', 'kept \r\n'],
  ['kept =09  \r\n', 'kept \t\r\n'],
  ['last ', 'last'],
  ['=\r\n', ''],
  ['\r\n\r\n', '\r\n\r\n'],
  ['a=0D=0A b', 'a\r\n b'],
  ['=0D\n', '\r\n'],
  ['bad =zz =4 =', 'bad =zz =4 '],
  ['==41', '=A'],
  ['a\rb', 'a\rb'],
]

for (const [encoded, wanted] of quotedPrintable) {
  test(`quoted-printable ${JSON.stringify(encoded)}`, () => {
    assert.equal(latin1(decodeQuotedPrintable(fromLatin1(encoded))), wanted)
  })
}
