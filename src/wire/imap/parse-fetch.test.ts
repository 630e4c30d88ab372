import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { FetchItem, FetchModifiers } from './command.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { fetchItemsMax, sectionDepthMax } from './limits.ts'
import { parseCommand } from './parse.ts'

function fetchOf(text: string) {
  const command = parseCommand(`a ${text}`)
  assert.equal(command.verb, 'FETCH')
  return command
}

const binary = (part: readonly number[], more: Partial<Extract<FetchItem, { kind: 'binary' }>> = {}): FetchItem => ({
  kind: 'binary',
  part,
  peek: false,
  partial: undefined,
  ...more,
})

describe('items of extensions', () => {
  const table: readonly [string, readonly FetchItem[]][] = [
    ['BINARY[]', [binary([])]],
    ['binary[1]', [binary([1])]],
    ['BINARY[1.2.3]<4.5>', [binary([1, 2, 3], { partial: { start: 4, length: 5 } })]],
    ['BINARY.PEEK[2]', [binary([2], { peek: true })]],
    ['BINARY.SIZE[2.1]', [{ kind: 'binary.size', part: [2, 1] }]],
    ['(BINARY.SIZE[1] BINARY[1])', [{ kind: 'binary.size', part: [1] }, binary([1])]],
    ['PREVIEW', [{ kind: 'preview', lazy: false }]],
    ['PREVIEW (LAZY)', [{ kind: 'preview', lazy: true }]],
    ['(PREVIEW (lazy) UID)', [{ kind: 'preview', lazy: true }, { kind: 'uid' }]],
    ['(PREVIEW UID)', [{ kind: 'preview', lazy: false }, { kind: 'uid' }]],
    ['(UID PREVIEW)', [{ kind: 'uid' }, { kind: 'preview', lazy: false }]],
    [
      '(MODSEQ EMAILID ThreadId SAVEDATE)',
      ['modseq', 'emailid', 'threadid', 'savedate'].map(kind => ({ kind }) as FetchItem),
    ],
  ]
  for (const [text, wanted] of table) test(text, () => assert.deepEqual(fetchOf(`FETCH 1 ${text}`).items, wanted))
})

describe('modifiers', () => {
  const table: readonly [string, Partial<FetchModifiers>][] = [
    ['FETCH 1 FLAGS (CHANGEDSINCE 12345)', { changedSince: 12345 }],
    ['FETCH 1 (FLAGS)  ( changedsince 0 )', { changedSince: 0 }],
    ['FETCH 1 FAST (CHANGEDSINCE 1)', { changedSince: 1 }],
    ['FETCH 1 PREVIEW (CHANGEDSINCE 1)', { changedSince: 1 }],
    ['FETCH 1 PREVIEW (LAZY) (CHANGEDSINCE 1)', { changedSince: 1 }],
    ['UID FETCH 1:9 FLAGS (CHANGEDSINCE 9 VANISHED)', { changedSince: 9, vanished: true }],
    ['UID FETCH 1:9 FLAGS (VANISHED CHANGEDSINCE 9)', { changedSince: 9, vanished: true }],
    ['UID FETCH 1:9 FLAGS (PARTIAL 1:3)', { partial: { first: 1, last: 3, fromEnd: false } }],
    ['UID FETCH 1:9 FLAGS (PARTIAL 3:1)', { partial: { first: 1, last: 3, fromEnd: false } }],
    ['UID FETCH 1:9 FLAGS (PARTIAL -1:-3)', { partial: { first: 1, last: 3, fromEnd: true } }],
    [
      'UID FETCH 1 FLAGS (PARTIAL -3:-3 CHANGEDSINCE 7)',
      { partial: { first: 3, last: 3, fromEnd: true }, changedSince: 7 },
    ],
  ]
  for (const [text, wanted] of table)
    test(text, () => {
      const { changedSince, vanished, partial } = fetchOf(text)
      const none: FetchModifiers = { changedSince: undefined, vanished: false, partial: undefined }
      assert.deepEqual({ changedSince, vanished, partial }, { ...none, ...wanted })
    })
})

describe('refused', () => {
  const table = [
    'FETCH 1 BINARY',
    'FETCH 1 BINARY.SIZE',
    'FETCH 1 BINARY[TEXT]',
    'FETCH 1 BINARY[1.MIME]',
    'FETCH 1 BINARY[0]',
    'FETCH 1 BINARY[1.]',
    'FETCH 1 BINARY[1]<0>',
    'FETCH 1 BINARY[1]<0.0>',
    'FETCH 1 BINARY.SIZE[1]<0.1>',
    `FETCH 1 BINARY[${'1.'.repeat(sectionDepthMax)}1]`,
    'FETCH 1 BODY.PEEK[1]<0.1',
    'FETCH 1 PREVIEW (FUZZY)',
    'FETCH 1 PREVIEW (LAZY',
    'FETCH 1 (PREVIEW (LAZY LAZY))',
    'FETCH 1 EMAILID[1]',
    'FETCH 1 (MODSEQ (1))',
    'FETCH 1 FLAGS ()',
    'FETCH 1 FLAGS (CHANGEDSINCE)',
    'FETCH 1 FLAGS (CHANGEDSINCE x)',
    'FETCH 1 FLAGS (CHANGEDSINCE 1 CHANGEDSINCE 2)',
    'FETCH 1 FLAGS (CHANGEDSINCE 1',
    'FETCH 1 FLAGS (FOO 1)',
    'FETCH 1 FLAGS (CHANGEDSINCE 1) (CHANGEDSINCE 1)',
    'FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)',
    'UID FETCH 1 FLAGS (VANISHED)',
    'FETCH 1 FLAGS (PARTIAL 1:2)',
    'UID FETCH 1 FLAGS (PARTIAL 0:2)',
    'UID FETCH 1 FLAGS (PARTIAL 1)',
    'UID FETCH 1 FLAGS (PARTIAL 1:-2)',
    'UID FETCH 1 FLAGS (PARTIAL -1:2)',
    'UID FETCH 1 FLAGS (PARTIAL 1:*)',
    `FETCH 1 (${'PREVIEW '.repeat(fetchItemsMax + 1)})`,
  ]
  for (const text of table)
    test(text.slice(0, 60), () => assert.throws(() => parseCommand(`a ${text}`), ImapParseError))
})
