import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Envelope, EnvelopeAddress, Part, PartFields } from '#mail/part.ts'
import { StructurePrinter } from './print-structure.ts'

function printBody(part: Part, { extensions, utf8 = false }: { extensions: boolean; utf8?: boolean }): string {
  return new StructurePrinter(utf8).body(part, extensions)
}

function printEnvelope(envelope: Envelope, utf8 = false, charset?: string): string {
  return new StructurePrinter(utf8).envelope(envelope, () => charset)
}

const nobody: Envelope = {
  date: undefined,
  subject: undefined,
  from: [],
  sender: [],
  replyTo: [],
  to: [],
  cc: [],
  bcc: [],
  inReplyTo: undefined,
  messageId: undefined,
}

function fields(type: string, subtype: string, more: Partial<PartFields> = {}): PartFields {
  const none = { id: undefined, description: undefined, md5: undefined, location: undefined, disposition: undefined }
  return { type, subtype, parameters: [], encoding: '7bit', languages: [], ...none, ...more }
}

/** A part with a body of 100 octets and 7 lines. */
function part(type: string, subtype: string, more: Partial<PartFields> = {}, children: readonly Part[] = []): Part {
  return {
    headerStart: 0,
    bodyStart: 50,
    bodyEnd: 150,
    lines: 7,
    fields: fields(type, subtype, more),
    children,
    envelope: undefined,
  }
}

const utf8 = [{ name: 'charset', value: 'utf-8' }]
const plain = part('text', 'plain', { parameters: utf8 })
const html = part('text', 'html', { encoding: 'quoted-printable' })
const inner: Part = { ...plain, envelope: { ...nobody, subject: 'inner' } }
const innerEnvelope = '(NIL "inner" NIL NIL NIL NIL NIL NIL NIL NIL)'

const table: readonly (readonly [name: string, part: Part, body: string, bodystructure: string])[] = [
  [
    'text has its lines',
    plain,
    '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 100 7)',
    '("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 100 7 NIL NIL NIL NIL)',
  ],
  [
    'anything else has none',
    part('image', 'png', { encoding: 'base64', id: '<1@x>', description: 'a "logo"' }),
    '("image" "png" NIL "<1@x>" "a \\"logo\\"" "base64" 100)',
    '("image" "png" NIL "<1@x>" "a \\"logo\\"" "base64" 100 NIL NIL NIL NIL)',
  ],
  [
    'every extension in its place',
    part('application', 'pdf', {
      md5: 'Q2hlY2s=',
      disposition: { type: 'attachment', parameters: [{ name: 'filename', value: 'a.pdf' }, ...utf8] },
      languages: ['de'],
      location: 'http://x/',
    }),
    '("application" "pdf" NIL NIL NIL "7bit" 100)',
    '("application" "pdf" NIL NIL NIL "7bit" 100 "Q2hlY2s=" ("attachment" ("filename" "a.pdf" "charset" "utf-8")) "de" "http://x/")',
  ],
  [
    'a disposition without parameters, several languages',
    part('text', 'plain', { disposition: { type: 'inline', parameters: [] }, languages: ['de', 'en'] }),
    '("text" "plain" NIL NIL NIL "7bit" 100 7)',
    '("text" "plain" NIL NIL NIL "7bit" 100 7 NIL ("inline" NIL) ("de" "en") NIL)',
  ],
  [
    'a multipart is its parts, then its subtype',
    part('multipart', 'alternative', { parameters: [{ name: 'boundary', value: 'b' }], location: 'x' }, [plain, html]),
    '(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 100 7)("text" "html" NIL NIL NIL "quoted-printable" 100 7) "alternative")',
    '(("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 100 7 NIL NIL NIL NIL)("text" "html" NIL NIL NIL "quoted-printable" 100 7 NIL NIL NIL NIL) "alternative" ("boundary" "b") NIL NIL "x")',
  ],
  [
    'message/rfc822 has envelope, body and lines of what is inside',
    part('message', 'rfc822', {}, [inner]),
    `("message" "rfc822" NIL NIL NIL "7bit" 100 ${innerEnvelope} ("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 100 7) 7)`,
    `("message" "rfc822" NIL NIL NIL "7bit" 100 ${innerEnvelope} ("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 100 7 NIL NIL NIL NIL) 7 NIL NIL NIL NIL)`,
  ],
  [
    'a message/rfc822 that was not looked into still has its form',
    part('message', 'rfc822'),
    '("message" "rfc822" NIL NIL NIL "7bit" 100 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "7bit" 0 0) 7)',
    '("message" "rfc822" NIL NIL NIL "7bit" 100 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" NIL NIL NIL "7bit" 0 0 NIL NIL NIL NIL) 7 NIL NIL NIL NIL)',
  ],
  [
    'message/global is a file to rev1',
    part('message', 'global', {}, [inner]),
    '("message" "global" NIL NIL NIL "7bit" 100)',
    '("message" "global" NIL NIL NIL "7bit" 100 NIL NIL NIL NIL)',
  ],
  [
    'message/delivery-status is a file',
    part('message', 'delivery-status'),
    '("message" "delivery-status" NIL NIL NIL "7bit" 100)',
    '("message" "delivery-status" NIL NIL NIL "7bit" 100 NIL NIL NIL NIL)',
  ],
  [
    'a multipart without parts is a file',
    part('multipart', 'mixed'),
    '("application" "octet-stream" NIL NIL NIL "7bit" 100)',
    '("application" "octet-stream" NIL NIL NIL "7bit" 100 NIL NIL NIL NIL)',
  ],
  [
    'a parameter beyond ASCII as RFC 2231 writes it',
    part('text', 'plain', { parameters: [{ name: 'name', value: '\xc3\xa4 1.txt' }] }),
    '("text" "plain" ("name*" "utf-8\'\'%C3%A4%201.txt") NIL NIL "7bit" 100 7)',
    '("text" "plain" ("name*" "utf-8\'\'%C3%A4%201.txt") NIL NIL "7bit" 100 7 NIL NIL NIL NIL)',
  ],
  [
    'one that is in pieces already, as encoded words',
    part('text', 'plain', { parameters: [{ name: 'name*0', value: '\xe4.txt' }], description: '\xe4' }),
    '("text" "plain" ("name*0" "=?utf-8?B?w6QudHh0?=") NIL "=?utf-8?B?w6Q=?=" "7bit" 100 7)',
    '("text" "plain" ("name*0" "=?utf-8?B?w6QudHh0?=") NIL "=?utf-8?B?w6Q=?=" "7bit" 100 7 NIL NIL NIL NIL)',
  ],
]

describe('printBody', () => {
  for (const [name, part, body, bodystructure] of table) {
    test(name, () => {
      assert.equal(printBody(part, { extensions: false }), body)
      assert.equal(printBody(part, { extensions: true }), bodystructure)
    })
  }
})

describe('printEnvelope', () => {
  const alice: EnvelopeAddress = { name: 'Alice "A" B', mailbox: 'alice', host: 'example.test' }
  const bob: EnvelopeAddress = { name: undefined, mailbox: 'bob', host: 'example.test' }
  const group: readonly EnvelopeAddress[] = [
    { name: undefined, mailbox: 'team', host: undefined },
    bob,
    { name: undefined, mailbox: undefined, host: undefined },
  ]

  test('prints ten fields in order', () => {
    const envelope: Envelope = {
      date: 'Mon, 7 Feb 1994 21:52:25 -0800',
      subject: 'Re: "x"',
      from: [alice],
      sender: [bob],
      replyTo: [alice, bob],
      to: group,
      cc: [],
      bcc: [bob],
      inReplyTo: '<1@x>',
      messageId: '<2@x>',
    }
    const wanted = [
      '("Mon, 7 Feb 1994 21:52:25 -0800"',
      '"Re: \\"x\\""',
      '(("Alice \\"A\\" B" NIL "alice" "example.test"))',
      '((NIL NIL "bob" "example.test"))',
      '(("Alice \\"A\\" B" NIL "alice" "example.test")(NIL NIL "bob" "example.test"))',
      '((NIL NIL "team" NIL)(NIL NIL "bob" "example.test")(NIL NIL NIL NIL))',
      'NIL',
      '((NIL NIL "bob" "example.test"))',
      '"<1@x>"',
      '"<2@x>")',
    ]
    assert.equal(printEnvelope(envelope), wanted.join(' '))
  })

  test('prints NIL for what is missing and "" for what is empty', () => {
    assert.equal(printEnvelope({ ...nobody, subject: '' }), '(NIL "" NIL NIL NIL NIL NIL NIL NIL NIL)')
  })
})

describe('for a session with UTF-8', () => {
  const latin = part('text', 'plain', { parameters: [{ name: 'name', value: '\xe4.txt' }] })
  const global = part('message', 'global', {}, [inner])
  const table: readonly [string, Part, string][] = [
    [
      'a text that is no UTF-8 becomes it',
      latin,
      '("text" "plain" ("name" "\xc3\xa4.txt") NIL NIL "7bit" 100 7 NIL NIL NIL NIL)',
    ],
    [
      'message/global has its long form',
      global,
      `("message" "global" NIL NIL NIL "7bit" 100 ${innerEnvelope} ("text" "plain" ("charset" "utf-8") NIL NIL "7bit" 100 7 NIL NIL NIL NIL) 7 NIL NIL NIL NIL)`,
    ],
  ]
  for (const [name, part, wanted] of table)
    test(name, () => assert.equal(printBody(part, { extensions: true, utf8: true }), wanted))

  test('an envelope beyond ASCII is told in UTF-8, to others in ASCII', () => {
    const subject = 'a \xc3\xa4 b'
    const from: EnvelopeAddress = { name: '\xc3\xa4', mailbox: '\xc3\xb6', host: 'b\xc3\xbccher.example' }
    const envelope = { ...nobody, subject, from: [from], sender: [from], replyTo: [from] }
    const raw = '(("\xc3\xa4" NIL "\xc3\xb6" "b\xc3\xbccher.example"))'
    const ascii = '(("=?utf-8?B?w6Q=?=" NIL "=?utf-8?B?w7Y=?=" "xn--bcher-kva.example"))'
    assert.equal(printEnvelope(envelope, true), `(NIL "a \xc3\xa4 b" ${raw} ${raw} ${raw} NIL NIL NIL NIL NIL)`)
    assert.equal(printEnvelope(envelope), `(NIL "a =?utf-8?B?w6Q=?= b" ${ascii} ${ascii} ${ascii} NIL NIL NIL NIL NIL)`)
  })

  test('text that is no UTF-8 is read in the charset of the message', () => {
    const envelope = { ...nobody, subject: '\xf0\xd2\xc9' }
    assert.equal(
      printEnvelope(envelope, false, 'koi8-r'),
      '(NIL "=?utf-8?B?0J/RgNC4?=" NIL NIL NIL NIL NIL NIL NIL NIL)',
    )
    assert.equal(
      printEnvelope(envelope, true, 'utf-16'),
      '(NIL "\xc3\xb0\xc3\x92\xc3\x89" NIL NIL NIL NIL NIL NIL NIL NIL)',
    )
    assert.equal(
      printEnvelope({ ...nobody, subject: '\xc3\xa4' }, true, 'koi8-r'),
      '(NIL "\xc3\xa4" NIL NIL NIL NIL NIL NIL NIL NIL)',
    )
  })

  test('what is the same for both kinds of session is known to be', () => {
    const same = (part: Part) => {
      const printer = new StructurePrinter(false)
      printer.body(part, true)
      return printer.isSameInUtf8
    }
    assert.deepEqual([plain, part('message', 'rfc822', {}, [inner])].map(same), [true, true])
    assert.deepEqual([latin, global, part('text', 'plain', { id: '\x80' })].map(same), [false, false, false])
  })
})
