// The list as text: what was written is read again, and what others export is read too.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { because } from './because.ts'
import { limits } from './limits.ts'
import { ListReader, listHead, printEntry, type ReadLine } from './list-text.ts'
import type { NewSuppression, Suppression } from './suppression.ts'

const scope = { kind: 'account', accountId: 7 } as const
const addedAt = Date.UTC(2026, 10, 20)
const entries: readonly Suppression[] = [
  {
    scope,
    recipient: 'bob@example.org',
    reason: 'unknown',
    source: 'reply',
    detail: '550 5.1.1 no such user',
    addedAt,
    expiresAt: addedAt + 1_000,
  },
  {
    scope,
    recipient: '"a, b"@example.org',
    reason: 'manual',
    source: 'operator',
    detail: 'said "no", twice',
    addedAt,
    expiresAt: undefined,
  },
  {
    scope,
    recipient: 'carol@example.org',
    reason: 'complaint',
    source: 'feedback',
    detail: '',
    addedAt,
    expiresAt: undefined,
  },
  {
    scope,
    recipient: '+x@example.org',
    reason: 'manual',
    source: 'import',
    detail: '=HYPERLINK("x")',
    addedAt,
    expiresAt: undefined,
  },
]

function readAll(text: string): readonly ReadLine[] {
  const reader = new ListReader(scope)
  return text.split(/\r?\n/).map(line => reader.read(line))
}

function entriesIn(text: string): readonly NewSuppression[] {
  return readAll(text).flatMap(read => (read.kind === 'entry' ? [read.entry] : []))
}

for (const format of ['csv', 'ndjson'] as const)
  test(`what is written as ${format} is read again`, () => {
    const text = listHead(format) + entries.map(entry => printEntry(entry, format)).join('')
    const wanted = entries.map(({ recipient, reason, detail, expiresAt }) => ({
      scope,
      recipient,
      reason,
      detail,
      expiresAt,
      source: 'import',
    }))
    assert.deepEqual(entriesIn(text), wanted)
    // No spreadsheet takes a cell for a formula.
    if (format === 'csv') assert.doesNotMatch(text, /(?:^|,)"?[=+@-]/m)
  })

const others: readonly (readonly [name: string, text: string, wanted: readonly (readonly [string, string])[]])[] = [
  [
    'a bare list',
    'bob@example.org\n\n# a note\ncarol@example.org',
    [
      ['bob@example.org', 'manual'],
      ['carol@example.org', 'manual'],
    ],
  ],
  [
    'columns in another order, with a byte order mark',
    '\ufeffreason,Email,created\nbounce,bob@example.org,1\nspam_complaint,carol@example.org,2',
    [
      ['bob@example.org', 'unknown'],
      ['carol@example.org', 'complaint'],
    ],
  ],
  [
    'objects of another sender',
    '{"email":"bob@example.org","type":"hard_bounce"}\n{"Address":"carol@example.org"}',
    [
      ['bob@example.org', 'unknown'],
      ['carol@example.org', 'manual'],
    ],
  ],
  ['quoted values with spaces around', '"bob@example.org" , "manual"', [['bob@example.org', 'manual']]],
]

describe('also read', () => {
  for (const [name, text, wanted] of others)
    test(name, () =>
      assert.deepEqual(
        entriesIn(text).map(({ recipient, reason }) => [recipient, reason]),
        wanted,
      ),
    )
})

test('a line that cannot be read says why', () => {
  const bad = (text: string) => {
    const read = readAll(text).at(-1)
    return read?.kind === 'bad' ? read.why : read
  }
  assert.equal(bad('{"email":'), 'no JSON')
  assert.equal(bad('{}'), 'no recipient')
  assert.equal(bad('{"email":7}'), 'no recipient')
  assert.equal(bad('"bob@example.org'), 'a quote is not closed')
  assert.equal(bad('recipient,expires\nbob@example.org,soon'), "'soon' is no time")
  assert.match(String(bad('x'.repeat(limits.lineCharacters + 1))), /longer than/)
})

test('the reason in words', () => {
  assert.deepEqual(entries.map(because), [
    'its server said on 2026-11-20: 550 5.1.1 no such user',
    'it was put on the list on 2026-11-20: said "no", twice',
    'the recipient reported a message from here as spam on 2026-11-20',
    'it was put on the list on 2026-11-20: =HYPERLINK("x")',
  ])
})
