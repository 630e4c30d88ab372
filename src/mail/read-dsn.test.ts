// Delivery reports of others, in the forms in which they come back.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fromUtf8 } from '#text/bytes.ts'
import { firstValue } from './header.ts'
import { maxReturnedRecipients } from './limits.ts'
import { readDsn } from './read-dsn.ts'
import type { ReturnedRecipient } from './returned-dsn.ts'

/** Lines in CRLF. */
function message(...lines: readonly string[]): Uint8Array {
  return fromUtf8(lines.join('\r\n'))
}

function report(status: readonly string[], more: readonly string[] = []): Uint8Array {
  return message(
    'From: MAILER-DAEMON@mx.example.org',
    'To: alice+b=token@example.com',
    'Subject: failure',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
    '',
    '--x',
    '',
    'It did not work.',
    '--x',
    ...status,
    '--x',
    ...more,
    '--x--',
    '',
  )
}

const nothing = {
  originalAddress: undefined,
  action: undefined,
  status: undefined,
  diagnostic: undefined,
  remoteMta: undefined,
}

const forms: readonly (readonly [string, Uint8Array, readonly ReturnedRecipient[]])[] = [
  [
    'Postfix',
    report(
      [
        'Content-Description: Delivery report',
        'Content-Type: message/delivery-status',
        '',
        'Reporting-MTA: dns; mail.example.org',
        'X-Postfix-Queue-ID: 4F2',
        'Arrival-Date: Wed,  1 May 2026 14:41:12 +0100 (BST)',
        '',
        'Final-Recipient: rfc822; bob@example.org',
        'Original-Recipient: rfc822;bob@example.org',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.example.org',
        'Diagnostic-Code: smtp; 550 5.1.1 <bob@example.org>: Recipient address rejected:',
        '    User unknown in local recipient table',
        '',
      ],
      ['Content-Type: message/rfc822', '', 'Message-ID: <tea@example.com>', 'Subject: tea', '', 'hot'],
    ),
    [
      {
        address: 'bob@example.org',
        originalAddress: 'bob@example.org',
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 <bob@example.org>: Recipient address rejected:    User unknown in local recipient table',
        remoteMta: 'mx.example.org',
      },
    ],
  ],
  [
    'several recipients, one of them delayed, in LF alone and with comments',
    message(
      'Content-Type: multipart/report; report-type=delivery-status; boundary=x',
      '',
      '--x',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns;mail.example.org (Exchange)',
      '',
      'Final-Recipient: RFC822; <bob@example.org>',
      'Action: Failed (no such user)',
      'Status: 5.1.1 (bad destination mailbox address)',
      '',
      'Final-Recipient: rfc822;carol@example.org',
      'Action: delayed',
      'Status: 4.2.2',
      '--x--',
    ).filter(octet => octet !== 13),
    [
      { ...nothing, address: 'bob@example.org', action: 'failed', status: '5.1.1' },
      { ...nothing, address: 'carol@example.org', action: 'delayed', status: '4.2.2' },
    ],
  ],
  [
    'without a type of address, without a group of the message, in base64',
    report([
      'Content-Type: message/delivery-status',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.from('Final-Recipient: bob@example.org\r\nAction: failed\r\nStatus: 5.0.0\r\n').toString('base64'),
    ]),
    [{ ...nothing, address: 'bob@example.org', action: 'failed', status: '5.0.0' }],
  ],
  [
    'RFC 6533, the address in Unicode',
    report([
      'Content-Type: message/global-delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.org',
      '',
      'Final-Recipient: utf-8; jürgen@example.org',
      'Action: failed',
      'Status: 5.1.1',
    ]),
    [{ ...nothing, address: 'jürgen@example.org', action: 'failed', status: '5.1.1' }],
  ],
  [
    'RFC 6533, the address in ASCII letters',
    report([
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.org',
      '',
      'Final-Recipient: utf-8; j\\x{FC}rgen@example.org',
      'Action: failed',
      'Status: 5.1.1',
    ]),
    [{ ...nothing, address: 'jürgen@example.org', action: 'failed', status: '5.1.1' }],
  ],
  [
    'inside what a list or a filter has put around it',
    message(
      'Content-Type: multipart/mixed; boundary=y',
      '',
      '--y',
      'Content-Type: multipart/report; boundary=x',
      '',
      '--x',
      'Content-Type: message/delivery-status',
      '',
      'Reporting-MTA: dns; mx.example.org',
      '',
      'Final-Recipient: rfc822; bob@example.org',
      'Action: failed',
      'Status: 5.2.2',
      '--x--',
      '--y',
      '',
      'Scanned.',
      '--y--',
    ),
    [{ ...nothing, address: 'bob@example.org', action: 'failed', status: '5.2.2' }],
  ],
  [
    'qmail',
    message(
      'From: MAILER-DAEMON@mail.example.org',
      'Subject: failure notice',
      '',
      'Hi. This is the qmail-send program at mail.example.org.',
      "I'm afraid I wasn't able to deliver your message to the following addresses.",
      "This is a permanent error; I've given up. Sorry it didn't work out.",
      '',
      '<bob@example.org>:',
      '192.0.2.25 does not like recipient.',
      'Remote host said: 550 5.1.1 <bob@example.org>: no such user',
      'Giving up on 192.0.2.25.',
      '',
      '<carol@example.org>:',
      'Sorry, no mailbox here by that name. (#5.1.1)',
      '',
      '--- Below this line is a copy of the message.',
      '',
      'Return-Path: <alice@example.com>',
      'Message-ID: <tea@example.com>',
      '',
      'hot',
    ),
    [
      {
        ...nothing,
        address: 'bob@example.org',
        action: 'failed',
        diagnostic: '550 5.1.1 <bob@example.org>: no such user',
        remoteMta: '192.0.2.25',
      },
      {
        ...nothing,
        address: 'carol@example.org',
        action: 'failed',
        status: '5.1.1',
        diagnostic: 'Sorry, no mailbox here by that name. (#5.1.1)',
      },
    ],
  ],
  [
    'Exim before it knew of delivery-status',
    message(
      'X-Failed-Recipients: bob@example.org, carol@example.org',
      'Auto-Submitted: auto-replied',
      'Subject: Mail delivery failed: returning message to sender',
      '',
      'This message was created automatically by mail delivery software.',
    ),
    [
      { ...nothing, address: 'bob@example.org', action: 'failed' },
      { ...nothing, address: 'carol@example.org', action: 'failed' },
    ],
  ],
]

describe('a delivery report', () => {
  for (const [name, octets, wanted] of forms) test(name, () => assert.deepEqual(readDsn(octets)?.recipients, wanted))

  test('brings back the header of its message', () => {
    for (const name of ['Postfix', 'qmail']) {
      const [, octets] = forms.find(([one]) => one === name) ?? []
      const original = octets && readDsn(octets)?.original
      assert.equal(original && firstValue(original, 'message-id'), '<tea@example.com>')
    }
  })

  test('of RFC 3464 itself', () => {
    const read = readDsn(readFileSync(new URL('./golden/rfc3464-report.eml', import.meta.url)))
    assert.ok(read !== undefined && read.recipients.length > 0)
    assert.ok(read.recipients.every(({ address, action, status }) => address && action && status))
  })

  test('has no more recipients than are read', () => {
    const groups = Array.from({ length: 2 * maxReturnedRecipients }, (_, number) => [
      '',
      `Final-Recipient: rfc822; r${number}@example.org`,
      'Action: failed',
      'Status: 5.1.1',
    ])
    const octets = report(['Content-Type: message/delivery-status', '', 'Reporting-MTA: dns; x', ...groups.flat()])
    assert.equal(readDsn(octets)?.recipients.length, maxReturnedRecipients)
  })
})

describe('no delivery report is', () => {
  const others: readonly (readonly [string, Uint8Array])[] = [
    ['a letter', message('Subject: hi', '', 'Hi. This is Bob.', '', '<x@y>:', 'no')],
    ['nothing', message('')],
    ['a report of something else', readFileSync(new URL('./golden/rfc8098-mdn.eml', import.meta.url))],
    [
      'a letter that returns a report',
      message(
        'Content-Type: message/rfc822',
        '',
        'Content-Type: message/delivery-status',
        '',
        'Final-Recipient: rfc822; a@b',
      ),
    ],
  ]
  for (const [name, octets] of others) test(name, () => assert.equal(readDsn(octets), undefined))
})

test('a report cut or turned over anywhere is still read without a fault', () => {
  for (const [, octets] of forms)
    for (let at = 0; at < octets.length; at += 7) {
      readDsn(octets.subarray(0, at))
      readDsn(Uint8Array.from(octets, (octet, index) => (index % 31 === at % 31 ? octet ^ 0x5f : octet)))
    }
})
