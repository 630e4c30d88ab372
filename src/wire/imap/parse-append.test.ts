import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseAppendHead } from './append-head.ts'
import type { AppendMessage } from './command.ts'
import { type Dialect, rev1 } from './dialect.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { parseCommand } from './parse.ts'

const utf8: Dialect = { ...rev1, utf8: true }
const day = Date.UTC(2026, 1, 1)
const text = { kind: 'text' } as const
const url = { kind: 'url', url: '/A/;UID=1' } as const

function message(at: number, more: Partial<AppendMessage> = {}): AppendMessage {
  return { flags: 0, keywords: [], internalDate: undefined, parts: [text], catenated: false, at, ...more }
}

describe('APPEND', () => {
  const flags = { flags: 17, keywords: ['$Forwarded', 'NonJunk'], internalDate: day }
  const table: readonly [string, readonly AppendMessage[], Dialect?][] = [
    ['x {0}\r\n', [message(11)]],
    [
      '{1}\r\nx (\\seen \\Draft $Forwarded NonJunk $forwarded \\Recent) " 1-Feb-2026 01:30:00 +0130" {3+}\r\nabc',
      [message(16, flags)],
    ],
    ['x () ~{2}\r\nab', [message(11, { parts: [{ kind: 'binary' }] })]],
    ['x "1-Feb-2026 00:00:00 -0000" {0}\r\n', [message(11, { internalDate: day })]],
    ['x {0}\r\n {0}\r\n', [message(11), message(17)]],
    [
      'x {0}\r\n (\\Seen) {0}\r\n "1-Feb-2026 00:00:00 -0000" {0}\r\n ',
      [message(11), message(17, { flags: 1 }), message(31, { internalDate: day })],
    ],
    ['x CATENATE (URL "/A/;UID=1" TEXT {0}\r\n)', [message(11, { catenated: true, parts: [url, text] })]],
    [
      'x catenate ( url /A/;UID=1 text ~{0+}\r\n)',
      [message(11, { catenated: true, parts: [url, { kind: 'binary' }] })],
    ],
    ['x CATENATE (URL {9}\r\n/A/;UID=1) {0}\r\n', [message(11, { catenated: true, parts: [url] }), message(41)]],
    ['x UTF8 (~{0}\r\n)', [message(11)], utf8],
    ['x CATENATE (UTF8 (~{0}\r\n) URL /A/;UID=1)', [message(11, { catenated: true, parts: [text, url] })], utf8],
  ]
  for (const [given, messages, dialect = rev1] of table)
    test(given, () =>
      assert.deepEqual(parseCommand(`a APPEND ${given}`, dialect), {
        tag: 'a',
        verb: 'APPEND',
        mailbox: 'x',
        messages,
      }),
    )
})

describe('REPLACE', () => {
  const table: readonly [string, object][] = [
    ['REPLACE 4 x {0}\r\n', { uid: false, number: 4, message: message(14) }],
    ['REPLACE * x (\\Seen) {0}\r\n', { uid: false, number: '*', message: message(14, { flags: 1 }) }],
    [
      'UID REPLACE 4 x CATENATE (URL /A/;UID=1)',
      { uid: true, number: 4, message: message(18, { catenated: true, parts: [url] }) },
    ],
  ]
  for (const [given, wanted] of table)
    test(given, () =>
      assert.deepEqual(parseCommand(`a ${given}`), { tag: 'a', verb: 'REPLACE', mailbox: 'x', ...wanted }),
    )
})

describe('refused', () => {
  const table = [
    'APPEND',
    'APPEND x',
    'APPEND x {0}\r\n{0}\r\n',
    'APPEND x {0}\r\n x',
    'APPEND x CATENATE',
    'APPEND x CATENATE ()',
    'APPEND x CATENATE (TEXT {0}\r\n',
    'APPEND x CATENATE (TEXT "a")',
    'APPEND x CATENATE (URL)',
    'APPEND x CATENATE (DATA {0}\r\n)',
    `APPEND x CATENATE (${'URL /A/;UID=1 '.repeat(1001)})`,
    'APPEND x UTF8 (~{0}\r\n)',
    'REPLACE x {0}\r\n',
    'REPLACE 0 x {0}\r\n',
    'REPLACE 1:2 x {0}\r\n',
    'REPLACE 1 x {0}\r\n {0}\r\n',
  ]
  for (const given of table)
    test(given.slice(0, 60), () => assert.throws(() => parseCommand(`a ${given}`), ImapParseError))

  test('UTF8 wants a literal8 in parentheses', () => {
    for (const given of ['UTF8 ({0}\r\n)', 'UTF8 ~{0}\r\n', 'UTF8 (~{0}\r\n'])
      assert.throws(() => parseCommand(`a APPEND x ${given}`, utf8), ImapParseError)
  })
})

describe('parseAppendHead', () => {
  const target = { verb: 'APPEND', uid: false, number: '*', mailbox: 'x', streams: true }
  const table: readonly [soFar: string, wanted: object | undefined, binary?: boolean][] = [
    ['a APPEND ', undefined],
    ['a append x ', { ...target, messages: [message(11)] }],
    ['a append x ', { ...target, messages: [message(11, { parts: [{ kind: 'binary' }] })] }, true],
    ['a APPEND {1}\r\nx ', { ...target, messages: [message(16)] }],
    ['a APPEND x (\\Seen) ', { ...target, messages: [message(11, { flags: 1 })] }],
    ['a APPEND x {0}\r\n (\\Seen) ', { ...target, messages: [message(11), message(17, { flags: 1 })] }],
    ['a APPEND x CATENATE (TEXT ', { ...target, messages: [message(11, { catenated: true })] }],
    [
      'a APPEND x CATENATE (URL /A/;UID=1 TEXT ',
      { ...target, messages: [message(11, { catenated: true, parts: [url, text] })] },
    ],
    [
      'a APPEND x CATENATE (URL ',
      { ...target, streams: false, messages: [message(11, { catenated: true, parts: [{ kind: 'url', url: '' }] })] },
    ],
    ['a REPLACE 3 ', undefined],
    ['a uid replace 3 x ', { ...target, verb: 'REPLACE', uid: true, number: 3, messages: [message(18)] }],
    ['a LOGIN ', undefined],
    ['a ', undefined],
    ['', undefined],
  ]
  for (const [soFar, wanted, binary = false] of table)
    test(soFar, () => assert.deepEqual(parseAppendHead({ soFar, binary }, rev1), wanted))

  test('goes on where the head before it ended', () => {
    const first = parseAppendHead({ soFar: 'a APPEND x CATENATE (TEXT ', binary: false }, rev1)
    const second = parseAppendHead(
      { soFar: 'a APPEND x CATENATE (TEXT {0}\r\n URL /A/;UID=1) ', binary: false },
      rev1,
      first,
    )
    assert.deepEqual(second?.messages, [message(11, { catenated: true, parts: [text, url] }), message(47)])
    const soFar = 'a APPEND x CATENATE (TEXT {0}\r\n URL /A/;UID=1) {0}\r\n (\\Seen) '
    const third = parseAppendHead({ soFar, binary: false }, rev1, second)
    assert.deepEqual(third?.messages, [message(47), message(53, { flags: 1 })])
  })

  test('refuses what stands there wrongly', () => {
    for (const soFar of [
      'a APPEND x (\\Seen',
      'a APPEND x y ',
      'a APPEND x CATENATE (',
      'a REPLACE x y ',
      'a APPEND x {0}\r\ny ',
    ])
      assert.throws(() => parseAppendHead({ soFar, binary: false }, rev1))
  })
})
