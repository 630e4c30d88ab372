import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Command, SearchReturn } from './command.ts'
import { dialectOf, rev1 } from './dialect.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { parseCommand } from './parse.ts'

const rev2 = dialectOf(new Set(['IMAP4REV2']))
const utf8 = dialectOf(new Set(['UTF8=ACCEPT']))

const nothing: SearchReturn = {
  min: false,
  max: false,
  count: false,
  all: false,
  save: false,
  relevancy: false,
  context: false,
  update: false,
  updateItems: undefined,
  partial: undefined,
}
const all = { key: 'all' } as const

const keys: readonly (readonly [string, object])[] = [
  ['$', { key: 'saved' }],
  ['UID $', { key: 'saved' }],
  ['NOT $', { key: 'not', of: { key: 'saved' } }],
  ['OLDER 60', { key: 'older', seconds: 60 }],
  ['younger 1', { key: 'younger', seconds: 1 }],
  ['MODSEQ 720162338', { key: 'modseq', modseq: 720162338 }],
  ['MODSEQ "/flags/\\\\draft" all 0', { key: 'modseq', modseq: 0 }],
  ['MODSEQ "/flags/$x" PRIV 7', { key: 'modseq', modseq: 7 }],
  ['EMAILID M1-2', { key: 'emailid', id: 'M1-2' }],
  ['THREADID "T1-2"', { key: 'threadid', id: 'T1-2' }],
  ['SAVEDBEFORE 1-Jan-2026', { key: 'savedbefore', day: Date.UTC(2026, 0, 1) }],
  ['SAVEDON "2-Jan-2026"', { key: 'savedon', day: Date.UTC(2026, 0, 2) }],
  ['SAVEDSINCE 3-Jan-2026', { key: 'savedsince', day: Date.UTC(2026, 0, 3) }],
  ['SAVEDATESUPPORTED', { key: 'all' }],
  ['FUZZY SUBJECT x', { key: 'fuzzy', of: { key: 'header', name: 'subject', text: 'x' } }],
  [
    'FUZZY (SEEN BODY x)',
    {
      key: 'fuzzy',
      of: {
        key: 'and',
        all: [
          { key: 'flag', bit: 1, set: true },
          { key: 'body', text: 'x' },
        ],
      },
    },
  ],
]

const returns: readonly (readonly [string, Partial<SearchReturn>])[] = [
  ['()', { all: true }],
  ['(  )', { all: true }],
  ['(MIN)', { min: true }],
  ['(min MAX Count all)', { min: true, max: true, count: true, all: true }],
  ['(SAVE)', { save: true }],
  ['(SAVE COUNT)', { save: true, count: true }],
  ['(UPDATE)', { update: true, all: true }],
  ['(CONTEXT UPDATE MIN)', { context: true, update: true, min: true }],
  ['(UPDATE (UID FLAGS) MIN)', { update: true, updateItems: [{ kind: 'uid' }, { kind: 'flags' }], min: true }],
  ['(COUNT UPDATE(UID))', { update: true, updateItems: [{ kind: 'uid' }], count: true }],
  ['(UPDATE  COUNT)', { update: true, count: true }],
  ['(RELEVANCY)', { relevancy: true, all: true }],
  ['(PARTIAL 1:10)', { partial: { first: 1, last: 10, fromEnd: false, written: '1:10' } }],
  ['(PARTIAL 10:1)', { partial: { first: 1, last: 10, fromEnd: false, written: '10:1' } }],
  [
    '(COUNT PARTIAL -1:-10 SAVE)',
    { count: true, save: true, partial: { first: 1, last: 10, fromEnd: true, written: '-1:-10' } },
  ],
]

const commands: readonly (readonly [string, object])[] = [
  [
    'SORT (DATE) UTF-8 ALL',
    { verb: 'SORT', uid: false, returns: undefined, by: [{ by: 'date', reverse: false }], charset: 'UTF-8', key: all },
  ],
  [
    'UID SORT RETURN () (REVERSE DISPLAYFROM size) us-ascii ALL',
    {
      verb: 'SORT',
      uid: true,
      returns: { ...nothing, all: true },
      by: [
        { by: 'displayfrom', reverse: true },
        { by: 'size', reverse: false },
      ],
      charset: 'us-ascii',
      key: all,
    },
  ],
  ['THREAD references UTF-8 ALL', { verb: 'THREAD', uid: false, algorithm: 'REFERENCES', charset: 'UTF-8', key: all }],
  [
    'UID THREAD ORDEREDSUBJECT "UTF-8" ALL',
    { verb: 'THREAD', uid: true, algorithm: 'ORDEREDSUBJECT', charset: 'UTF-8', key: all },
  ],
  [
    'ESEARCH ALL',
    {
      verb: 'ESEARCH',
      mailboxes: [{ kind: 'selected' }],
      returns: { ...nothing, all: true },
      charset: undefined,
      key: all,
    },
  ],
  [
    'ESEARCH IN (inboxes subtree "Entw&APw-rfe" mailboxes (a inbox)) RETURN (MIN) CHARSET UTF-8 ALL',
    {
      verb: 'ESEARCH',
      mailboxes: [
        { kind: 'inboxes' },
        { kind: 'subtree', names: ['Entwürfe'] },
        { kind: 'mailboxes', names: ['a', 'INBOX'] },
      ],
      returns: { ...nothing, min: true },
      charset: 'UTF-8',
      key: all,
    },
  ],
  ['CANCELUPDATE "A"', { verb: 'CANCELUPDATE', tags: ['A'] }],
  ['CANCELUPDATE "A" "B\\"" ', { verb: 'CANCELUPDATE', tags: ['A', 'B"'] }],
  ['UIDBATCHES 500', { verb: 'UIDBATCHES', size: 500, batches: undefined }],
  ['UIDBATCHES 500 1:3 ', { verb: 'UIDBATCHES', size: 500, batches: { first: 1, last: 3 } }],
]

const refused: readonly string[] = [
  'SEARCH RETURN ALL ALL',
  'SEARCH RETURN (UPDATE ()) ALL',
  'SEARCH RETURN (UPDATE (NOSUCH)) ALL',
  'SEARCH RETURN (COUNT (UID)) ALL',
  'SEARCH RETURN (PARTIAL 1:2 PARTIAL 1:3) ALL',
  'SEARCH RETURN (NOSUCH) ALL',
  'SEARCH RETURN (PARTIAL) ALL',
  'SEARCH RETURN (PARTIAL 1) ALL',
  'SEARCH RETURN (PARTIAL 1:-1) ALL',
  'SEARCH RETURN (PARTIAL 1:2 ALL) ALL',
  'SEARCH RETURN (MIN)ALL',
  'SEARCH $1',
  'SEARCH $,1',
  'SEARCH OLDER 0',
  'SEARCH OLDER 4294967296',
  'SEARCH MODSEQ "/flags/x" none 3',
  'SEARCH MODSEQ "/flags/x" 3',
  'SEARCH FUZZY',
  `SEARCH ${'FUZZY '.repeat(300)}ALL`,
  'SORT (DATE) ALL',
  'SORT DATE UTF-8 ALL',
  'SORT (DATE REVERSE) UTF-8 ALL',
  `SORT (${'DATE '.repeat(21)}) UTF-8 ALL`,
  'THREAD REFS UTF-8 ALL',
  'THREAD REFERENCES ALL',
  'ESEARCH',
  'ESEARCH IN inboxes ALL',
  'ESEARCH IN (mailboxes ()) ALL',
  'ESEARCH IN (selected-delayed) ALL',
  'ESEARCH IN (everywhere) ALL',
  'CANCELUPDATE',
  'CANCELUPDATE A',
  `CANCELUPDATE${' "A"'.repeat(101)}`,
  'UIDBATCHES 0',
  'UIDBATCHES 500 1:',
  'UIDBATCHES 500 1:2:3',
  'UIDBATCHES 500 3:1',
]

describe('searching commands', () => {
  for (const [input, key] of keys) {
    test(`SEARCH ${input}`, () => {
      const command = parseCommand(`a SEARCH ${input}`, rev1)
      assert.deepEqual(command.verb === 'SEARCH' && command.key, key)
    })
  }
  for (const [input, wanted] of returns) {
    test(`RETURN ${input}`, () => {
      for (const form of ['SEARCH', 'UID SEARCH', 'ESEARCH']) {
        const command: Command = parseCommand(`a ${form} RETURN ${input} ALL`, rev1)
        assert.deepEqual('returns' in command && command.returns, { ...nothing, ...wanted })
      }
    })
  }
  for (const [input, wanted] of commands) {
    test(input, () => assert.deepEqual(parseCommand(`a ${input}`, rev1), { tag: 'a', ...wanted }))
  }
  for (const input of refused) {
    test(`refuses ${input.slice(0, 60)}`, () => assert.throws(() => parseCommand(`a ${input}`, rev1), ImapParseError))
  }

  test('SEARCH without RETURN asks for all in rev2 alone', () => {
    const plain = parseCommand('a SEARCH ALL', rev1)
    const newer = parseCommand('a SEARCH ALL', rev2)
    assert.deepEqual('returns' in plain && plain.returns, undefined)
    assert.deepEqual('returns' in newer && newer.returns, { ...nothing, all: true })
  })

  test('CHARSET is refused where UTF8=ACCEPT is enabled (RFC 6855 3), not in rev2', () => {
    assert.throws(() => parseCommand('a SEARCH CHARSET UTF-8 SUBJECT x', utf8), ImapParseError)
    assert.equal(parseCommand('a SEARCH CHARSET UTF-8 SUBJECT x', rev2).verb, 'SEARCH')
    assert.equal(parseCommand('a UID SORT (DATE) UTF-8 ALL', utf8).verb, 'SORT')
  })

  test('10,000 damaged commands throw nothing but ImapParseError', () => {
    const texts = commands
      .map(([input]) => `a ${input}`)
      .concat(returns.map(([input]) => `a SEARCH RETURN ${input} ALL`))
    let state = 5256
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    for (let round = 0; round < 10_000; round += 1) {
      const text = texts[random(texts.length)] ?? ''
      const other = texts[random(texts.length)] ?? ''
      const damaged = text.slice(0, random(text.length + 1)) + other.slice(random(other.length + 1))
      try {
        parseCommand(damaged, random(2) === 0 ? rev1 : rev2)
      } catch (error) {
        assert.ok(error instanceof ImapParseError, damaged)
      }
    }
  })
})
