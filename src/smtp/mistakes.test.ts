import assert from 'node:assert/strict'
import { test } from 'node:test'
import { refuse } from '#wire/smtp/refusals.ts'
import { defaultSmtpLimits } from './limits.ts'
import { Mistakes } from './mistakes.ts'

const { reply: unknownCommand } = refuse('unknown-command')

const table: readonly [name: string, longestMs: number, waits: readonly number[]][] = [
  ['twice as long each time, up to the longest', 10_000, [0, 0, 4_000, 8_000, 10_000, 10_000]],
  ['never beyond 30 s, whatever the setting', 3_600_000, [0, 0, 4_000, 8_000, 16_000, 30_000, 30_000]],
]

for (const [name, tarpitLongestMs, waits] of table)
  test(`errors beyond the first two wait: ${name}`, () => {
    const mistakes = new Mistakes({ ...defaultSmtpLimits, tarpitAfter: 2, tarpitFirstMs: 4_000, tarpitLongestMs })
    assert.deepEqual(
      waits.map(() => mistakes.count(unknownCommand)),
      waits,
    )
  })
