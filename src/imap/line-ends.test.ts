import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concat, fromLatin1, latin1 } from '#text/bytes.ts'
import { LineEnds } from './line-ends.ts'

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
