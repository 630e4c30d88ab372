// Delivery reports: golden/dsn/NAME.json (what is told, with the original as `message`) and NAME.eml (the report), read again by our own parsers.
// `GOLDEN=write` writes the reports that are not there; read them before you keep them.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fromUtf8, latin1, utf8 } from '#text/bytes.ts'
import { composeDsn, type Dsn, type DsnRecipient } from './dsn.ts'
import { firstValue, readHeader } from './header.ts'
import type { OutcomeClass } from './outcome.ts'
import { outcomeWords } from './outcome-words.ts'
import { parameterValue } from './parameters.ts'
import type { Part } from './part.ts'
import { readDsn } from './read-dsn.ts'
import { parseStructure } from './structure.ts'

const folder = new URL('./golden/dsn/', import.meta.url)
const now = Date.UTC(2026, 0, 2, 3, 4, 5)
const original = 'Message-ID: <tea@example.test>\r\nSubject: tea\r\nDate: Thu, 1 Jan 2026 00:00:00 +0000\r\n\r\nhot\r\n'
const bob: DsnRecipient = {
  address: 'bob@example.test',
  originalRecipient: undefined,
  action: 'failed',
  status: '5.1.1',
  reply: '550 5.1.1 <bob@example.test>: there is no such mailbox here. Please check the spelling.',
  willRetryUntil: undefined,
}

function dsnOf(over: Partial<Omit<Dsn, 'original'>> & { readonly message?: string }): Dsn {
  const { message, ...rest } = over
  return {
    hostname: 'mail.example.test',
    id: 'r1',
    now,
    to: 'alice@example.test',
    arrivedAt: now - 60_000,
    envelopeId: undefined,
    recipients: [bob],
    original: fromUtf8(message ?? original),
    returns: 'whole',
    ...rest,
  }
}

for (const file of readdirSync(folder).filter(name => name.endsWith('.json'))) {
  const name = file.slice(0, -'.json'.length)
  test(`report: ${name}`, () => {
    const dsn = dsnOf(JSON.parse(readFileSync(new URL(file, folder), 'utf8')))
    const report = composeDsn(dsn)
    const golden = new URL(`${name}.eml`, folder)
    if (process.env['GOLDEN'] === 'write' && !existsSync(golden)) writeFileSync(golden, report)
    assert.equal(utf8(report), readFileSync(golden, 'utf8'))
    readAgain(report, dsn)
  })
}

/** What a mail program makes of the report is what went into it. */
function readAgain(report: Uint8Array, dsn: Dsn): void {
  const header = readHeader(report)
  assert.equal(firstValue(header, 'auto-submitted'), 'auto-replied')
  assert.equal(utf8(Buffer.from(firstValue(header, 'to') ?? '', 'latin1')), `<${dsn.to}>`)
  const whole = parseStructure(report)
  assert.equal(`${whole.fields.type}/${whole.fields.subtype}`, 'multipart/report')
  assert.equal(parameterValue(whole.fields.parameters, 'report-type'), 'delivery-status')
  assert.equal(whole.children.length, 3)
  const [words, , returned] = whole.children.map(part => contentOf(report, part))
  const read = readDsn(report)
  assert.ok(read !== undefined)
  assert.equal(read.reportingMta, dsn.hostname)
  assert.equal(read.envelopeId, dsn.envelopeId)
  assert.deepEqual(
    read.recipients,
    dsn.recipients.map(({ address, originalRecipient, action, status, reply, by }) => ({
      address,
      originalAddress: originalRecipient?.address,
      action: action === 'expired' ? 'failed' : action,
      status,
      diagnostic: /[^\x00-\x7f]/.test(address) ? reply : reply?.replace(/[^\x00-\x7f]/g, '?'),
      remoteMta: by,
    })),
  )
  assert.equal(read.original && firstValue(read.original, 'subject'), firstValue(readHeader(dsn.original), 'subject'))
  const text = utf8(Buffer.from(words ?? '', 'latin1'))
  for (const { address, reply = '' } of dsn.recipients) {
    assert.ok(text.includes(`<${address}>`))
    // Broken into lines, but whole.
    assert.ok(text.replace(/\s+/g, ' ').includes(reply), reply)
  }
  assert.ok(!latin1(report).startsWith('Return-Path'))
  const message = latin1(dsn.original)
  assert.equal(returned, dsn.returns === 'whole' ? message : message.slice(0, message.indexOf('\r\n\r\n') + 2))
  for (const line of latin1(report, 0, whole.children[2]?.bodyStart).split('\r\n')) assert.ok(line.length <= 998)
}

function contentOf(message: Uint8Array, part: Part): string {
  return latin1(message, part.bodyStart, part.bodyEnd)
}

test('nothing that a peer wrote begins a line of the report', () => {
  const evil = 'x\r\nBcc: eve@example.test\r\n\r\n--report-r1--\u2028'
  const report = composeDsn(
    dsnOf({
      to: `a${evil}@b`,
      envelopeId: evil,
      recipients: [{ ...bob, address: evil, reply: evil, originalRecipient: { type: evil, address: evil } }],
      message: 'Message-ID: <x> Bcc: <y>\r\nSubject: =?utf-8?q?x=0D=0A--report-r1--?=\r\n\r\n',
    }),
  )
  const lines = utf8(report).split(/\r\n|\u2028/)
  assert.deepEqual(
    lines.filter(line => /^(Bcc|--)/.test(line)),
    ['--report-r1', '--report-r1', '--report-r1', '--report-r1--'],
  )
  assert.equal(parseStructure(report).children.length, 3)
  assert.equal(firstValue(readHeader(report), 'in-reply-to'), undefined)
})

test('a header without its end goes back as it is', () => {
  const report = composeDsn(dsnOf({ message: 'Subject: cut', returns: 'header' }))
  const returned = parseStructure(report).children[2]
  assert.ok(returned !== undefined)
  assert.equal(contentOf(report, returned), 'Subject: cut')
})

test('a word longer than any line is cut', () => {
  const reply = `550 5.7.1 ${'x'.repeat(1_900)}`
  const report = composeDsn(dsnOf({ recipients: [{ ...bob, reply, by: 'mx.example.test', class: 'policy' }] }))
  for (const line of latin1(report).split('\r\n')) assert.ok(line.length <= 998, `${line.length}`)
  assert.equal(readDsn(report)?.recipients[0]?.diagnostic?.replaceAll(' ', ''), reply.replaceAll(' ', ''))
})

test('each class of "no" says what happened, who can mend it and what to do next', () => {
  for (const [kind, { happened, mender, next }] of Object.entries(outcomeWords)) {
    // The keys of the table are the classes.
    const failed: DsnRecipient = { ...bob, class: kind as OutcomeClass, by: 'mx.example.test' }
    const text = latin1(composeDsn(dsnOf({ recipients: [failed] }))).replace(/\s+/g, ' ')
    for (const words of [happened, mender, next]) {
      assert.ok(text.includes(words.replace('{host}', 'mail.example.test')), `${kind}: ${words}`)
      assert.match(words, /^[A-Z].*[.]$/)
    }
  }
})

test('who wrote to an address that leads on to a closed one has not misspelt anything', () => {
  const wroteTo = { type: 'rfc822', address: 'team@example.test' }
  const textFor = (recipient: DsnRecipient) =>
    latin1(composeDsn(dsnOf({ recipients: [recipient] }))).replace(/\s+/g, ' ')
  const unknown: DsnRecipient = { ...bob, class: 'recipient-unknown', by: 'mx.example.test' }
  assert.match(
    textFor({ ...unknown, originalRecipient: wroteTo }),
    /leads on to one that is not there[\s\S]* is spelled right/,
  )
  assert.match(
    textFor({ ...unknown, originalRecipient: { type: 'rfc822', address: bob.address } }),
    /Check the spelling/,
  )
})

test("what an operator returned is nobody else's doing", () => {
  const reply = 'returned by the operator of mail.example.test: the domain is misspelt'
  const given: DsnRecipient = { ...bob, class: 'policy', status: '5.7.1', reply }
  const text = latin1(composeDsn(dsnOf({ recipients: [given] }))).replace(/\s+/g, ' ')
  assert.match(text, /The operator of this server took the message out of the queue and returned it to you\./)
  assert.match(text, /Who can mend it: The administrator of mail\.example\.test\./)
  assert.doesNotMatch(text, /receiving server/)
})

test('a reply as long as a line may be is folded', () => {
  const reply = `550 5.1.1 ${'word '.repeat(300)}`
  const report = latin1(composeDsn(dsnOf({ recipients: [{ ...bob, reply }] })))
  assert.ok(report.split('\r\n').every(line => line.length <= 78))
})
