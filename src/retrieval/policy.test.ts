import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Facts, isNoticeDue, letsIn, type NoticeFacts, onDeleteOf } from './policy.ts'
import { nothingSet } from './settings-row.ts'

const dayMs = 24 * 3_600_000
const now = Date.UTC(2026, 10, 23)
const config = { onDelete: 'auto', retrieval: 'any', notices: true, language: 'en' } as const
const facts: Facts = {
  settings: nothingSet,
  config,
  otherAt: undefined,
  isShared: false,
  createdAt: now - 100 * dayMs,
  knownSince: now - 200 * dayMs,
  now,
}

test('retrieval: what DELE does', () => {
  const set = (onDelete: Facts['settings']['onDelete']) => ({ ...nothingSet, onDelete })
  const pinned = { ...nothingSet, retrieval: 'pop3' } as const
  const table: readonly (readonly [name: string, facts: Partial<Facts>, onDelete: string, why: string])[] = [
    ['nobody else', {}, 'delete', 'pop3-only'],
    ['IMAP is open now', { otherAt: now }, 'hide', 'used'],
    ['IMAP 30 days ago, less a moment', { otherAt: now - 30 * dayMs + 1 }, 'hide', 'used'],
    ['IMAP 30 days ago', { otherAt: now - 30 * dayMs }, 'delete', 'pop3-only'],
    ['INBOX is shared', { isShared: true }, 'hide', 'shared'],
    ['older than what is known', { createdAt: now - 201 * dayMs, knownSince: now - dayMs }, 'hide', 'not-known-yet'],
    ['as old as what is known', { createdAt: now - dayMs, knownSince: now - dayMs }, 'delete', 'pop3-only'],
    ['older, and 30 days are over', { createdAt: 0, knownSince: now - 30 * dayMs }, 'delete', 'pop3-only'],
    ['set for the account', { settings: set('trash'), otherAt: now, isShared: true }, 'trash', 'account'],
    ['set for the account: hide', { settings: set('hide') }, 'hide', 'account'],
    ['set for all', { config: { ...config, onDelete: 'delete' }, otherAt: now }, 'delete', 'configuration'],
    [
      'auto for the account alone',
      { settings: set('auto'), config: { ...config, onDelete: 'hide' } },
      'delete',
      'pop3-only',
    ],
    ['POP3 alone is let in', { settings: pinned, otherAt: now }, 'delete', 'pinned'],
    ['POP3 alone, and INBOX is shared', { settings: pinned, isShared: true }, 'hide', 'shared'],
    ['POP3 alone, for all', { config: { ...config, retrieval: 'pop3' }, otherAt: now }, 'delete', 'pinned'],
  ]
  for (const [name, some, onDelete, why] of table)
    assert.deepEqual(onDeleteOf({ ...facts, ...some }), { onDelete, why }, name)
})

test('retrieval: whom a setting lets in', () => {
  const table = [
    ['any', 'imap', true],
    ['any', 'pop3', true],
    ['imap', 'imap', true],
    ['imap', 'pop3', false],
    ['pop3', 'imap', false],
    ['pop3', 'pop3', true],
  ] as const
  for (const [pinning, protocol, wanted] of table)
    assert.equal(letsIn(pinning, protocol), wanted, `${pinning} ${protocol}`)
})

test('retrieval: when the owner is told', () => {
  const due: NoticeFacts = { settings: nothingSet, config, pop3At: now - dayMs, otherAt: now - 6 * dayMs, now }
  const settings = (some: Partial<NoticeFacts['settings']>) => ({ settings: { ...nothingSet, ...some } })
  const table: readonly (readonly [name: string, facts: Partial<NoticeFacts>, wanted: boolean])[] = [
    ['both in 7 days', {}, true],
    ['IMAP too long ago', { otherAt: now - 7 * dayMs }, false],
    ['POP3 too long ago', { pop3At: now - 7 * dayMs }, false],
    ['never by IMAP', { otherAt: undefined }, false],
    ['never by POP3', { pop3At: undefined }, false],
    ['told not long ago', settings({ noticedAt: now - 30 * dayMs + 1 }), false],
    ['told long ago', settings({ noticedAt: now - 30 * dayMs }), true],
    ['pinned', settings({ retrieval: 'imap' }), false],
    ['pinned for all', { config: { ...config, retrieval: 'pop3' } }, false],
    ['set on purpose', settings({ onDelete: 'delete' }), false],
    ['set on purpose for all', { config: { ...config, onDelete: 'hide' } }, false],
    ['auto on purpose', settings({ onDelete: 'auto' }), true],
    ['no notices', { config: { ...config, notices: false } }, false],
  ]
  for (const [name, some, wanted] of table) assert.equal(isNoticeDue({ ...due, ...some }), wanted, name)
})
