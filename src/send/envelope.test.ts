import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type Capabilities, noCapabilities, readCapabilities } from '#wire/smtp/capabilities.ts'
import { noRecipientParameters } from '#wire/smtp/parameters.ts'
import { type MessageOptions, message } from '../../test/support/sending.ts'
import { type EnvelopeFacts, envelopeOf } from './envelope.ts'

const offering = (...keywords: string[]): Capabilities => readCapabilities(['x', ...keywords])

interface Row {
  readonly name: string
  readonly offers: Capabilities
  readonly text?: string
  readonly mail?: MessageOptions
  readonly facts?: Partial<EnvelopeFacts>
  /** What stands behind `MAIL FROM:`. */
  readonly line?: string
  /** Status of the refusal of all. */
  readonly refused?: string
}

const umlaut = 'Subject: x\r\n\r\nGr\xc3\xbc\xc3\x9fe an alle, die das lesen\r\n'
const utf8Header = 'Subject: Gr\xc3\xbc\xc3\x9fe\r\n\r\nx\r\n'
const plainFrom = '<alice@example.test>'
const smtpUtf8 = { smtpUtf8: true } as const
const by = (seconds: number, mode: 'return' | 'notify') =>
  ({ parameters: { deliverBy: { seconds, mode, trace: false } }, arrivedAt: 1_000 }) as const

const rows: readonly Row[] = [
  { name: 'nothing offered, nothing said', offers: noCapabilities, line: plainFrom },
  { name: 'the null path', offers: noCapabilities, mail: { from: '' }, line: '<>' },
  {
    name: 'SIZE, our fields counted',
    offers: offering('SIZE'),
    mail: { fields: 'A: bb\r\n' },
    line: `${plainFrom} SIZE=10`,
  },
  { name: 'SIZE, just fits', offers: offering('SIZE 3'), line: `${plainFrom} SIZE=3` },
  { name: 'SIZE, does not fit', offers: offering('SIZE 2'), refused: '5.3.4' },
  { name: 'SIZE without a limit', offers: offering('SIZE 0'), line: `${plainFrom} SIZE=3` },
  {
    name: '8 bits declared',
    offers: offering('8BITMIME'),
    mail: { parameters: { body: '8BITMIME' } },
    line: `${plainFrom} BODY=8BITMIME`,
  },
  {
    name: '8 bits undeclared are declared',
    offers: offering('8BITMIME'),
    text: umlaut,
    line: `${plainFrom} BODY=8BITMIME`,
  },
  { name: '7 bits are not', offers: offering('8BITMIME'), line: plainFrom },
  {
    name: '8 bits, and the peer has 7',
    offers: offering('SIZE'),
    text: umlaut,
    mail: { parameters: { body: '8BITMIME' } },
    line: plainFrom,
  },
  {
    name: '8 bits declared, none in it, and the peer has 7',
    offers: offering('SIZE'),
    mail: { parameters: { body: '8BITMIME' } },
    line: `${plainFrom} SIZE=3`,
  },
  {
    name: 'binary to who takes it',
    offers: offering('CHUNKING', 'BINARYMIME', '8BITMIME'),
    mail: { parameters: { body: 'BINARYMIME' } },
    line: `${plainFrom} BODY=BINARYMIME`,
  },
  {
    name: 'binary to who does not',
    offers: offering('CHUNKING', '8BITMIME'),
    mail: { parameters: { body: 'BINARYMIME' } },
    line: plainFrom,
  },
  {
    name: 'SMTPUTF8 for a header',
    offers: offering('SMTPUTF8', '8BITMIME'),
    text: utf8Header,
    mail: { parameters: smtpUtf8 },
    line: `${plainFrom} BODY=8BITMIME SMTPUTF8`,
  },
  {
    name: 'SMTPUTF8 for nothing is not said on',
    offers: offering('SMTPUTF8', '8BITMIME'),
    mail: { parameters: smtpUtf8 },
    line: plainFrom,
  },
  {
    name: 'SMTPUTF8 for a sender',
    offers: offering('SMTPUTF8', '8BITMIME'),
    mail: { from: 'jörg@b.test' },
    line: '<jörg@b.test> SMTPUTF8',
  },
  {
    name: 'SMTPUTF8 for a recipient',
    offers: offering('SMTPUTF8', '8BITMIME'),
    mail: { to: ['jörg@b.test'] },
    line: `${plainFrom} SMTPUTF8`,
  },
  {
    name: 'no SMTPUTF8: a header that needs it',
    offers: offering('8BITMIME'),
    text: utf8Header,
    mail: { parameters: smtpUtf8 },
    refused: '5.6.7',
  },
  {
    name: 'no SMTPUTF8: a field of ours',
    offers: offering('8BITMIME'),
    mail: { parameters: smtpUtf8, fields: 'A: ü\r\n' },
    refused: '5.6.7',
  },
  {
    name: 'no SMTPUTF8: a sender that needs it',
    offers: offering('8BITMIME'),
    mail: { from: 'jörg@b.test' },
    refused: '5.6.7',
  },
  {
    name: 'no SMTPUTF8: a domain has its ASCII form',
    offers: offering('8BITMIME'),
    mail: { from: 'a@bücher.test' },
    line: '<a@xn--bcher-kva.test>',
  },
  {
    name: 'no SMTPUTF8: letters in the body need none',
    offers: offering('8BITMIME'),
    text: umlaut,
    mail: { parameters: smtpUtf8 },
    line: `${plainFrom} BODY=8BITMIME`,
  },
  {
    name: 'no SMTPUTF8: a raw header that nobody declared goes as it came',
    offers: offering('8BITMIME'),
    text: utf8Header,
    line: `${plainFrom} BODY=8BITMIME`,
  },
  {
    name: 'REQUIRETLS',
    offers: offering('REQUIRETLS'),
    facts: { isSecured: true },
    mail: { parameters: { requireTls: true } },
    line: `${plainFrom} REQUIRETLS`,
  },
  {
    name: 'REQUIRETLS not offered',
    offers: offering(),
    facts: { isSecured: true },
    mail: { parameters: { requireTls: true } },
    refused: '5.7.30',
  },
  {
    name: 'REQUIRETLS offered in the clear',
    offers: offering('REQUIRETLS'),
    mail: { parameters: { requireTls: true } },
    refused: '5.7.30',
  },
  {
    name: 'DSN',
    offers: offering('DSN'),
    mail: { parameters: { ret: 'FULL', envelopeId: 'x' } },
    line: `${plainFrom} RET=FULL ENVID=x`,
  },
  { name: 'no DSN', offers: offering(), mail: { parameters: { ret: 'FULL', envelopeId: 'x' } }, line: plainFrom },
  {
    name: 'MT-PRIORITY',
    offers: offering('MT-PRIORITY'),
    mail: { parameters: { priority: 3 } },
    line: `${plainFrom} MT-PRIORITY=3`,
  },
  { name: 'no MT-PRIORITY', offers: offering(), mail: { parameters: { priority: 3 } }, line: plainFrom },
  {
    name: 'BY: what is left of it',
    offers: offering('DELIVERBY'),
    mail: by(100, 'return'),
    facts: { now: 31_000 },
    line: `${plainFrom} BY=70;R`,
  },
  {
    name: 'BY: missed, and only told',
    offers: offering('DELIVERBY'),
    mail: by(100, 'notify'),
    facts: { now: 201_000 },
    line: `${plainFrom} BY=-100;N`,
  },
  {
    name: 'BY: missed, to come back',
    offers: offering('DELIVERBY'),
    mail: by(100, 'return'),
    facts: { now: 101_000 },
    refused: '5.4.7',
  },
  {
    name: 'BY: less than the peer takes',
    offers: offering('DELIVERBY 90'),
    mail: by(100, 'return'),
    facts: { now: 31_000 },
    refused: '5.4.7',
  },
  { name: 'BY: not offered, to come back', offers: offering(), mail: by(100, 'return'), refused: '5.3.3' },
  { name: 'BY: not offered, to be told', offers: offering(), mail: by(100, 'notify'), line: plainFrom },
  {
    name: 'held here, not there',
    offers: offering('FUTURERELEASE'),
    mail: { parameters: { hold: { kind: 'for', seconds: 9 } } },
    line: plainFrom,
  },
]

describe('MAIL', () => {
  for (const { name, offers, text = 'x\r\n', mail, facts, line, refused } of rows)
    test(name, async () => {
      const planned = await envelopeOf(message(text, mail), {
        host: 'mx.peer.example',
        capabilities: offers,
        isSecured: false,
        isVerified: false,
        isLoggedIn: false,
        now: 0,
        ...facts,
      })
      if (planned.kind !== 'envelope') {
        assert.deepEqual([planned.kind, planned.status], ['failed', refused])
        assert.match(planned.reply, /mx\.peer\.example/)
        return
      }
      assert.equal(planned.mail, `MAIL FROM:${line}\r\n`)
    })
})

describe('RCPT', () => {
  const recipient = {
    address: 'jörg@peer.example',
    parameters: { notify: ['NEVER'] as const, originalRecipient: undefined },
  }
  const facts = { host: 'mx.peer.example', isSecured: false, isVerified: false, isLoggedIn: false, now: 0 }

  test('beyond ASCII where there is no SMTPUTF8: that one alone', async () => {
    const mail = message('x\r\n', { to: ['jörg@peer.example', 'bob@bücher.example'] })
    const envelope = await envelopeOf(mail, { ...facts, capabilities: offering() })
    assert.ok(envelope.kind === 'envelope')
    const [first, second] = mail.recipients.map(one => envelope.rcpt(one))
    assert.ok(typeof first === 'object')
    assert.deepEqual([first.kind, first.status], ['failed', '5.6.7'])
    assert.equal(second, 'RCPT TO:<bob@xn--bcher-kva.example>\r\n')
  })

  test('what the sender wants to hear, to who has DSN', async () => {
    for (const [capabilities, wanted] of [
      [offering('DSN', 'SMTPUTF8'), 'RCPT TO:<jörg@peer.example> NOTIFY=NEVER\r\n'],
      [offering('SMTPUTF8'), 'RCPT TO:<jörg@peer.example>\r\n'],
    ] as const) {
      const envelope = await envelopeOf(message('x\r\n', { to: [recipient.address] }), { ...facts, capabilities })
      assert.ok(envelope.kind === 'envelope')
      assert.equal(envelope.rcpt(recipient), wanted)
    }
    assert.equal(noRecipientParameters.notify, undefined)
  })
})
