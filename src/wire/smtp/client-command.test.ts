import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type MailLine, pathAddress, printBdat, printMail, printRcpt, type RcptLine } from './client-command.ts'
import type { CommandOf, Verb } from './command.ts'
import { readMailParameters, readRecipientParameters } from './parameters.ts'
import { parseCommand } from './parse.ts'

const bare: MailLine = {
  sender: 'a@example.test',
  sizeBytes: undefined,
  body: undefined,
  smtpUtf8: false,
  requireTls: false,
  ret: undefined,
  envelopeId: undefined,
  deliverBy: undefined,
  priority: undefined,
  auth: false,
}

describe('MAIL', () => {
  const table: readonly (readonly [Partial<MailLine>, string])[] = [
    [{}, 'MAIL FROM:<a@example.test>'],
    [{ sender: '' }, 'MAIL FROM:<>'],
    [{ sender: '"a b"@example.test' }, 'MAIL FROM:<"a b"@example.test>'],
    [{ sizeBytes: 0 }, 'MAIL FROM:<a@example.test> SIZE=0'],
    [{ sizeBytes: 9, body: '8BITMIME', smtpUtf8: true }, 'MAIL FROM:<a@example.test> SIZE=9 BODY=8BITMIME SMTPUTF8'],
    [
      { requireTls: true, ret: 'HDRS', envelopeId: 'a b+c=d' },
      'MAIL FROM:<a@example.test> REQUIRETLS RET=HDRS ENVID=a+20b+2Bc+3Dd',
    ],
    [{ deliverBy: { seconds: 120, mode: 'return', trace: true } }, 'MAIL FROM:<a@example.test> BY=120;RT'],
    [
      { deliverBy: { seconds: -20, mode: 'notify', trace: false }, priority: -3 },
      'MAIL FROM:<a@example.test> BY=-20;N MT-PRIORITY=-3',
    ],
    [{ auth: true }, 'MAIL FROM:<a@example.test> AUTH=<>'],
  ]
  for (const [more, wanted] of table) test(wanted, () => assert.equal(printMail({ ...bare, ...more }), `${wanted}\r\n`))
})

describe('RCPT', () => {
  const none: RcptLine = { notify: undefined, originalRecipient: undefined }
  const table: readonly (readonly [Partial<RcptLine>, string])[] = [
    [{}, 'RCPT TO:<b@example.test>'],
    [{ notify: ['NEVER'] }, 'RCPT TO:<b@example.test> NOTIFY=NEVER'],
    [{ notify: ['SUCCESS', 'FAILURE'] }, 'RCPT TO:<b@example.test> NOTIFY=SUCCESS,FAILURE'],
    [
      { originalRecipient: { type: 'rfc822', address: 'b+x@old.test' } },
      'RCPT TO:<b@example.test> ORCPT=rfc822;b+2Bx@old.test',
    ],
    [
      { originalRecipient: { type: 'utf-8', address: 'é+ \\@old.test' } },
      'RCPT TO:<b@example.test> ORCPT=utf-8;\\x{E9}\\x{2B}\\x{20}\\x{5C}@old.test',
    ],
  ]
  for (const [more, wanted] of table)
    test(wanted, () => assert.equal(printRcpt('b@example.test', { ...none, ...more }), `${wanted}\r\n`))
})

test('what is printed is read again as it was meant', () => {
  const offered = new Set(['SIZE', '8BITMIME', 'SMTPUTF8', 'REQUIRETLS', 'DSN', 'DELIVERBY', 'MT-PRIORITY'])
  const line: MailLine = {
    sender: 'a@example.test',
    sizeBytes: 7,
    body: '8BITMIME',
    smtpUtf8: true,
    requireTls: true,
    ret: 'FULL',
    envelopeId: 'every +=~! printable',
    deliverBy: { seconds: -7, mode: 'notify', trace: true },
    priority: 9,
    auth: true,
  }
  const mail = command('MAIL', printMail(line))
  assert.equal(mail.sender?.address, line.sender)
  const read = readMailParameters(mail.parameters, offered)
  // What AUTH says is checked, and of no more interest.
  const { sender: _, auth: __, sizeBytes, ...wanted } = line
  assert.deepEqual(read, { kind: 'read', parameters: { ...wanted, declaredBytes: sizeBytes, hold: undefined } })
  for (const original of ['é=+\\ü@old.test', 'a@b', '📧 x@b.test']) {
    const parameters: RcptLine = { notify: ['DELAY'], originalRecipient: { type: 'utf-8', address: original } }
    const rcpt = command('RCPT', printRcpt('b@example.test', parameters))
    assert.deepEqual(readRecipientParameters(rcpt.parameters, offered), { kind: 'read', parameters })
  }
})

function command<V extends Verb>(verb: V, line: string): CommandOf<V> {
  assert.ok(line.endsWith('\r\n'))
  const parsed = parseCommand(line.slice(0, -2))
  assert.equal(parsed.verb, verb)
  return parsed as CommandOf<V> // just looked at
}

test('no address begins a command of its own', () => {
  for (const address of ['a@b>\r\nRCPT TO:<c@d', 'a\n@b', 'a\r@b', 'a\0@b', 'a\x7f@b']) {
    assert.throws(() => printMail({ ...bare, sender: address }))
    assert.throws(() => printRcpt(address, { notify: undefined, originalRecipient: undefined }))
  }
})

describe('an address with and without SMTPUTF8', () => {
  const table: readonly (readonly [string, string | undefined])[] = [
    ['a@b.test', 'a@b.test'],
    ['', ''],
    ['a@bücher.test', 'a@xn--bcher-kva.test'],
    ['ä@b.test', undefined],
    ['ä@bücher.test', undefined],
  ]
  for (const [address, wanted] of table)
    test(address || 'the null path', () => {
      assert.equal(pathAddress(address, false), wanted)
      assert.equal(pathAddress(address, true), address)
    })
})

test('BDAT', () => {
  assert.equal(printBdat(0, true), 'BDAT 0 LAST\r\n')
  assert.equal(printBdat(86, false), 'BDAT 86\r\n')
})
