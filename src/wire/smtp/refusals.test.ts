// The table of refusals: each row is whole, says who mends it, and fits its line whatever a client wrote.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { commandRows } from './refusals/commands.ts'
import { loginRows } from './refusals/login.ts'
import { messageRows } from './refusals/message.ts'
import { recipientRows } from './refusals/recipients.ts'
import type { RefusalRows } from './refusals/row.ts'
import { senderRows } from './refusals/senders.ts'
import { trafficRows } from './refusals/traffic.ts'
import { type RefusalName, refusals, refuse } from './refusals.ts'
import { printReply } from './reply.ts'

// Object.keys gives string[]; these are the table's own keys.
const names = Object.keys(refusals) as RefusalName[]

/** Basic codes of RFC 5321 4.2.3, 4954 6, 7504, 5248. */
const codes = [421, 450, 451, 452, 454, 500, 501, 502, 503, 504, 525, 530, 535, 538, 550, 552, 553, 554, 555, 556]

/** Values that are never texts of the client's. */
const isNumber = /^(limit|seconds|count)$|Bytes$/

describe('every refusal', () => {
  for (const name of names) {
    test(name, () => {
      const { code, enhanced, what, who, mend, sections, why } = refusals[name]
      assert.ok(codes.includes(code), `${code} is no reply code of SMTP`)
      assert.match(enhanced, /^[45]\.[1-7]\.\d{1,2}$/)
      assert.equal(enhanced[0], String(code)[0], 'the classes agree')
      assert.ok(what !== '' && mend !== '' && who.length > 0)
      assert.doesNotMatch(`${what}${mend}${why ?? ''}`, /[^\x20-\x7e]/)
      assert.doesNotMatch(what + mend, /\.$|\.\./, 'the full stops are added')
      assert.match(why ?? 'Left out.', /^[A-Z][^{}]*\.$/, 'why is whole sentences without values')
      assert.ok(sections.length > 0, 'a place where it is written')
      for (const section of sections) assert.match(section, /^RFC [1-9]\d{2,3}( [1-9]\d*(\.[1-9]\d*)*)?$/)
    })
  }

  test('fits its line, to its last full stop, whatever the client wrote', () => {
    for (const name of names) {
      const { what, mend } = refusals[name]
      const keys = [...`${what}${mend}`.matchAll(/\{(\w+)\}/g)].map(([, key]) => key ?? '')
      const long = keys.map(key => [key, isNumber.test(key) ? Number.MAX_SAFE_INTEGER : 'x'.repeat(1_000)])
      const { reply } = refuse(name, Object.fromEntries(long))
      assert.doesNotMatch(String(reply.text), /[{}]/)
      const printed = printReply(reply)
      assert.ok(printed.endsWith('.\r\n') && !printed.endsWith('...\r\n'), `${name}: ${printed}`)
    }
  })

  test('stands in one file alone', () => {
    const files: readonly RefusalRows[] = [recipientRows, senderRows, messageRows, trafficRows, loginRows, commandRows]
    assert.deepEqual(files.flatMap(rows => Object.keys(rows)).sort(), [...names].sort())
  })
})

test('a long value keeps both its ends', () => {
  const address = `${'a'.repeat(64)}@${'b'.repeat(63)}.${'c'.repeat(63)}.example.test`
  const { text } = refuse('no-such-mailbox', { address }).reply
  assert.match(String(text), /^<a{49}\.\.\.c+\.example\.test>: there is no such mailbox here\. /)
})

test('a short value stands whole', () => {
  const address = `${'a'.repeat(60)}@example.test`
  assert.ok(String(refuse('relay-denied', { address }).reply.text).startsWith(`<${address}>: relaying denied`))
})
