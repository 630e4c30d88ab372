import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1 } from '#text/bytes.ts'
import { readHeader } from './header.ts'
import { bodyText, decodedBody, headerText, partHeaderText } from './search-text.ts'
import { parseStructure } from './structure.ts'

function texts(...lines: readonly string[]): readonly string[] {
  const message = fromLatin1(lines.join('\r\n'))
  return [...bodyText(message, parseStructure(message))]
}

test('header fields are decoded, each of that name', () => {
  const header = readHeader(fromLatin1('Subject: =?utf-8?Q?Gr=C3=BC=C3=9Fe?=\r\nsubject: \xfc\r\nTo: a\r\n\r\n'))
  assert.deepEqual(headerText(header, 'subject'), ['Grüße', 'ü'])
  assert.deepEqual(headerText(header, 'cc'), [])
})

const table: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['plain text', ['Subject: not this', '', 'hello', ''], ['hello\r\n']],
  ['no charset', ['', 'gr\xc3\xbcn'], ['grün']],
  ['a charset', ['Content-Type: text/plain; charset=koi8-r', '', '\xf0\xd2\xc9'], ['При']],
  [
    'quoted-printable',
    ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: Quoted-Printable', '', 'caf=C3=', '=A9'],
    ['café'],
  ],
  [
    'base64 of GB18030',
    ['Content-Type: text/plain; charset=gb18030', 'Content-Transfer-Encoding: base64', '', 'xOO6', 'ww=='],
    ['你好'],
  ],
  ['an unknown transfer encoding', ['Content-Transfer-Encoding: x-y', '', 'as it is'], ['as it is']],
  ['HTML', ['Content-Type: text/html; charset=utf-8', '', '<p>caf&eacute;</p><script>no</script>'], [' café  ']],
  ['HTML that names its charset', ['Content-Type: text/html', '', '<meta charset="koi8-r">\xf0'], [' П']],
  [
    'a message type that holds no message',
    [
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; x.test',
      '',
      'Final-Recipient: rfc822; a@x.test',
    ],
    ['Reporting-MTA: dns; x.test\r\n\r\nFinal-Recipient: rfc822; a@x.test'],
  ],
  [
    'headers outside ASCII, encoded',
    ['Content-Type: message/global-headers', 'Content-Transfer-Encoding: base64', '', 'U3ViamVjdDogw7Y='],
    ['Subject: ö'],
  ],
  ['an image', ['Content-Type: image/png', '', 'xyz'], []],
]

for (const [what, lines, wanted] of table) {
  test(`body text of ${what}`, () => {
    assert.deepEqual(texts(...lines), wanted)
  })
}

test('every text part is searched, and the headers of messages inside; those of parts are apart', () => {
  const message = fromLatin1(nested.join('\r\n'))
  const root = parseStructure(message)
  assert.deepEqual([...bodyText(message, root)], ['first', 'attached', 'Subject: innèr\n', 'nested'])
  assert.deepEqual(
    [...partHeaderText(message, root)],
    [
      '',
      'Content-Type: image/png\n',
      'Content-Type: text/csv\nContent-Disposition: attachment; filename="größe.csv"\n',
      'Content-Type: message/rfc822\n',
    ],
  )
})

const nested: readonly string[] = [
  'Subject: outer',
  'Content-Type: multipart/mixed; boundary=b',
  '',
  'preamble',
  '--b',
  '',
  'first',
  '--b',
  'Content-Type: image/png',
  '',
  'picture',
  '--b',
  'Content-Type: text/csv',
  'Content-Disposition: attachment; filename="=?utf-8?Q?gr=C3=B6=C3=9Fe=2Ecsv?="',
  '',
  'attached',
  '--b',
  'Content-Type: message/rfc822',
  '',
  'Subject: =?utf-8?Q?inn=C3=A8r?=',
  '',
  'nested',
  '--b--',
]

test('a decoded body is undefined when the encoding is unknown', () => {
  const message = fromLatin1('Content-Transfer-Encoding: x-y\r\n\r\nabc')
  assert.equal(decodedBody(message, parseStructure(message)), undefined)
})
