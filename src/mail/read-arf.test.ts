// Complaints as providers send them (RFC 5965).

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, test } from 'node:test'
import { fromUtf8 } from '#text/bytes.ts'
import { firstValue } from './header.ts'
import { type Complaint, readArf } from './read-arf.ts'

function feedback(fields: readonly string[], original: readonly string[]): Uint8Array {
  return fromUtf8(
    [
      'From: feedback@provider.example',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=x',
      '',
      '--x',
      '',
      'This is an abuse report.',
      '--x',
      'Content-Type: message/feedback-report',
      '',
      ...fields,
      '--x',
      'Content-Type: message/rfc822',
      '',
      ...original,
      '--x--',
      '',
    ].join('\r\n'),
  )
}

const verp = 'alice+b=token@example.com'

const complaints: readonly (readonly [string, Uint8Array, Partial<Complaint>])[] = [
  [
    'all told',
    feedback(
      [
        'Feedback-Type: abuse',
        'User-Agent: SomeGenerator/1.0',
        'Version: 1',
        `Original-Mail-From: <${verp}>`,
        'Original-Rcpt-To: <bob@example.org>',
        'Original-Rcpt-To: carol@example.org',
      ],
      ['Subject: buy', '', 'now'],
    ),
    {
      feedbackType: 'abuse',
      originalSender: verp,
      originalRecipients: ['bob@example.org', 'carol@example.org'],
      userAgent: 'SomeGenerator/1.0',
    },
  ],
  [
    'no more than it must: the sender stands in what came back',
    feedback(
      ['Feedback-Type: Fraud', 'User-Agent: x', 'Version: 0.1'],
      [`Return-Path: <${verp}>`, 'Subject: buy', '', 'now'],
    ),
    { feedbackType: 'fraud', originalSender: verp, originalRecipients: [] },
  ],
  [
    "Microsoft's recipient in the header of what came back",
    feedback(
      ['Feedback-Type: abuse', 'User-Agent: Windows Live FBL', `Original-Mail-From: ${verp}`],
      ['X-HmXmrOriginalRecipient: <bob@hotmail.com>', 'Subject: buy', '', 'now'],
    ),
    { originalRecipients: ['bob@hotmail.com'] },
  ],
  [
    'names that are no addresses',
    feedback(
      [
        'Feedback-Type: abuse',
        'Original-Mail-From: <>',
        'Original-Rcpt-To: redacted',
        'Original-Rcpt-To: rfc822;bob@example.org',
      ],
      ['Return-Path: <>', '', ''],
    ),
    { originalSender: undefined, originalRecipients: ['bob@example.org'] },
  ],
]

describe('a complaint', () => {
  for (const [name, octets, wanted] of complaints)
    test(name, () => {
      const read = readArf(octets)
      assert.ok(read !== undefined)
      // Its keys are the complaint's.
      for (const [key, value] of Object.entries(wanted)) assert.deepEqual(read[key as keyof Complaint], value, key)
    })

  test('of RFC 5965 itself', () => {
    const read = readArf(readFileSync(new URL('./golden/rfc5965-abuse.eml', import.meta.url)))
    assert.equal(read?.feedbackType, 'abuse')
    assert.ok(read.original !== undefined && firstValue(read.original, 'subject') !== undefined)
  })

  test('is not every report', () => {
    assert.equal(readArf(readFileSync(new URL('./golden/rfc3464-report.eml', import.meta.url))), undefined)
    assert.equal(readArf(fromUtf8('Subject: hi\r\n\r\nfeedback-report')), undefined)
  })
})

test('a complaint cut anywhere is still read without a fault', () => {
  for (const [, octets] of complaints) for (let at = 0; at < octets.length; at += 5) readArf(octets.subarray(0, at))
})
