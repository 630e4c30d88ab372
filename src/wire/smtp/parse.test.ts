import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import { BdatSyntaxError, type Command, type Path } from './command.ts'
import { parseCommand } from './parse.ts'
import { PathError } from './path.ts'

const mail = (localPart: string, domain: string, address: string): Command => ({
  verb: 'MAIL',
  sender: { localPart, domain, address, needsUtf8: /[^\0-\x7f]/.test(address) },
  parameters: [],
})

const path = (localPart: string, domain: string): Path => ({
  localPart,
  domain,
  address: `${localPart}@${domain}`,
  needsUtf8: false,
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
    ['BDAT 10 LAST', { verb: 'BDAT', sizeBytes: 10, last: true }],
    ['bdat 0 last ', { verb: 'BDAT', sizeBytes: 0, last: true }],
    ['BDAT 86400', { verb: 'BDAT', sizeBytes: 86400, last: false }],
    ['BDATA', { verb: 'unknown', word: 'BDATA' }],
    ['LHLO proxy.test', { verb: 'LHLO', hello: 'proxy.test' }],
    ['VRFY alice SMTPUTF8', { verb: 'VRFY', argument: 'alice' }],
    ['EXPN smtputf8', { verb: 'EXPN', argument: 'smtputf8' }],
    [
      'XCLIENT NAME=spike.test ADDR=192.0.2.1 port=025 PROTO=esmtp HELO=a+2Bb LOGIN=jos+C3+A9',
      {
        verb: 'XCLIENT',
        attributes: [
          { name: 'NAME', value: 'spike.test' },
          { name: 'ADDR', value: '192.0.2.1' },
          { name: 'PORT', value: '25' },
          { name: 'PROTO', value: 'ESMTP' },
          { name: 'HELO', value: 'a+b' },
          { name: 'LOGIN', value: 'jos\u00e9' },
        ],
      },
    ],
    [
      'XCLIENT NAME=[UNAVAILABLE] ADDR=[tempunavail] DESTADDR=IPV6:2001:DB8::1 DESTPORT=25 LOGIN=',
      {
        verb: 'XCLIENT',
        attributes: [
          { name: 'NAME', value: undefined },
          { name: 'ADDR', value: undefined },
          { name: 'DESTADDR', value: '2001:db8::1' },
          { name: 'DESTPORT', value: '25' },
          { name: 'LOGIN', value: undefined },
        ],
      },
    ],
    [
      'XFORWARD IDENT=4C2F SOURCE=local PROTO=QMQP',
      {
        verb: 'XFORWARD',
        attributes: [
          { name: 'IDENT', value: '4C2F' },
          { name: 'SOURCE', value: 'LOCAL' },
          { name: 'PROTO', value: 'QMQP' },
        ],
      },
    ],
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
    ['MAIL FROM:<"\\\\"@x>', mail('\\', 'x', '"\\\\"@x')],
    ['MAIL FROM:<a@[tag:some.thing]>', mail('a', '[tag:some.thing]', 'a@[tag:some.thing]')],
    ['MAIL FROM:<\xc3\xa9@x>', mail('\u00e9', 'x', '\u00e9@x')],
    ['MAIL FROM:<e\xcc\x81@x>', mail('\u00e9', 'x', '\u00e9@x')],
    ['MAIL FROM:<"\xc3\xa9\\\xc3\xa9"@x>', mail('\u00e9\u00e9', 'x', '"\u00e9\\\u00e9"@x')],
    ['MAIL FROM:<a@B\xc3\xbccher.test>', mail('a', 'xn--bcher-kva.test', 'a@B\u00fccher.test')],
    [`MAIL FROM:<${'\xc3\xa9'.repeat(32)}@x>`, mail('\u00e9'.repeat(32), 'x', `${'\u00e9'.repeat(32)}@x`)],
    ['MAIL FROM:<@\xc3\xa9:c@d>', { verb: 'MAIL', sender: { ...path('c', 'd'), needsUtf8: true }, parameters: [] }],
    [`MAIL FROM:<${'a'.repeat(64)}@x>`, mail('a'.repeat(64), 'x', `${'a'.repeat(64)}@x`)],
    [
      'MAIL FROM:<a@b> SIZE=100 body=8bitmime AUTH=<>',
      {
        verb: 'MAIL',
        sender: { localPart: 'a', domain: 'b', address: 'a@b', needsUtf8: false },
        parameters: [
          { keyword: 'SIZE', value: '100' },
          { keyword: 'BODY', value: '8bitmime' },
          { keyword: 'AUTH', value: '<>' },
        ],
      },
    ],
    [
      'RCPT TO:<b@c>',
      { verb: 'RCPT', recipient: { localPart: 'b', domain: 'c', address: 'b@c', needsUtf8: false }, parameters: [] },
    ],
    [
      'RCPT TO:<PostMaster>',
      {
        verb: 'RCPT',
        recipient: { localPart: 'PostMaster', domain: undefined, address: 'PostMaster', needsUtf8: false },
        parameters: [],
      },
    ],
    [
      'RCPT TO:<b@c> FLAG',
      {
        verb: 'RCPT',
        recipient: { localPart: 'b', domain: 'c', address: 'b@c', needsUtf8: false },
        parameters: [{ keyword: 'FLAG', value: undefined }],
      },
    ],
  ]
  for (const [line, wanted] of table) test(line, () => assert.deepEqual(parseCommand(line), wanted))
})

describe('a malformed line is a ParseError, a malformed address a PathError, a malformed BDAT a BdatSyntaxError', () => {
  const table: readonly [line: string, kind: typeof ParseError][] = [
    ['BDAT', BdatSyntaxError],
    ['BDAT LAST', BdatSyntaxError],
    ['BDAT -1', BdatSyntaxError],
    ['BDAT 1e3', BdatSyntaxError],
    ['BDAT 10 LAS', BdatSyntaxError],
    ['BDAT 10 LAST x', BdatSyntaxError],
    ['BDAT 10LAST', BdatSyntaxError],
    ['BDAT10 LAST', BdatSyntaxError],
    ['BDAT 9007199254740993', BdatSyntaxError],
    [`BDAT ${'0'.repeat(21)}`, BdatSyntaxError],
    ['bdat 1\0', BdatSyntaxError],
    ['LHLO', ParseError],
    ['XCLIENT', ParseError],
    ['XCLIENT NAME', ParseError],
    ['XCLIENT IDENT=x', ParseError],
    ['XCLIENT toString=x', ParseError],
    ['XCLIENT NAME=a NAME=b', ParseError],
    ['XCLIENT NAME=a=b', ParseError],
    ['XCLIENT NAME=a+20b', ParseError],
    ['XCLIENT NAME=a+0Ab', ParseError],
    ['XCLIENT HELO=+C2+85', ParseError],
    ['XCLIENT LOGIN=+E9', ParseError],
    [`XCLIENT HELO=${'a'.repeat(256)}`, ParseError],
    ['XCLIENT ADDR=192.0.2.256', ParseError],
    ['XCLIENT ADDR=IPV6:192.0.2.1', ParseError],
    ['XCLIENT ADDR=localhost', ParseError],
    ['XCLIENT PORT=65536', ParseError],
    ['XCLIENT PORT=-1', ParseError],
    ['XCLIENT PROTO=QMQP', ParseError],
    ['XFORWARD LOGIN=x', ParseError],
    ['XFORWARD SOURCE=ELSEWHERE', ParseError],
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
    ['MAIL FROM:<a@[]>', PathError],
    ['MAIL FROM:<a@[1.2.3]>', PathError],
    ['MAIL FROM:<a@[1.2.3.256]>', PathError],
    ['MAIL FROM:<a@[::1]>', PathError],
    ['MAIL FROM:<a@[IPv6:]>', PathError],
    ['MAIL FROM:<a@[IPv6:1::2::3]>', PathError],
    ['MAIL FROM:<a@[IPv6:1.2.3.4]>', PathError],
    ['MAIL FROM:<"a\tb"@c>', PathError],
    ['MAIL FROM:<"\\">', PathError],
    ['MAIL FROM:<\xe9@x>', PathError],
    ['MAIL FROM:<\xc0\xaf@x>', PathError],
    ['MAIL FROM:<a\xc2\x85@x>', PathError],
    ['MAIL FROM:<"a\xc2\x9f"@x>', PathError],
    ['MAIL FROM:<a@\xc2\x80x>', PathError],
    ['MAIL FROM:<a@\xef\xbc\xa0>', PathError],
    [`MAIL FROM:<${'\xc3\xa9'.repeat(33)}@x>`, PathError],
    [`MAIL FROM:<a@${'\xc3\xa9'.repeat(64)}.${'\xc3\xa9'.repeat(64)}>`, PathError],
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
      assert.throws(
        () => parseCommand(line),
        error => error instanceof PathError === (kind === PathError),
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
