// Messages as they come out for a peer without 8BITMIME; what is to change is mail/as-seven-bit.ts's to say.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Part } from '#mail/part.ts'
import { parseStructure } from '#mail/structure.ts'
import { decodeBase64, decodeQuotedPrintable } from '#text/transfer-encoding.ts'
import { spooledText } from '../../test/support/sending.ts'
import { sevenBit } from './seven-bit.ts'

async function converted(text: string, fields = ''): Promise<string> {
  const content = await sevenBit({ fields, spooled: spooledText(text, 100) }, '7bit')
  const pieces = await Array.fromAsync(content.pieces())
  return Buffer.concat(pieces).toString('latin1')
}

function lines(...all: string[]): string {
  return all.map(line => `${line}\r\n`).join('')
}

const table: readonly (readonly [name: string, before: string, after: string])[] = [
  [
    'text in a few letters beyond ASCII: quoted-printable',
    lines(
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Sch\xc3\xb6ne Gr\xc3\xbc\xc3\x9fe von weit her = hier',
    ),
    lines(
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'Sch=C3=B6ne Gr=C3=BC=C3=9Fe von weit her =3D hier',
    ),
  ],
  [
    'text of other letters altogether: base64',
    lines(
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=koi8-r',
      'Content-Transfer-Encoding: 8bit',
      '',
      '\xd0\xd2\xc9\xd7\xc5\xd4',
    ),
    `${lines('MIME-Version: 1.0', 'Content-Type: text/plain; charset=koi8-r', 'Content-Transfer-Encoding: base64', '')}0NLJ18XUDQo=`,
  ],
  [
    'a message of before MIME, in UTF-8',
    lines('Subject: x', '', 'Gr\xc3\xbc\xc3\x9fe an alle, die das hier lesen k\xc3\xb6nnen'),
    lines(
      'Subject: x',
      'Content-Transfer-Encoding: quoted-printable',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'Gr=C3=BC=C3=9Fe an alle, die das hier lesen k=C3=B6nnen',
    ),
  ],
  [
    'a message of before MIME, in who knows what',
    lines('Subject: x', '', 'Gr\xfc\xdfe an alle, die das hier lesen'),
    lines(
      'Subject: x',
      'Content-Transfer-Encoding: quoted-printable',
      'MIME-Version: 1.0',
      'Content-Type: text/plain; charset=unknown-8bit',
      '',
      'Gr=FC=DFe an alle, die das hier lesen',
    ),
  ],
  [
    'said to be 8bit, and is not: the label alone',
    lines('Content-Type: text/plain', 'Content-Transfer-Encoding: 8bit', 'Subject: x', '', 'plain'),
    lines('Content-Type: text/plain', 'Content-Transfer-Encoding: 7bit', 'Subject: x', '', 'plain'),
  ],
  [
    'two labels: one is left',
    lines('Content-Transfer-Encoding: 8bit', 'Subject: x', 'Content-transfer-encoding: 8bit', '', 'plain'),
    lines('Content-Transfer-Encoding: 7bit', 'Subject: x', '', 'plain'),
  ],
  [
    'a header beyond ASCII: encoded words',
    lines('Subject: Gr\xc3\xbc\xc3\x9fe', 'Content-Type: text/plain', '', 'plain'),
    lines('Subject: =?utf-8?B?R3LDvMOfZQ==?=', 'Content-Type: text/plain', '', 'plain'),
  ],
  [
    'multipart: each part for itself, the whole 7bit, what stands between masked',
    lines(
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Transfer-Encoding: 8bit',
      '',
      'pr\xe9amble',
      '--b',
      '',
      'plain',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: 8bit',
      '',
      'a longer line with one \xc3\xa9',
      '--b',
      'Content-Type: application/pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0xLjc=',
      '--b',
      'Content-Type: application/octet-stream',
      'Content-Transfer-Encoding: binary',
      '',
      '\x00\xff\xfe',
      '--b--',
    ),
    lines(
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary=b',
      'Content-Transfer-Encoding: 7bit',
      '',
      'pr?amble',
      '--b',
      '',
      'plain',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'a longer line with one =C3=A9',
      '--b',
      'Content-Type: application/pdf',
      'Content-Transfer-Encoding: base64',
      '',
      'JVBERi0xLjc=',
      '--b',
      'Content-Type: application/octet-stream',
      'Content-Transfer-Encoding: base64',
      '',
      'AP/+',
      '--b--',
    ),
  ],
  [
    'a part without a header',
    lines('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'ein l\xc3\xa4ngerer Satz', '--b--'),
    lines(
      'Content-Type: multipart/mixed; boundary=b',
      '',
      '--b',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'ein l=C3=A4ngerer Satz',
      '--b--',
    ),
  ],
  [
    'a message inside: its own header and body',
    lines(
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: 8bit',
      '',
      'Subject: \xc3\xa4',
      'Content-Type: text/plain; charset=utf-8',
      '',
      'und noch ein l\xc3\xa4ngerer Satz',
    ),
    lines(
      'Content-Type: message/rfc822',
      'Content-Transfer-Encoding: 7bit',
      '',
      'Subject: =?utf-8?B?w6Q=?=',
      'Content-Type: text/plain; charset=utf-8',
      'Content-Transfer-Encoding: quoted-printable',
      '',
      'und noch ein l=C3=A4ngerer Satz',
    ),
  ],
  [
    'binary text with line ends of its own: base64, octet for octet',
    `${lines('Content-Type: text/plain', 'Content-Transfer-Encoding: binary', '')}a\nb`,
    `${lines('Content-Type: text/plain', 'Content-Transfer-Encoding: base64', 'MIME-Version: 1.0', '')}YQpi`,
  ],
  [
    'an encoding that nobody knows: masked, for nothing may be done to it',
    lines('Content-Type: text/plain', 'Content-Transfer-Encoding: x-other', '', 'a\xe9b'),
    lines('Content-Type: text/plain', 'Content-Transfer-Encoding: x-other', '', 'a?b'),
  ],
]

describe('in 7 bits', () => {
  for (const [name, before, after] of table) test(name, async () => assert.equal(await converted(before), after))

  test('our own fields too', async () => {
    assert.equal(await converted('\r\na\r\n', 'X-From: J\u00f6rg\r\n'), 'X-From: =?utf-8?B?SsO2cmc=?=\r\n\r\na\r\n')
  })

  test('message/global is encoded whole: its header may not be in ASCII', async () => {
    const inside = lines('Subject: \xc3\xa4', '', 'x')
    const text = await converted(lines('Content-Type: message/global', 'Content-Transfer-Encoding: 8bit', '') + inside)
    const body = text.slice(text.indexOf('\r\n\r\n') + 4)
    assert.equal(Buffer.from(body, 'base64').toString('latin1'), inside)
  })

  test('a large message: every part comes out as it went in', async () => {
    const bodies = Array.from(
      { length: 20 },
      (_, at) => `${`Zeile ${at} mit \xc3\xa9 und = am Ende \t\r\n`.repeat(at * 100)}.`,
    )
    const encodings = ['8bit', 'binary']
    const parts = bodies.map((body, at) =>
      [
        '--b',
        `Content-Type: ${at % 3 === 0 ? 'application/x-y' : 'text/plain; charset=utf-8'}`,
        `Content-Transfer-Encoding: ${encodings[at % 2]}`,
        '',
        body,
        '',
      ].join('\r\n'),
    )
    const text = await converted(`Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.join('')}--b--\r\n`)
    assert.doesNotMatch(text, /[^\0-\x7f]/)
    assert.ok(text.split('\r\n').every(line => line.length <= 76))
    const bytes = Buffer.from(text, 'latin1')
    const decoded = parseStructure(bytes).children.map(part => decodedBody(bytes, part))
    assert.deepEqual(decoded, bodies)
  })
})

function decodedBody(bytes: Uint8Array, { fields, bodyStart, bodyEnd }: Part): string {
  const body = bytes.subarray(bodyStart, bodyEnd)
  const octets =
    fields.encoding === 'base64'
      ? decodeBase64(body)
      : fields.encoding === 'quoted-printable'
        ? decodeQuotedPrintable(body)
        : body
  return Buffer.from(octets).toString('latin1')
}
