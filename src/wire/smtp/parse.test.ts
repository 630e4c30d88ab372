import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import type { Command } from './command.ts'
import { parseCommand } from './parse.ts'
import { PathError } from './path.ts'

const mail = (localPart: string, domain: string, address: string): Command => ({
  verb: 'MAIL',
  sender: { localPart, domain, address },
  parameters: [],
})

describe('a line is read as its command', () => {
  const table: readonly [line: string, wanted: Command][] = [
    ['EHLO client.test', { verb: 'EHLO', hello: 'client.test' }],
    ['ehlo [192.0.2.1] trailing words', { verb: 'EHLO', hello: '[192.0.2.1]' }],
    ['HELO PC_of-Anna', { verb: 'HELO', hello: 'PC_of-Anna' }],
    ['DATA', { verb: 'DATA' }],
    ['dAtA  ', { verb: 'DATA' }],
    ['RSET', { verb: 'RSET' }],
    ['QUIT', { verb: 'QUIT' }],
    ['STARTTLS', { verb: 'STARTTLS' }],
    ['NOOP and anything', { verb: 'NOOP', argument: 'and anything' }],
    ['HELP', { verb: 'HELP', argument: '' }],
    ['VRFY alice', { verb: 'VRFY', argument: 'alice' }],
    ['EXPN list', { verb: 'EXPN', argument: 'list' }],
    ['AUTH plain', { verb: 'AUTH', mechanism: 'PLAIN', initial: undefined }],
    ['AUTH PLAIN =', { verb: 'AUTH', mechanism: 'PLAIN', initial: '' }],
    ['AUTH PLAIN AGEAYg==', { verb: 'AUTH', mechanism: 'PLAIN', initial: 'AGEAYg==' }],
    ['BDAT 10 LAST', { verb: 'unknown', word: 'BDAT' }],
    ['DATAX', { verb: 'unknown', word: 'DATAX' }],
    ['MAIL: x', { verb: 'unknown', word: 'MAIL' }],
    ['toString', { verb: 'unknown', word: 'toString' }],
    ['', { verb: 'unknown', word: '' }],
    ['MAIL FROM:<a@b.test>', mail('a', 'b.test', 'a@b.test')],
    ['mail from:<a@B.Test>', mail('a', 'b.test', 'a@B.Test')],
    ['MAIL FROM: <a@b.test>', mail('a', 'b.test', 'a@b.test')],
    ['MAIL FROM:<>', { verb: 'MAIL', sender: undefined, parameters: [] }],
    ['MAIL FROM:<"a b"@x>', mail('a b', 'x', '"a b"@x')],
    ['MAIL FROM:<"a\\"b"@x>', mail('a"b', 'x', '"a\\"b"@x')],
    ['MAIL FROM:<"a@b"@x>', mail('a@b', 'x', '"a@b"@x')],
    ['MAIL FROM:<"a>b"@x>', mail('a>b', 'x', '"a>b"@x')],
    ['MAIL FROM:<a@[127.0.0.1]>', mail('a', '[127.0.0.1]', 'a@[127.0.0.1]')],
    ['MAIL FROM:<a@[IPv6:::1]>', mail('a', '[ipv6:::1]', 'a@[IPv6:::1]')],
    ['MAIL FROM:<@a,@b:c@d>', mail('c', 'd', 'c@d')],
    ['MAIL FROM:<a..b.@x>', mail('a..b.', 'x', 'a..b.@x')],
    ["MAIL FROM:<!#$%&'*+-/=?^_`{|}~@x>", mail("!#$%&'*+-/=?^_`{|}~", 'x', "!#$%&'*+-/=?^_`{|}~@x")],
    ['MAIL FROM:<\xc3\xa9@x>', mail('\xc3\xa9', 'x', '\xc3\xa9@x')],
    [`MAIL FROM:<${'a'.repeat(64)}@x>`, mail('a'.repeat(64), 'x', `${'a'.repeat(64)}@x`)],
    [
      'MAIL FROM:<a@b> SIZE=100 body=8bitmime AUTH=<>',
      {
        verb: 'MAIL',
        sender: { localPart: 'a', domain: 'b', address: 'a@b' },
        parameters: [
          { keyword: 'SIZE', value: '100' },
          { keyword: 'BODY', value: '8bitmime' },
          { keyword: 'AUTH', value: '<>' },
        ],
      },
    ],
    ['RCPT TO:<b@c>', { verb: 'RCPT', recipient: { localPart: 'b', domain: 'c', address: 'b@c' }, parameters: [] }],
    [
      'RCPT TO:<PostMaster>',
      {
        verb: 'RCPT',
        recipient: { localPart: 'PostMaster', domain: undefined, address: 'PostMaster' },
        parameters: [],
      },
    ],
    [
      'RCPT TO:<b@c> FLAG',
      {
        verb: 'RCPT',
        recipient: { localPart: 'b', domain: 'c', address: 'b@c' },
        parameters: [{ keyword: 'FLAG', value: undefined }],
      },
    ],
  ]
  for (const [line, wanted] of table) test(line, () => assert.deepEqual(parseCommand(line), wanted))
})

describe('a malformed line is a ParseError, a malformed address a PathError', () => {
  const table: readonly [line: string, kind: typeof ParseError | typeof PathError][] = [
    ['EHLO', ParseError],
    ['EHLO  ', ParseError],
    ['DATA now', ParseError],
    ['RSET x', ParseError],
    ['AUTH', ParseError],
    ['AUTH PLAIN a b', ParseError],
    ['MAIL', ParseError],
    ['MAIL TO:<a@b>', ParseError],
    ['MAIL FROM:<a@b>SIZE=1', ParseError],
    ['MAIL FROM:<a@b> =1', ParseError],
    ['MAIL FROM:<a@b> SIZE=1 size=2', ParseError],
    [`MAIL FROM:<a@b>${' X'.repeat(21)}`, ParseError],
    ['NOOP \0', ParseError],
    ['NO\rOP', ParseError],
    ['MAIL FROM:<a\tb@c>', PathError],
    ['MAIL FROM:a@b', PathError],
    ['MAIL FROM:<a@b', PathError],
    ['MAIL FROM:<a>', PathError],
    ['MAIL FROM:<postmaster>', PathError],
    ['MAIL FROM:<@b>', PathError],
    ['MAIL FROM:<a@>', PathError],
    ['MAIL FROM:<a b@c>', PathError],
    ['MAIL FROM:<a@b@c>', PathError],
    ['MAIL FROM:<""@c>', PathError],
    ['MAIL FROM:<"a@c>', PathError],
    ['MAIL FROM:<"a\\', PathError],
    ['MAIL FROM:<a@b..c>', PathError],
    ['MAIL FROM:<a@-b>', PathError],
    ['MAIL FROM:<a@[>', PathError],
    ['MAIL FROM:<a@[1.2.3.4>', PathError],
    ['MAIL FROM:<@a@b>', PathError],
    [`MAIL FROM:<${'a'.repeat(65)}@x>`, PathError],
    [`MAIL FROM:<"${'a'.repeat(63)}"@x>`, PathError],
    [`MAIL FROM:<a@${'b.'.repeat(127)}bb>`, PathError],
    [`MAIL FROM:<${'a'.repeat(60)}@${'b.'.repeat(98)}>`, PathError],
    ['RCPT TO:<>', PathError],
    ['RCPT TO:<bob>', PathError],
  ]
  for (const [line, kind] of table)
    test(line, () => {
      assert.throws(() => parseCommand(line), kind)
      if (kind === ParseError)
        assert.throws(
          () => parseCommand(line),
          error => !(error instanceof PathError),
        )
    })
})

test('no line makes the parser throw anything but ParseError', () => {
  let seed = 7
  const below = (limit: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648
    return Math.floor((seed / 2147483648) * limit)
  }
  const words = [
    'MAIL FROM:',
    'RCPT TO:',
    '<',
    '>',
    '@',
    '"',
    '\\',
    '[',
    ']',
    ' ',
    'a',
    '.',
    ',',
    ':',
    '=',
    '\0',
    '\xff',
    'AUTH ',
    'EHLO ',
  ]
  for (let round = 0; round < 20_000; round += 1) {
    let line = ''
    for (let count = below(12); count >= 0; count -= 1) line += words[below(words.length)]
    try {
      parseCommand(line)
    } catch (error) {
      assert.ok(error instanceof ParseError, `${JSON.stringify(line)}: ${error}`)
    }
  }
})
