// What is found in pasted replies, bounces and lines of logs, ours and others'.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type RefusalName, refusals, refuse } from '#wire/smtp/refusals.ts'
import { printReply } from '#wire/smtp/reply.ts'
import { recognise } from './recognise.ts'

describe('every refusal of ours is known again', () => {
  const values = {
    ...{ address: 'x@example.org', hostname: 'mx.example.com', user: 'alice@example.com', domain: 'example.org' },
    ...{ limit: 7, seconds: 300, sizeBytes: 5_000_000, limitBytes: 1_000_000, count: 51, id: '4f2a', lineEnd: 'LF' },
    ...{
      reason: 'no digit',
      keyword: 'FOO',
      mechanisms: 'PLAIN, LOGIN',
      zone: 'zen.example.org',
      link: 'https://a.example',
    },
  }
  // Object.keys gives string[]; these are the table's own keys.
  for (const name of Object.keys(refusals) as RefusalName[]) {
    test(name, () => {
      const reply = printReply(refuse(name, values).reply)
      const forms = [
        reply,
        reply.replace(/^\d+ /, ''),
        `<x@example.org>: host mx.example.com[192.0.2.5] said: ${reply.trim()} (in reply to end of DATA command)`,
        `Diagnostic-Code: smtp; ${reply.trim().replace(/(.{60}\S*) /g, '$1\r\n    ')}`,
        `{"level":"info","reason":"${name}","event":"smtp.refused"}`,
        name,
      ]
      for (const form of forms) assert.equal(recognise(form)?.name, name, form)
    })
  }
})

test('codes, wherever they stand', () => {
  const table: [string, number | undefined, string | undefined, string | undefined][] = [
    ['550', 550, undefined, undefined],
    ['5.7.1', undefined, '5.7.1', undefined],
    ['550 5.7.1', 550, '5.7.1', undefined],
    ['550-5.7.1', 550, '5.7.1', undefined],
    ['550 5.7.1 <x@y>: relaying denied...', 550, '5.7.1', 'relay-denied'],
    ['relaying denied: this address is not ours and you have not logged in', 550, '5.7.1', 'relay-denied'],
    ['554 5.7.1 <x@y.example>: Relay access denied', 554, '5.7.1', undefined],
    ['550-5.1.1 The account does not\r\n550-5.1.1 exist, see\r\n550 5.1.1 https://x.example', 550, '5.1.1', undefined],
    ['Action: failed\nStatus: 5.2.2\nRemote-MTA: dns; mx.example', undefined, '5.2.2', undefined],
    ['host mx.example[10.5.7.1] said: 451 try again later', 451, undefined, undefined],
    ['550 Administrative prohibition', 550, undefined, undefined],
    ['SMTP error from remote mail server after RCPT TO: 421 too many', 421, undefined, undefined],
    ['5.7.509', undefined, '5.7.509', undefined],
    ['250 2.0.0 taken', 250, '2.0.0', undefined],
    ['599 no such code', undefined, undefined, undefined],
    ['10.5.7.1', undefined, undefined, undefined],
    ['from 5.7.1.90', undefined, undefined, undefined],
    ['it said 5.7.1.', undefined, '5.7.1', undefined],
    ['hello, see you at 5', undefined, undefined, undefined],
    ['', undefined, undefined, undefined],
  ]
  for (const [text, code, enhanced, name] of table) {
    const { hasWords: _words, text: _text, ...found } = recognise(text) ?? {}
    const wanted = code === undefined && enhanced === undefined ? {} : { code, enhanced, name }
    assert.deepEqual(found, wanted, text)
  }
})

// Somebody else wrote what is pasted: no text may hold the reader up. One that costs its square would be seen to hang here.
test('a text of a million characters costs no more than its length', () => {
  for (const piece of ['<', '> ', 'x', 'a@', '{a', 'said: ', '5.', 'Status:'])
    assert.equal(recognise(piece.repeat(1_000_000 / piece.length)), undefined)
})
