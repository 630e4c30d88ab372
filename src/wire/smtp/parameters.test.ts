import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { ParseError } from '#base/parse-error.ts'
import type { Command, Parameter } from './command.ts'
import { commandLineOctetsOf } from './limits.ts'
import {
  type MailParameters,
  noMailParameters,
  noRecipientParameters,
  type RecipientParameters,
  readMailParameters,
  readRecipientParameters,
} from './parameters.ts'
import { parseCommand } from './parse.ts'

const all: ReadonlySet<string> = new Set([
  'SIZE',
  '8BITMIME',
  'SMTPUTF8',
  'BINARYMIME',
  'DSN',
  'REQUIRETLS',
  'FUTURERELEASE',
  'DELIVERBY',
  'MT-PRIORITY',
  'AUTH',
])

/** The parameters as the command line has them. */
function written(words: string, verb: 'MAIL FROM' | 'RCPT TO'): readonly Parameter[] {
  const command: Command = parseCommand(`${verb}:<a@b> ${words}`)
  assert.ok(command.verb === 'MAIL' || command.verb === 'RCPT')
  return command.parameters
}

describe('the parameters of MAIL', () => {
  const table: readonly [words: string, wanted: Partial<MailParameters>][] = [
    ['', {}],
    ['SIZE=123', { declaredBytes: 123 }],
    ['SIZE=99999999999999999999', { declaredBytes: 1e20 }],
    ['BODY=7bit', { body: '7BIT' }],
    ['BODY=8bitMime', { body: '8BITMIME' }],
    ['BODY=BINARYMIME', { body: 'BINARYMIME' }],
    ['SMTPUTF8', { smtpUtf8: true }],
    ['REQUIRETLS', { requireTls: true }],
    ['RET=hdrs ENVID=QQ314159+20x', { ret: 'HDRS', envelopeId: 'QQ314159 x' }],
    [`RET=FULL ENVID=${'e'.repeat(100)}`, { ret: 'FULL', envelopeId: 'e'.repeat(100) }],
    ['HOLDFOR=1', { hold: { kind: 'for', seconds: 1 } }],
    ['HOLDFOR=999999999', { hold: { kind: 'for', seconds: 999_999_999 } }],
    ['HOLDUNTIL=2026-12-01T10:00:00+01:00', { hold: { kind: 'until', at: Date.UTC(2026, 11, 1, 9) } }],
    ['BY=120;R', { deliverBy: { seconds: 120, mode: 'return', trace: false } }],
    ['BY=+5;nt', { deliverBy: { seconds: 5, mode: 'notify', trace: true } }],
    ['BY=-7;N', { deliverBy: { seconds: -7, mode: 'notify', trace: false } }],
    ['BY=-1;R', { deliverBy: { seconds: -1, mode: 'return', trace: false } }],
    ['BY=-0;N', { deliverBy: { seconds: 0, mode: 'notify', trace: false } }],
    ['MT-PRIORITY=-9', { priority: -9 }],
    ['MT-PRIORITY=0', { priority: 0 }],
    ['MT-PRIORITY=9', { priority: 9 }],
    ['AUTH=<>', {}],
    ['AUTH=a+2Bb@c', {}],
    ['SIZE=5 BODY=8BITMIME SMTPUTF8', { declaredBytes: 5, body: '8BITMIME', smtpUtf8: true }],
  ]
  for (const [words, wanted] of table)
    test(words || 'none', () => {
      const read = readMailParameters(written(words, 'MAIL FROM'), all)
      assert.deepEqual(read, { kind: 'read', parameters: { ...noMailParameters, ...wanted } })
    })

  const senseless = [
    'SIZE',
    'SIZE=',
    'SIZE=-1',
    'SIZE=1e3',
    `SIZE=${'1'.repeat(21)}`,
    'BODY',
    'BODY=9BIT',
    'SMTPUTF8=1',
    'REQUIRETLS=yes',
    'RET',
    'RET=ALL',
    'ENVID=',
    'ENVID=a+',
    'ENVID=a+0Db',
    'ENVID=+C3+A9',
    `ENVID=${'e'.repeat(101)}`,
    'HOLDFOR=0',
    'HOLDFOR=-1',
    'HOLDFOR=1000000000',
    'HOLDUNTIL=tomorrow',
    'HOLDUNTIL=2026-02-30T00:00:00Z',
    'HOLDFOR=1 HOLDUNTIL=2026-12-01T10:00:00Z',
    'BY=120',
    'BY=1234567890;N',
    'BY=1;NX',
    'BY=1;T',
    'MT-PRIORITY=10',
    'MT-PRIORITY=+1',
    'MT-PRIORITY=-0',
    'MT-PRIORITY',
    'AUTH',
    'AUTH=',
    'AUTH=a+b',
    `AUTH=${'a'.repeat(501)}`,
  ]
  for (const words of senseless)
    test(`${words.slice(0, 40)} makes no sense`, () =>
      assert.throws(() => readMailParameters(written(words, 'MAIL FROM'), all), ParseError))
})

describe('the parameters of RCPT', () => {
  const table: readonly [words: string, wanted: Partial<RecipientParameters>][] = [
    ['', {}],
    ['NOTIFY=never', { notify: ['NEVER'] }],
    ['NOTIFY=SUCCESS,Delay,FAILURE', { notify: ['SUCCESS', 'DELAY', 'FAILURE'] }],
    ['NOTIFY=FAILURE,FAILURE', { notify: ['FAILURE'] }],
    ['ORCPT=rfc822;bob+2Bx@b', { originalRecipient: { type: 'rfc822', address: 'bob+x@b' } }],
    ['ORCPT=RFC822;', { originalRecipient: { type: 'RFC822', address: '' } }],
    ['ORCPT=utf-8;jos\\x{E9}@b', { originalRecipient: { type: 'utf-8', address: 'josé@b' } }],
    ['ORCPT=UTF-8;jos\xc3\xa9@b', { originalRecipient: { type: 'utf-8', address: 'josé@b' } }],
    ['ORCPT=x400;/c+3Dus/;/g+3Da/', { originalRecipient: { type: 'x400', address: '/c=us/;/g=a/' } }],
  ]
  for (const [words, wanted] of table)
    test(words || 'none', () => {
      const read = readRecipientParameters(written(words, 'RCPT TO'), all)
      assert.deepEqual(read, { kind: 'read', parameters: { ...noRecipientParameters, ...wanted } })
    })

  const senseless = [
    'NOTIFY',
    'NOTIFY=',
    'NOTIFY=NEVER,SUCCESS',
    'NOTIFY=SUCCESS,',
    'NOTIFY=ALWAYS',
    'ORCPT=bob@b',
    'ORCPT=;bob@b',
    'ORCPT=x400;/c=us/',
    'ORCPT=rfc822;a+b',
    'ORCPT=rfc822;a+0Ab',
    'ORCPT=rfc822;jos\xc3\xa9@b',
    'ORCPT=utf-8;\\x{D800}',
    'ORCPT=utf-8;a\\x{0A}b',
    'ORCPT=utf-8;a\xc2\x85b',
    'ORCPT=utf-8;\xe9',
    `ORCPT=rfc822;${'a'.repeat(500)}`,
  ]
  for (const words of senseless)
    test(`${words.slice(0, 40)} makes no sense`, () =>
      assert.throws(() => readRecipientParameters(written(words, 'RCPT TO'), all), ParseError))
})

describe('a parameter of an extension that is not offered is unknown', () => {
  const ofMail: readonly [words: string, extension: string][] = [
    ['SIZE=1', 'SIZE'],
    ['SMTPUTF8', 'SMTPUTF8'],
    ['REQUIRETLS', 'REQUIRETLS'],
    ['RET=FULL', 'DSN'],
    ['ENVID=x', 'DSN'],
    ['HOLDFOR=1', 'FUTURERELEASE'],
    ['HOLDUNTIL=2026-12-01T10:00:00Z', 'FUTURERELEASE'],
    ['BY=1;N', 'DELIVERBY'],
    ['MT-PRIORITY=1', 'MT-PRIORITY'],
  ]
  for (const [words, extension] of ofMail)
    test(`${words} without ${extension}`, () => {
      const keyword = words.split('=')[0]
      const offered = new Set([...all].filter(name => name !== extension))
      const [yes, no] = [new Set([extension]), offered].map(set => readMailParameters(written(words, 'MAIL FROM'), set))
      assert.equal(yes?.kind, 'read')
      assert.deepEqual(no, { kind: 'unknown', keyword })
    })

  for (const words of ['NOTIFY=NEVER', 'ORCPT=rfc822;x'])
    test(`${words} without DSN`, () => {
      const keyword = words.split('=')[0]
      assert.deepEqual(readRecipientParameters(written(words, 'RCPT TO'), new Set()), { kind: 'unknown', keyword })
    })

  test('BODY needs one of its two, and takes the values of those offered', () => {
    const read = (words: string, ...offered: string[]) =>
      readMailParameters(written(words, 'MAIL FROM'), new Set(offered))
    assert.equal(read('BODY=7BIT').kind, 'unknown')
    assert.equal(read('BODY=8BITMIME', '8BITMIME').kind, 'read')
    assert.throws(() => read('BODY=BINARYMIME', '8BITMIME'), ParseError)
  })

  test('AUTH= is always understood; nobody has a parameter of another command, or of Object', () => {
    assert.equal(readMailParameters(written('AUTH=<>', 'MAIL FROM'), new Set()).kind, 'read')
    assert.equal(readMailParameters(written('NOTIFY=NEVER', 'MAIL FROM'), all).kind, 'unknown')
    assert.equal(readRecipientParameters(written('SIZE=1', 'RCPT TO'), all).kind, 'unknown')
    assert.equal(readMailParameters([{ keyword: 'constructor', value: 'x' }], all).kind, 'unknown')
  })
})

describe('the longest values of all parameters together just fit their line', () => {
  // With a source route the command alone has all of its 512 octets.
  const longest = (verb: string) => {
    const path = `${'a'.repeat(64)}@${'b.'.repeat(94)}b`
    const routeOctets = 510 - `${verb}:<@:${path}>`.length
    const host = 'r'.repeat(2 - (routeOctets % 2)) + '.r'.repeat(Math.ceil(routeOctets / 2) - 1)
    return `${verb}:<@${host}:${path}>`
  }

  test('MAIL', () => {
    const words = [
      `SIZE=${'9'.repeat(20)} BODY=BINARYMIME SMTPUTF8 REQUIRETLS RET=FULL ENVID=${'e'.repeat(100)}`,
      `HOLDUNTIL=2026-12-01T10:00:00.000000000+01:00 BY=+999999999;RT MT-PRIORITY=-9 AUTH=${'a'.repeat(494)}`,
    ].join(' ')
    const line = `${longest('MAIL FROM')} ${words}`
    // RFC 6152 and 6531 count one octet more than their parameters have.
    assert.equal(line.length + '\r\n'.length + 2, commandLineOctetsOf['MAIL'])
    const command = parseCommand(line)
    assert.ok(command.verb === 'MAIL')
    assert.equal(readMailParameters(command.parameters, all).kind, 'read')
  })

  test('RCPT', () => {
    const line = `${longest('RCPT TO')} NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;${'o'.repeat(493)}`
    assert.equal(line.length + '\r\n'.length, commandLineOctetsOf['RCPT'])
    const command = parseCommand(line)
    assert.ok(command.verb === 'RCPT')
    assert.equal(readRecipientParameters(command.parameters, all).kind, 'read')
  })
})
