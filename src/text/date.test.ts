import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseMailDate, printMailDate } from './date.ts'

const table: readonly (readonly [string, string, number])[] = [
  ['Mon, 23 Nov 2026 03:46:39 +0000', '2026-11-23T03:46:39Z', 0],
  ['Fri, 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z', -360],
  ['21 Nov 1997 09:55 +0530', '1997-11-21T04:25:00Z', 330],
  ['Tue,  1 Jul 2003 10:52:37 +0200 (CEST)', '2003-07-01T08:52:37Z', 120],
  ['Thu,\r\n 13\r\n Feb\r\n 1969\r\n 23:32\r\n -0330 (Newfoundland Time)', '1969-02-14T03:02:00Z', -210],
  ['Fri, 21 Nov 1997 09(comment):   55  :  06 -0600', '1997-11-21T15:55:06Z', -360],
  ['Fri (a (nested) one), 21 Nov 1997 09:55:06 -0600', '1997-11-21T15:55:06Z', -360],
  ['21 Nov 97 09:55:06 GMT', '1997-11-21T09:55:06Z', 0],
  ['21 Nov 26 09:55:06 EST', '2026-11-21T14:55:06Z', -300],
  ['21 Nov 126 09:55:06 PDT', '2026-11-21T16:55:06Z', -420],
  ['21 Nov 2026 09:55:06 Z', '2026-11-21T09:55:06Z', 0],
  ['21 Nov 2026 09:55:06 K', '2026-11-21T09:55:06Z', 0],
  ['21 Nov 2026 09:55:06 -0000', '2026-11-21T09:55:06Z', 0],
  ['21 Nov 2026 09:55:06', '2026-11-21T09:55:06Z', 0],
  ['21 November 2026 09:55:06 +0100', '2026-11-21T08:55:06Z', 60],
  ['21-Nov-2026 09:55:06 +0100', '2026-11-21T08:55:06Z', 60],
  ['Saturday, 21-Nov-26 09:55:06 GMT', '2026-11-21T09:55:06Z', 0],
  ['21 nov 2026', '2026-11-21T00:00:00Z', 0],
  ['Mon Nov 23 03:46:39 2026', '2026-11-23T03:46:39Z', 0],
  ['Mon Nov  2 03:46:39 EST 2026', '2026-11-02T08:46:39Z', -300],
  ['2026-11-23T03:46:39Z', '2026-11-23T03:46:39Z', 0],
  ['2026-11-23 03:46:39.123 +02:00', '2026-11-23T01:46:39Z', 120],
  ['31 Dec 2016 23:59:60 +0000', '2016-12-31T23:59:59Z', 0],
  ['1 Jan 2020 1:02:03 +01:00', '2020-01-01T00:02:03Z', 60],
  ['29 Feb 2024 00:00:00 +0000', '2024-02-29T00:00:00Z', 0],
  ['1 Jan 2020 25:00:00 +0000', '2020-01-01T00:00:00Z', 0],
  ['1 Jan 2020 24:00:00 +0100', '2019-12-31T23:00:00Z', 60],
  ['1 Jan 2020 10:61:00 +0000', '2020-01-01T00:00:00Z', 0],
  ['1 Jan 2020 10:00:61 +0000', '2020-01-01T00:00:00Z', 0],
  ['1 Jan 2020 10:00:00 +9999', '2020-01-01T10:00:00Z', 0],
  ['1 Jan 2020 10:00:00 constructor', '2020-01-01T10:00:00Z', 0],
]

for (const [text, wanted, offsetMinutes] of table) {
  test(`date ${JSON.stringify(text)}`, () => {
    assert.deepEqual(parseMailDate(text), { ms: Date.parse(wanted), offsetMinutes })
  })
}

for (const text of [
  '',
  'soon',
  '32 Jan 2020 00:00:00 +0000',
  '30 Feb 2020',
  '21 Foo 2020',
  'Mon, 23',
  '('.repeat(500),
]) {
  test(`no date: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.equal(parseMailDate(text), undefined)
  })
}

test('a printed date reads back', () => {
  const ms = Date.parse('2026-11-03T04:05:06Z')
  assert.equal(printMailDate(ms), 'Tue, 03 Nov 2026 04:05:06 +0000')
  assert.deepEqual(parseMailDate(printMailDate(ms)), { ms, offsetMinutes: 0 })
})
