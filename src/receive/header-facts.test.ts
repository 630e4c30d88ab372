import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { countReceived } from './header-facts.ts'

describe('Received fields are counted', () => {
  const table: readonly [name: string, head: string, wanted: number][] = [
    ['in any case', 'Received: a\r\nRECEIVED : b\r\nreceived:c\r\n\r\n', 3],
    ['in the header alone', 'Received: a\r\n\r\nReceived: b\r\n', 1],
    ['but no other field', 'X-Received: a\r\nReceived-SPF: b\r\nSubject: x\r\n Received: folded\r\n\r\n', 0],
    ['in a head without an end', 'Received: a\r\nReceived: b', 2],
    ['in nothing', '', 0],
    ['in an empty header', '\r\nReceived: a\r\n', 0],
  ]
  for (const [name, head, wanted] of table) test(name, () => assert.equal(countReceived(Buffer.from(head)), wanted))
})
