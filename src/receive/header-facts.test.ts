import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { latin1 } from '#text/bytes.ts'
import { bareLineEndIn, deliveredBefore, headerOf, holdsUtf8, refusedContent, shapeOf } from './header-facts.ts'

const bytes = (text: string) => new Uint8Array(Buffer.from(text))
const byData = { bareLineEnd: undefined, body: 'DATA' } as const

describe('Received fields are counted', () => {
  const table: readonly [name: string, header: string, wanted: number][] = [
    ['in any case', 'Received: a\r\nRECEIVED : b\r\nreceived:c\r\n', 3],
    ['but no other field', 'X-Received: a\r\nReceived-SPF: b\r\nSubject: x\r\n Received: folded\r\n', 0],
    ['in a header without an end', 'Received: a\r\nReceived: b', 2],
    ['in nothing', '', 0],
  ]
  for (const [name, header, wanted] of table)
    test(name, () => assert.equal(shapeOf(bytes(header), byData).receivedFields, wanted))
})

/** A message of which the spool shows `headBytes`. */
function spooled(text: string, headBytes = text.length) {
  const all = bytes(text)
  const reads: number[] = []
  const read = async (start: number, end: number) => {
    reads.push(end - start)
    return all.subarray(start, end)
  }
  return { message: { head: all.subarray(0, headBytes), sizeBytes: all.length, read }, reads }
}

describe('a line end of one octet in the header is found', () => {
  const table: readonly [header: string, wanted: 'CR' | 'LF' | undefined][] = [
    ['A: b\r\nC: d\r\n', undefined],
    ['', undefined],
    ['A: b', undefined],
    ['\rA: b\r\n', 'CR'],
    ['A: b\rBcc: c\r\n', 'CR'],
    ['A: b\n\nFrom: c\r\n', 'LF'],
    ['A: b\r\n\n\r\n', 'LF'],
    ['A: b\r', 'CR'],
  ]
  for (const [header, wanted] of table)
    test(JSON.stringify(header), () => {
      assert.equal(bareLineEndIn(bytes(header), { bareLineEnd: undefined, body: 'BDAT' }), wanted)
      assert.equal(bareLineEndIn(bytes(header), { bareLineEnd: 'LF', body: 'DATA' }), 'LF')
    })
})

describe('the header ends', () => {
  const table: readonly [name: string, message: string, headBytes: number | undefined, wanted: string | undefined][] = [
    ['before its blank line', 'A: b\r\nC: d\r\n\r\nA: body', undefined, 'A: b\r\nC: d\r\n'],
    ['at once, if it is empty', '\r\nReceived: a\r\n', undefined, ''],
    ['not at once, if only a CR is first', '\rA: b\r\nC: d\r\n\r\nbody', undefined, '\rA: b\r\nC: d\r\n'],
    ['with the message', 'A: b\r\nC: d\r\n', undefined, 'A: b\r\nC: d\r\n'],
    ['beyond the head', `A: ${'b'.repeat(200_000)}\r\n\r\nbody`, 65_536, `A: ${'b'.repeat(200_000)}\r\n`],
    [
      'with a message that has no body, beyond the head',
      `A: ${'b'.repeat(200_000)}`,
      65_536,
      `A: ${'b'.repeat(200_000)}`,
    ],
    ['nowhere, if it is larger than is ever read', `A: ${'b'.repeat(1_100_000)}\r\n\r\n`, 65_536, undefined],
  ]
  for (const [name, message, headBytes, wanted] of table)
    test(name, async () => {
      const header = await headerOf(spooled(message, headBytes).message)
      assert.ok((header && latin1(header)) === wanted, `${header?.length} octets`)
    })

  test('wherever the head ends in it', async () => {
    const start = `A: ${'b'.repeat(65_530)}\r\n`
    const text = `${start}\r\nbody`
    for (let at = start.length - 4; at <= text.length; at += 1) {
      const header = await headerOf(spooled(text, at).message)
      assert.equal(header?.length, start.length, `a head of ${at}`)
    }
  })

  test('within the head, so that nothing is read', async () => {
    const { message, reads } = spooled('A: b\r\n\r\nbody', 10)
    await headerOf(message)
    assert.deepEqual(reads, [])
  })
})

describe('a message that was delivered before', () => {
  const ours =
    'Delivered-To: Alice@Example.test\r\nReceived: from x (y)\r\n\tby mail.example.test with ESMTP;\r\n\tnow\r\n'
  const table: readonly [name: string, header: string, wanted: string | undefined][] = [
    ['is found by our marks', `Received: by other.test\r\n${ours}Subject: x\r\n`, 'alice@example.test'],
    ['is not one for another recipient', ours.replace('Alice', 'carol'), undefined],
    ['is not one that we did not receive', ours.replace('mail.example', 'mail.elsewhere'), undefined],
    [
      'is not one that names us otherwise',
      ours.replace('by mail', 'for a by-mail (by mail.example.test) by x'),
      undefined,
    ],
    ['is not one that its reader sends on again', `Resent-From: a@b\r\nReceived: by other.test\r\n${ours}`, undefined],
    ['is found though it was sent on before that', `${ours}Resent-From: a@b\r\n`, 'alice@example.test'],
    ['is no message with the field in another', `X: 1\r\n Delivered-To: alice@example.test\r\n`, undefined],
  ]
  const marks = new Map(['bob@example.test', 'alice@example.test'].map(address => [address, address]))
  const wanted = { marks, hostname: 'mail.example.test' }
  for (const [name, header, found] of table)
    test(name, () => assert.equal(deliveredBefore(bytes(header), wanted), found))

  test('is found by an address in any script', () => {
    const header = bytes('Delivered-To: grüße@example.test\r\nReceived: by mail.example.test\r\n')
    const address = 'grüße@example.test'
    assert.equal(
      deliveredBefore(header, { marks: new Map([[address, address]]), hostname: 'mail.example.test' }),
      address,
    )
  })
})

test('a rule fits a field that holds its text, encoded or not', () => {
  const rules = [
    { field: 'Subject', contains: 'Cheap pills' },
    { field: 'X-Mailer', contains: 'spammer' },
  ]
  const table: readonly [header: string, wanted: number | undefined][] = [
    ['Subject: Buy CHEAP\r\n PILLS today\r\n', 0],
    ['subject: =?utf-8?Q?Cheap_pills?=\r\n', 0],
    ['Subject: cheaper pills\r\nComments: cheap pills\r\n', undefined],
    ['X-Mailer: The Spammer 1.0\r\n', 1],
    ['', undefined],
  ]
  for (const [header, wanted] of table)
    assert.equal(refusedContent(bytes(header), rules), wanted === undefined ? undefined : rules[wanted], header)
  assert.equal(refusedContent(bytes('Subject: x\r\n'), []), undefined)
})

test('a header holds UTF-8 if an octet beyond ASCII is in it', () => {
  assert.equal(holdsUtf8(bytes('Subject: x\r\n')), false)
  assert.equal(holdsUtf8(bytes('Subject: ü\r\n')), true)
})
