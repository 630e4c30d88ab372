import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concat, fromLatin1, latin1 } from '#text/bytes.ts'
import { LineEnds, LineFaults } from './line-ends.ts'

describe('bare LF becomes CRLF and the last line gets its end, at every split of the input', () => {
  const table: readonly [string, string][] = [
    ['', ''],
    ['a\r\nb\r\n', 'a\r\nb\r\n'],
    ['a\nb\n', 'a\r\nb\r\n'],
    ['\n', '\r\n'],
    ['\n\n', '\r\n\r\n'],
    ['\r\n\n\r\n', '\r\n\r\n\r\n'],
    ['a\rb\r\n', 'a\rb\r\n'],
    ['a\n\rb', 'a\r\n\rb\r\n'],
    ['no end', 'no end\r\n'],
    ['half an end\r', 'half an end\r\n'],
  ]
  for (const [input, wanted] of table)
    test(JSON.stringify(input), () => {
      const bytes = fromLatin1(input)
      for (let split = 0; split <= bytes.length; split += 1) {
        const ends = new LineEnds()
        const result = concat([ends.put(bytes.slice(0, split)), ends.put(bytes.slice(split)), ends.end()])
        assert.equal(latin1(result), wanted, `split at ${split}`)
      }
    })
})

test('what is right already is not copied', () => {
  const bytes = fromLatin1('a\r\nb')
  assert.equal(new LineEnds().put(bytes), bytes)
})

describe('what lines do not hold is found, at every split of the input', () => {
  const table: readonly [string, { nul?: true; lf?: true; cr?: true; open?: true }][] = [
    ['', {}],
    ['a\r\nb\r\n', {}],
    ['\r\n\r\n', {}],
    ['a', { open: true }],
    ['a\r\nb', { open: true }],
    ['a\0\r\n', { nul: true }],
    ['\n', { lf: true, open: true }],
    ['a\nb\r\n', { lf: true }],
    ['\r\n\n', { lf: true, open: true }],
    ['a\r', { cr: true, open: true }],
    ['a\rb\r\n', { cr: true }],
    ['a\r\r\n', { cr: true }],
    ['\n\r\0', { nul: true, lf: true, cr: true, open: true }],
  ]
  for (const [input, { nul = false, lf = false, cr = false, open = false }] of table)
    test(JSON.stringify(input), () => {
      const bytes = fromLatin1(input)
      for (let split = 0; split <= bytes.length; split += 1) {
        const faults = new LineFaults()
        faults.push(bytes.slice(0, split))
        faults.push(bytes.slice(split))
        const { hasNul, hasBareLf, hasBareCr, endsInCrlf } = faults
        assert.deepEqual([hasNul, hasBareLf, hasBareCr, !endsInCrlf], [nul, lf, cr, open], `split at ${split}`)
      }
    })
})
