import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1 } from '#text/bytes.ts'
import { readEnvelope } from './envelope.ts'
import { readHeader } from './header.ts'

function envelope(...lines: readonly string[]) {
  return readEnvelope(readHeader(fromLatin1(`${lines.join('\r\n')}\r\n\r\n`)))
}

const ada = [{ name: undefined, mailbox: 'ada', host: 'a.example' }]
const bob = [{ name: undefined, mailbox: 'bob', host: 'b.example' }]

test('absent fields are undefined or empty, and addresses are those of From', () => {
  assert.deepEqual(envelope('From: ada@a.example'), {
    date: undefined,
    subject: undefined,
    from: ada,
    sender: ada,
    replyTo: ada,
    to: [],
    cc: [],
    bcc: [],
    inReplyTo: undefined,
    messageId: undefined,
  })
})

test('present but empty fields are empty strings', () => {
  const { date, subject, inReplyTo, messageId } = envelope('Date:', 'Subject: ', 'In-Reply-To:', 'Message-ID:')
  assert.deepEqual([date, subject, inReplyTo, messageId], ['', '', '', ''])
})

test('an empty Sender or Reply-To is as a missing one', () => {
  const { sender, replyTo } = envelope('From: ada@a.example', 'Sender:', 'Reply-To: <>')
  assert.deepEqual([sender, replyTo], [ada, ada])
})

test('Sender and Reply-To of their own stay', () => {
  const { from, sender, replyTo } = envelope('From: ada@a.example', 'Sender: bob@b.example', 'Reply-To: bob@b.example')
  assert.deepEqual([from, sender, replyTo], [ada, bob, bob])
})

test('the first From counts, every To does', () => {
  const { from, to } = envelope('From: ada@a.example', 'From: bob@b.example', 'To: ada@a.example', 'To: bob@b.example')
  assert.deepEqual([from, to], [ada, [...ada, ...bob]])
})

test('values stay as they are written', () => {
  const { subject, messageId } = envelope('Subject: =?utf-8?Q?=C3=BC?=\r\n  x', 'Message-ID: (c) <1@a>')
  assert.deepEqual([subject, messageId], ['=?utf-8?Q?=C3=BC?=  x', '(c) <1@a>'])
})
