import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { type Command, parseCommand, parseResponse } from './parse.ts'

const good: readonly [line: string, wanted: Command][] = [
  ['CAPA', { verb: 'CAPA' }],
  ['quit', { verb: 'QUIT' }],
  ['NoOp  ', { verb: 'NOOP' }],
  ['STAT', { verb: 'STAT' }],
  ['RSET', { verb: 'RSET' }],
  ['STLS', { verb: 'STLS' }],
  ['USER alice@example.test', { verb: 'USER', name: 'alice@example.test' }],
  ['USER  alice ', { verb: 'USER', name: 'alice' }],
  ['USER \xc3\xa5', { verb: 'USER', name: 'å' }],
  ['PASS secret', { verb: 'PASS', password: 'secret' }],
  ['pass  two  words ', { verb: 'PASS', password: ' two  words ' }],
  ['PASS p\xc3\xa4ss', { verb: 'PASS', password: 'päss' }],
  ['UTF8', { verb: 'UTF8' }],
  ['utf8 ', { verb: 'UTF8' }],
  ['LANG', { verb: 'LANG', range: undefined }],
  ['LANG *', { verb: 'LANG', range: '*' }],
  ['lang  de-AT-1996 ', { verb: 'LANG', range: 'de-AT-1996' }],
  ['LIST', { verb: 'LIST', number: undefined }],
  ['LIST ', { verb: 'LIST', number: undefined }],
  ['LIST 3', { verb: 'LIST', number: 3 }],
  ['UIDL  003 ', { verb: 'UIDL', number: 3 }],
  ['RETR 0', { verb: 'RETR', number: 0 }],
  ['DELE 10000000000000000000', { verb: 'DELE', number: 1e19 }],
  ['TOP 1 0', { verb: 'TOP', number: 1, lines: 0 }],
  ['top  2  10 ', { verb: 'TOP', number: 2, lines: 10 }],
  ['AUTH PLAIN', { verb: 'AUTH', mechanism: 'PLAIN', initial: undefined }],
  ['auth plain =', { verb: 'AUTH', mechanism: 'plain', initial: new Uint8Array(0) }],
  ['AUTH PLAIN AGEAYg==', { verb: 'AUTH', mechanism: 'PLAIN', initial: Uint8Array.of(0, 97, 0, 98) }],
]

for (const [line, wanted] of good) {
  test(`pop3 parse: ${line}`, () => assert.deepEqual(parseCommand(line), wanted))
}

const bad: readonly string[] = [
  '',
  ' STAT',
  'XYZZY',
  'APOP alice c4c9334bac560ecc979e58001b3e22fb',
  'STAT 1',
  'QUIT now',
  'USER',
  'USER  ',
  'PASS',
  'PASS ',
  'PASS a\0b',
  'PASS a\xe9b',
  'USER \xc3',
  'PASS \xed\xa0\x80',
  'PASS \xc0\xaf',
  'RETR',
  'RETR ',
  'RETR x',
  'RETR -1',
  'RETR 1 2',
  'RETR 1.5',
  'RETR 0x1',
  'RETR1',
  'RETR 123456789012345678901',
  'LIST 1 2',
  'UIDL all',
  'TOP',
  'TOP 1',
  'TOP 1 -1',
  'TOP 1 2 3',
  'AUTH',
  'AUTH PLAIN AGE',
  'AUTH PLAIN AGEAYh==',
  'AUTH PLAIN AGEA!g==',
  'AUTH PLAIN = =',
  'UTF8 on',
  'UTF',
  'LANG de en',
  'LANG 1de',
  'LANG de-',
  'LANG german123',
  'LANG \xc3\xa4',
  'STAT\t',
  'STAT\rQUIT',
]

for (const line of bad) {
  test(`pop3 parse refuses ${JSON.stringify(line)}`, () => assert.throws(() => parseCommand(line), ParseError))
}

test('pop3 parse: anything gives a command or a ParseError', () => {
  const words = [
    'USER',
    'PASS',
    'AUTH',
    'TOP',
    'LIST',
    ' ',
    '  ',
    '\0',
    '\xff',
    '\r',
    '1',
    '0',
    '=',
    '*',
    'PLAIN',
    '99',
  ]
  for (let seed = 1; seed < 20_000; seed += 1) {
    let line = ''
    for (let left = seed; left > 0; left = Math.floor(left / words.length)) line += words[left % words.length]
    try {
      parseCommand(line)
    } catch (error) {
      assert.ok(error instanceof ParseError, line)
    }
  }
})

test('pop3 parse: responses of an exchange', () => {
  assert.equal(parseResponse('*'), undefined)
  assert.deepEqual(parseResponse(''), new Uint8Array(0))
  assert.deepEqual(parseResponse('YQ=='), Uint8Array.of(97))
  for (const line of ['=', 'Y', 'Y Q=', '**', 'YQ']) assert.throws(() => parseResponse(line), ParseError, line)
})
