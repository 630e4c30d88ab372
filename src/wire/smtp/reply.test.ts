import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
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
