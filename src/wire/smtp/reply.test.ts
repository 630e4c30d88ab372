import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type RefusalName, refusals, refuse } from './refusals.ts'
import { printReply, type Reply } from './reply.ts'

describe('a reply is printed', () => {
  const table: readonly [name: string, reply: Reply, wanted: string][] = [
    ['with its enhanced code', { code: 250, enhanced: '2.1.0', text: 'Fine' }, '250 2.1.0 Fine\r\n'],
    ['without one', { code: 354, text: 'Go' }, '354 Go\r\n'],
    ['in lines', { code: 250, text: ['host', 'SIZE 1'] }, '250-host\r\n250 SIZE 1\r\n'],
    ['in lines with codes', { code: 214, enhanced: '2.0.0', text: ['a', 'b'] }, '214-2.0.0 a\r\n214 2.0.0 b\r\n'],
    ['with nothing that ends the line', { code: 550, text: 'a\r\n250 b\0\xe9' }, '550 a??250 b??\r\n'],
  ]
  for (const [name, reply, wanted] of table) test(name, () => assert.equal(printReply(reply), wanted))

  test('within 512 octets', () => {
    const line = printReply({ code: 550, enhanced: '5.7.1', text: 'x'.repeat(1000) })
    assert.ok(line.length <= 512)
    assert.ok(line.endsWith('...\r\n'))
  })
})

describe('every refusal', () => {
  // Object.keys gives string[]; these are the table's own keys.
  for (const name of Object.keys(refusals) as RefusalName[]) {
    test(name, () => {
      const { code, enhanced, what, mend } = refusals[name]
      assert.match(enhanced, /^[45]\.\d\.\d{1,2}$/)
      assert.equal(enhanced[0], String(code)[0], 'the classes agree')
      assert.ok(what !== '' && mend !== '')
      assert.doesNotMatch(what + mend, /[^\x20-\x7e]/)
      const values = Object.fromEntries([...`${what}${mend}`.matchAll(/\{(\w+)\}/g)].map(([, key]) => [key, 'v']))
      const { reply } = refuse(name, values)
      assert.doesNotMatch(String(reply.text), /[{}]/)
    })
  }

  test('has room for a long address', () => {
    const address = `${'a'.repeat(60)}@example.test`
    const printed = printReply(refuse('relay-denied', { address }).reply)
    assert.ok(printed.endsWith('.\r\n') && !printed.endsWith('...\r\n'), printed)
  })
})
