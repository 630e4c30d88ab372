import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { LongLines } from './long-lines.ts'

const x = (count: number): string => 'x'.repeat(count)

const table: readonly (readonly [name: string, text: string, isLong: boolean])[] = [
  ['nothing', '', false],
  ['998 octets', `${x(998)}\r\n`, false],
  ['999 octets', `${x(999)}\r\n`, true],
  ['998 octets at the end, without one', x(998), false],
  ['999 octets at the end, without one', x(999), true],
  ['many short ones', `${x(70)}\r\n`.repeat(100), false],
  ['a long one between', `${x(70)}\r\n`.repeat(100) + x(2000) + `\r\n${x(70)}`.repeat(100), true],
  ['a long one at the end', `${x(70)}\r\n`.repeat(100) + x(1001), true],
  ['the longest, one after the other', `${x(998)}\r\n`.repeat(50), false],
]

describe('long lines', () => {
  for (const [name, text, isLong] of table)
    for (const size of [1, 7, 999, 1000, 1001, 100_000])
      test(`${name}, in pieces of ${size}`, () => assert.equal(found(text, size), isLong))

  test('as a plain count says, whatever the lines are', () => {
    const random = seededRandom(7)
    const draw = (most: number) => Buffer.from(random.bytes(2)).readUInt16BE() % most
    for (let round = 0; round < 300; round += 1) {
      const text = Array.from({ length: draw(12) }, () => `${x(draw(1_001))}\r\n`).join('') + x(draw(1_001))
      const isLong = text.split('\r\n').some(line => line.length > 998)
      assert.equal(
        found(text, 1 + draw(1_500)),
        isLong,
        text.replaceAll('\r\n', '|').replace(/x+/g, run => `${run.length}`),
      )
    }
  })
})

function found(text: string, size: number): boolean {
  const lines = new LongLines()
  for (let at = 0; at < text.length; at += size) lines.push(Buffer.from(text.slice(at, at + size), 'latin1'))
  return lines.found
}
