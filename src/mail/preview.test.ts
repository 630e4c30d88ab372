import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromLatin1, fromUtf8 } from '#text/bytes.ts'
import { previewedPart, previewOf } from './preview.ts'
import { parseStructure } from './structure.ts'

function preview(message: string | Uint8Array): string {
  const bytes = typeof message === 'string' ? fromLatin1(message) : message
  const part = previewedPart(parseStructure(bytes))
  return part === undefined ? '' : previewOf(part, bytes.subarray(part.bodyStart, part.bodyEnd))
}

const html = 'Content-Type: text/html; charset=utf-8\r\n\r\n'
const alternative =
  'Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain words\r\n' +
  '--b\r\nContent-Type: text/html\r\n\r\n<p>other</p>\r\n--b--\r\n'

describe('the preview of', () => {
  const table: readonly [string, string, string][] = [
    ['one line', 'Subject: s\r\n\r\nHello there\r\n', 'Hello there'],
    ['lines and white space', '\r\n\r\n  a\r\n\tb \xa0 c\r\n', 'a b c'],
    ['an empty body', 'Subject: s\r\n\r\n', ''],
    ['a page', `${html}<style>p{}</style><p>Hi&nbsp;<b>J</b>o &amp; co<br>x</p>`, 'Hi Jo & co x'],
    ['the first of two forms', alternative, 'plain words'],
    [
      'quoted-printable in latin1',
      'Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\ncaf=E9=\r\n x',
      'café x',
    ],
    [
      'enriched text',
      'Content-Type: text/enriched\r\n\r\n<bold>Hi</bold> <color><param>red</param>Jo</color>, 1 << 2 <<bold> <3\r\n',
      'Hi Jo, 1 < 2 <bold> <3',
    ],
    ['base64', 'Content-Transfer-Encoding: base64\r\n\r\nSGVsbG8=\r\n', 'Hello'],
    ['a reply', '\r\nYes!\r\n\r\n> No?\r\n> No.\r\n-- \r\nAlice\r\n', 'Yes!'],
    ['nothing but quotes', '\r\n> No?\r\n', '> No?'],
    ['a PGP message', '\r\n-----BEGIN PGP MESSAGE-----\r\n\r\nhQEM\r\n', ''],
    ['an encrypted message', 'Content-Type: multipart/encrypted; boundary=b\r\n\r\n--b\r\n\r\ntext\r\n--b--\r\n', ''],
    ['a picture', 'Content-Type: image/png\r\n\r\nxyz', ''],
    [
      'an attached text',
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: attachment\r\n\r\nno\r\n--b\r\n\r\nyes\r\n--b--',
      'yes',
    ],
    ['NUL and controls', '\r\na\0b\x07c', 'a b c'],
  ]
  for (const [name, message, wanted] of table) test(name, () => assert.equal(preview(message), wanted))

  test('a long text is cut behind a word', () => {
    const found = preview(`\r\n${'word '.repeat(100)}`)
    assert.equal(found, 'word '.repeat(40).trim())
  })

  test('a long text without spaces is cut between characters', () => {
    const message = fromUtf8(`Content-Type: text/plain; charset=utf-8\r\n\r\n${'😀'.repeat(500)}`)
    assert.equal(preview(message), '😀'.repeat(200))
  })
})
