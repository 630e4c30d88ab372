import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readDateTime } from './date-time.ts'

const table: readonly [text: string, wanted: string | undefined][] = [
  ['2026-01-31T09:00:00Z', '2026-01-31T09:00:00.000Z'],
  ['2026-01-31t09:00:00z', '2026-01-31T09:00:00.000Z'],
  ['2026-01-31T09:00:00.25+01:30', '2026-01-31T07:30:00.250Z'],
  ['2025-12-31T23:30:00-01:00', '2026-01-01T00:30:00.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
  ['2026-02-29T00:00:00Z', undefined],
  ['2026-13-01T00:00:00Z', undefined],
  ['2026-00-01T00:00:00Z', undefined],
  ['2026-01-00T00:00:00Z', undefined],
  ['2026-04-31T00:00:00Z', undefined],
  ['2026-01-01T24:00:00Z', undefined],
  ['2026-01-01T00:60:00Z', undefined],
  ['2026-01-01T00:00:61Z', undefined],
  ['2026-01-01T00:00:00', undefined],
  ['2026-01-01T00:00:00+24:00', undefined],
  ['2026-01-01 00:00:00Z', undefined],
  ['2026-01-01T00:00Z', undefined],
  [`2026-01-01T00:00:00.${'0'.repeat(30)}Z`, undefined],
  ['', undefined],
]

for (const [text, wanted] of table)
  test(`${text} is ${wanted ?? 'no moment'}`, () => {
    const ms = readDateTime(text)
    assert.equal(ms === undefined ? undefined : new Date(ms).toISOString(), wanted)
  })
