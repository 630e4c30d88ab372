// What reports that came back cost to read, when their writer wants them to cost much: each of these took minutes of the only thread.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromUtf8 } from '#text/bytes.ts'
import { readArf } from './read-arf.ts'
import { readDsn } from './read-dsn.ts'

const octets = 200_000
/** Hundreds of times what they take now. */
const mostMs = 3_000

function report(type: string, fields: string): Uint8Array {
  return fromUtf8(
    `Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/${type}\r\n\r\n${fields}\r\n--b--\r\n`,
  )
}

const status = (field: string) => () =>
  readDsn(report('delivery-status', `Reporting-MTA: dns; a\r\n\r\nAction: failed\r\n${field}\r\n`))
const feedback = (field: string) => () => readArf(report('feedback-report', `Feedback-Type: abuse\r\n${field}\r\n`))

const hostile: readonly (readonly [string, () => unknown])[] = [
  ['spaces before a line separator in Remote-MTA', status(`Remote-MTA: dns; x${' '.repeat(octets)}\u2028y`)],
  ['spaces in a typed field', status(`Final-Recipient: ${'a '.repeat(octets / 2)};`)],
  ['half escapes in an address', status(`Final-Recipient: utf-8; ${'\\x{'.repeat(octets / 3)}@b`)],
  ['numbers in Status', status(`Status: ${'5.1.'.repeat(octets / 4)}`)],
  ['empty groups', status('\r\n \r\n'.repeat(octets / 6))],
  ['an address of at signs', feedback(`Original-Rcpt-To: ${'@'.repeat(octets)}<`)],
  ['addresses in an address', feedback(`Original-Mail-From: ${'a@'.repeat(octets / 2)} x`)],
  ['angle brackets', feedback(`Original-Rcpt-To: ${'<>'.repeat(octets / 2)}x`)],
  ['a list of failed recipients', () => readDsn(fromUtf8(`X-Failed-Recipients: ${' <'.repeat(octets / 2)}\r\n\r\nx`))],
  [
    "qmail's form",
    () =>
      readDsn(fromUtf8(`\r\nHi. This is the\n\n<a@b>:\nRemote host said:${' Giving up on '.repeat(octets / 14)}\n`)),
  ],
]

describe('a report costs its reader little', () => {
  for (const [name, read] of hostile)
    test(name, () => {
      const begunMs = performance.now()
      read()
      assert.ok(performance.now() - begunMs < mostMs)
    })
})

test('a complaint tells no more of itself than a log has room for', () => {
  const complaint = readArf(
    report('feedback-report', `Feedback-Type: ${'a'.repeat(octets)}\r\nUser-Agent: ${'b'.repeat(octets)}\r\n`),
  )
  assert.deepEqual([complaint?.feedbackType.length, complaint?.userAgent?.length], [200, 200])
})
