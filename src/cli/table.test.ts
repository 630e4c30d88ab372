import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columns } from './table.ts'

test('what drives a terminal or turns the direction of text is shown as a mark, and as wide as that', () => {
  const table: readonly (readonly [cell: string, shown: string])[] = [
    ['a\x1b[31m\x9b\x7fb', 'a?[31m??b'],
    ['a\r\nb', 'a??b'],
    ['moc.knab\u202e@a', 'moc.knab?@a'],
    ['\u202a\u202d\u2066\u2069\u200e\u200f', '??????'],
    ['a\u00ad\u200b\u{e0041}b', 'a???b'],
    ['дүкен@例え.test', 'дүкен@例え.test'],
  ]
  assert.deepEqual(
    columns(table.map(([cell]) => [cell, '|'])),
    table.map(([, shown]) => `${shown.padEnd(13)}  |`),
  )
})
