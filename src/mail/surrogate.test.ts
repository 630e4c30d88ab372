import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import { asciiField } from './ascii-field.ts'
import { asciiHeader } from './ascii-header.ts'
import { maxHeaderBytes } from './limits.ts'
import type { Part } from './part.ts'
import { parseStructure } from './structure.ts'
import { headerPlaces, surrogateOf } from './surrogate.ts'

/** A message as its writer typed it, in UTF-8. */
const octets = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'utf8')
/** One character per octet. */
const latin1 = (text: string) => Buffer.from(text, 'utf8').toString('latin1')
const word = (text: string) => `=?utf-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`
const invalid = '<invalid@internationalized-address.invalid>'

const fields: readonly [name: string, value: string, wanted: string | undefined][] = [
  // Texts
  ['Subject', 'Grüße', word('Grüße')],
  ['Subject', 'Re: Grüße aus Köln (bald)', `Re: ${word('Grüße')} aus ${word('Köln')} (bald)`],
  ['Subject', '=?utf-8?Q?Gr=C3=BC=C3=9Fe?= ü', word('Grüße ü')],
  ['Subject', '=?utf-8?Q?a=0D=0AX-Evil:_1?= ü', word('a\r\nX-Evil: 1 ü')],
  ['Subject', 'ü =?utf-8?Q?=20=20?=', word('ü   ')],
  ['X-Anything', 'ü', word('ü')],
  ['Content-Description', 'die Übersicht', `die ${word('Übersicht')}`],
  // Addresses
  ['From', 'Jörg <joerg@example.test>', `${word('Jörg')} <joerg@example.test>`],
  ['From', '"Müller, Jörg" <j@example.test>', `${word('Müller, Jörg')} <j@example.test>`],
  ['From', 'jörg@example.test', `${word('jörg@example.test')} ${invalid}`],
  ['From', 'Jörg <jörg@exämple.test>', `${word('Jörg <jörg@exämple.test>')} ${invalid}`],
  ['To', 'joe@exämple.test', 'joe@xn--exmple-cua.test'],
  ['To', 'Joe <joe@exämple.test>', 'Joe <joe@xn--exmple-cua.test>'],
  ['To', '"Joe Q. Public" <a@b.test>, ü@c.test', `"Joe Q. Public" <a@b.test>, ${word('ü@c.test')} ${invalid}`],
  ['Cc', '=?utf-8?Q?J=C3=B6?= <a@b.test>, Ö <b@b.test>', `=?utf-8?Q?J=C3=B6?= <a@b.test>, ${word('Ö')} <b@b.test>`],
  ['Cc', 'Fünf: a@b.test, ö@b.test;, c@b.test', `${word('Fünf')}: a@b.test, ${word('ö@b.test')} ${invalid};, c@b.test`],
  ['To', 'undisclosed ü:;', `${word('undisclosed ü')}: ;`],
  ['To', '"with space"@b.test, ü@b.test', `"with space"@b.test, ${word('ü@b.test')} ${invalid}`],
  ['To', 'ü <>', `${word('ü')} <>`],
  ['To', 'a@[192.0.2.1] (Jörg)', `${word('Jörg')} <a@[192.0.2.1]>`],
  ['Sender', 'ü', `${word('ü')} ${invalid}`],
  // Parameters
  [
    'Content-Type',
    'text/plain; name="Übersicht.pdf"; charset=utf-8',
    "text/plain; name*=utf-8''%C3%9Cbersicht.pdf; charset=utf-8",
  ],
  ['Content-Disposition', 'attachment; filename=ü.pdf', "attachment; filename*=utf-8''%C3%BC.pdf"],
  ['Content-Disposition', "attachment; filename=ü; filename*=utf-8''%C3%BC", "attachment; filename*=utf-8''%C3%BC"],
  ['Content-Disposition', 'attachment; filename*0="ü"; filename*1=".pdf"', "attachment; filename*=utf-8''%C3%BC.pdf"],
  ['Content-Disposition', "attachment; filename*=utf-8''ü", "attachment; filename*=utf-8''%C3%BC"],
  ['Content-Disposition', 'attachment; fülename=x; size=3', 'attachment; size=3'],
  ['Content-Disposition', 'ü', 'xx'],
  ['Content-Disposition', '; filename=ü', undefined],
  ['Content-Type', 'text/plain (ü); charset=utf-8', 'text/plain; charset=utf-8'],
  ['Content-Type', 'text/plüin', 'text/plxxin'],
  ['Content-Type', 'ü', 'text/plain'],
  ['Content-Type', 'a/b; x="q\\"ü"; y="a b\\"c"', 'a/b; x*=utf-8\'\'q%22%C3%BC; y="a b\\"c"'],
  // The rest
  ['Content-Transfer-Encoding', '8bitü', '8bitxx'],
  ['Message-ID', '<ü@example.test>', undefined],
  ['Received', 'from ü by example.test', undefined],
  ['DKIM-Signature', 'd=ü', undefined],
]

for (const [name, value, wanted] of fields) {
  test(`surrogate of ${name}: ${value}`, () => {
    const field = asciiField(name, latin1(value))
    assert.equal(field?.replaceAll('\r\n ', ' '), wanted === undefined ? undefined : `${name}: ${wanted}\r\n`)
  })
}

test('surrogate: octets that are no UTF-8 are taken for windows-1252, as everywhere', () => {
  assert.equal(asciiField('Subject', 'Gr\xfc\xdfe'), `Subject: ${word('Grüße')}\r\n`)
  assert.equal(asciiField('To', 'J\xf6rg <j@b.test>'), `To: ${word('Jörg')} <j@b.test>\r\n`)
})

test('surrogate: lines are folded where they can be, and a long name goes in pieces', () => {
  const lines = (text: string | undefined) => (text ?? '').split('\r\n')
  const long = asciiField('Subject', latin1('ü '.repeat(500).trim())) ?? ''
  for (const line of lines(long)) assert.ok(line.length <= 76, line)
  assert.equal(decodeEncodedWords(long.replaceAll('\r\n', '').slice('Subject: '.length)), 'ü '.repeat(500).trim())
  const name = asciiField('Content-Disposition', latin1(`attachment; filename="${'ü'.repeat(900)}"`))
  for (const line of lines(name)) assert.ok(line.length <= 500, line)
  const part = parseStructure(Buffer.from(`${name}\r\n`, 'latin1'))
  assert.deepEqual(part.fields.disposition?.parameters, [
    { name: 'filename*', value: `utf-8''${'%C3%BC'.repeat(900)}` },
  ])
})

const nested = octets(`Subject: ü
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

Vorwort: ü
--b
Content-Type: text/plain; name="ü"

Körper
--b
Content-Type: message/global

From: ü@b.test
Subject: innen ü

innen ü
--b
Content-Type: message/global
Content-Transfer-Encoding: base64

U3ViamVjdDogw7wNCg0K
--b--
Nachwort: ü
`)

test('surrogate: headers of parts and of messages inside, and nothing else', () => {
  const made = Buffer.from(surrogateOf(nested) ?? []).toString('utf8')
  const wanted = nested
    .toString('utf8')
    .replace('Subject: ü', `Subject: ${word('ü')}`)
    .replace('name="ü"', "name*=utf-8''%C3%BC")
    .replace('message/global', 'message/rfc822')
    .replace('From: ü@b.test', `From: ${word('ü@b.test')} ${invalid}`)
    .replace('Subject: innen ü', `Subject: innen ${word('ü')}`)
  assert.equal(made, wanted)
})

test('surrogate: none where all headers are ASCII, whatever the bodies are', () => {
  assert.equal(surrogateOf(octets('Subject: x\n\nKörper\n')), undefined)
  assert.equal(surrogateOf(octets('')), undefined)
  assert.equal(surrogateOf(octets('Subject: x')), undefined)
  assert.equal(
    surrogateOf(octets('Content-Type: multipart/mixed; boundary=b\n\nü\n--b\n\nü\n--b--\nSubject: ü\n')),
    undefined,
  )
})

const headers: readonly [header: string, wanted: string][] = [
  ['Subject: ü', `Subject: ${word('ü')}\r\n`],
  ['Subject: ü\r\n', `Subject: ${word('ü')}\r\n`],
  ['Subject: ü\n\n', `Subject: ${word('ü')}\r\n\n`],
  ['From ü\r\n folded\r\nTo: a@b.test\r\n\r\n', 'To: a@b.test\r\n\r\n'],
  ['To: a@b.test\r\nkein Feld ü\r\n weiter\r\n\r\n', 'To: a@b.test\r\n\r\n'],
  ['Tö: a@b.test\r\n\r\n', '\r\n'],
  ['Message-ID: <ü>\r\n\r\n', '\r\n'],
  ['To:   a@b.test\r\n\t,c@d.test\r\nX-A: ü\r\n\r\n', `To:   a@b.test\r\n\t,c@d.test\r\nX-A: ${word('ü')}\r\n\r\n`],
]

for (const [header, wanted] of headers) {
  test(`surrogate of the header ${JSON.stringify(header)}`, () => {
    const made = asciiHeader(Buffer.from(header, 'utf8'), { hasBody: /\n\r?\n$/.test(header), isGlobal: false })
    assert.equal(Buffer.from(made ?? []).toString('latin1'), wanted)
  })
}

test('surrogate: a header beyond the limit ends there, so that the rest is no header for anybody', () => {
  const line = `X-Line: ${'x'.repeat(990)}\r\n`
  const message = Buffer.concat([octets('Subject: ü\n'), Buffer.from(line.repeat(1100)), octets('X-More: ü\n\nbody\n')])
  const made = Buffer.from(surrogateOf(message) ?? [])
  const end = made.indexOf('\r\n\r\n')
  assert.ok(end > 0 && end <= maxHeaderBytes + 100)
  assert.ok(!/[^\x00-\x7f]/.test(made.toString('latin1', 0, end)))
  assert.ok(made.includes(octets('X-More: ü\n\nbody\n')))
})

/** What must be the same before and after: how the parts lie in each other, what they are, and their bodies. */
function shape(message: Uint8Array, part: Part): unknown {
  const { type, subtype, encoding } = part.fields
  const global = type === 'message' && subtype === 'global'
  return {
    type: type.replace(/[^\x00-\x7f]/g, 'x'),
    subtype: global ? 'rfc822' : subtype.replace(/[^\x00-\x7f]/g, 'x'),
    encoding: encoding.replace(/[^\x00-\x7f]/g, 'x'),
    subject: part.envelope?.subject && decodeEncodedWords(part.envelope.subject),
    addresses: part.envelope?.to.length,
    body:
      part.children.length === 0
        ? Buffer.from(message.subarray(part.bodyStart, part.bodyEnd)).toString('latin1')
        : part.children.map(child => shape(message, child)),
  }
}

const words = [
  'Subject: ',
  'To: ',
  'X-A: ',
  'Content-Type: ',
  'multipart/mixed; boundary=b',
  'multipart/digest; boundary=c',
  'message/rfc822',
  'message/global',
  'text/plain; name=',
  'Content-Transfer-Encoding: ',
  'base64',
  '8bit',
  '\r\n',
  '\r\n',
  '\r\n\r\n',
  '\r\n--b\r\n',
  '\r\n--c\r\n',
  '\r\n--b--\r\n',
  '\n',
  ' ',
  '\t',
  ', ',
  ';',
  ':',
  '"',
  '<a@b.test>',
  '@',
  '(',
  ')',
  '\\',
  '=?utf-8?Q?=C3=BC_?=',
  '=?utf-8?B?w7w=?=',
  'x',
  '.',
  '\xc3\xbc',
  '\xfc',
  '\xe2\x80\xa8',
  '\0',
]

test('surrogate of anything: ASCII in each header, its structure and bodies, and no need of another', () => {
  let seed = 12_345
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  let made = 0
  for (let round = 0; round < 10_000; round += 1) {
    let text = random(3) === 0 ? '' : 'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n'
    for (let left = random(30); left >= 0; left -= 1) text += words[random(words.length)]
    const message = Buffer.from(text, 'latin1')
    const surrogate = surrogateOf(message)
    if (surrogate === undefined) {
      for (const { start, end, isGlobal } of headerPlaces(parseStructure(message))) {
        assert.ok(isGlobal || !/[^\x00-\x7f]/.test(message.toString('latin1', start, end)), JSON.stringify(text))
      }
      continue
    }
    made += 1
    const root = parseStructure(surrogate)
    for (const { start, end } of headerPlaces(root)) {
      assert.ok(!/[^\x00-\x7f]/.test(Buffer.from(surrogate).toString('latin1', start, end)), JSON.stringify(text))
    }
    assert.deepEqual(shape(surrogate, root), shape(message, parseStructure(message)), JSON.stringify(text))
    assert.equal(surrogateOf(surrogate), undefined, JSON.stringify(text))
  }
  assert.ok(made > 1_500, `${made}`)
})

test('surrogate: made in time linear in the message', () => {
  for (const piece of ['ü', 'ü ', ' ', 'ü@', '"ü', '(ü', ';ü=', '=?utf-8?Q?__?= ', 'ü:', 'ü,']) {
    for (const name of ['Subject', 'To', 'Content-Type']) {
      const value = latin1(`ü ${name === 'Content-Type' ? 'a/b' : ''}${piece.repeat(100_000)}`)
      const before = performance.now()
      asciiField(name, value)
      assert.ok(performance.now() - before < 5_000, `${name}: ${piece}`)
    }
  }
})
