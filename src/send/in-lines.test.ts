// Messages with lines that no peer has to take, as they come to one that takes 8 bits and no chunk of anything.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseStructure } from '#mail/structure.ts'
import { decodeBase64, decodeQuotedPrintable } from '#text/transfer-encoding.ts'
import { type MessageOptions, message, sendingTo } from '../../test/support/sending.ts'

const long = 'viele Gr\xc3\xbc\xc3\x9fe von hier = '.repeat(80)
const word = 'x'.repeat(2_000)

function lines(...all: string[]): string {
  return all.map(line => `${line}\r\n`).join('')
}

async function arrived(text: string, options?: MessageOptions, extensions: readonly string[] = ['8BITMIME', 'SIZE']) {
  const { session, peer } = sendingTo({ extensions })
  const { outcomes } = await (await session()).deliver(message(text, options))
  assert.equal(outcomes[0]?.kind, 'delivered')
  assert.deepEqual(peer.mistakes, [])
  return { text: peer.taken[0]?.text ?? '', from: peer.taken[0]?.from ?? '' }
}

function bodyOf(text: string): string {
  return text.slice(text.indexOf('\r\n\r\n') + 4)
}

describe('lines of more than 998 octets (RFC 5321 4.5.3.1.6)', () => {
  const sizes = [65_536, 100]
  for (const headBytes of sizes) {
    test(`a text: in quoted-printable, with ${headBytes} octets in memory`, async () => {
      const header = lines('MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8')
      const { text, from } = await arrived(`${header}Content-Transfer-Encoding: 8bit\r\n\r\n${long}\r\n`, {
        headBytes,
        parameters: { body: '8BITMIME' },
      })
      assert.ok(text.startsWith(`${header}Content-Transfer-Encoding: quoted-printable\r\n\r\n`))
      assert.ok(text.split('\r\n').every(line => line.length <= 76))
      assert.equal(Buffer.from(decodeQuotedPrintable(Buffer.from(bodyOf(text)))).toString('latin1'), `${long}\r\n`)
      // How large it is nobody knows before.
      assert.equal(from, '<alice@example.test> BODY=8BITMIME')
    })

    test(`the longest that is allowed stays, with ${headBytes} octets in memory`, async () => {
      const text = `Subject: x\r\n\r\n${'y'.repeat(998)}\r\n${'\xc3'.repeat(998)}\r\n`
      assert.equal((await arrived(text, { headBytes })).text, text)
    })
  }

  test('a text of before MIME becomes one of MIME', async () => {
    const { text } = await arrived(`Subject: x\r\n\r\n${word}\r\n`)
    assert.match(
      text,
      /^Subject: x\r\nContent-Transfer-Encoding: quoted-printable\r\nMIME-Version: 1\.0\r\nContent-Type: text/,
    )
  })

  test('of a message of many parts those alone that need it', async () => {
    const parts = [
      ['Content-Type: text/plain; charset=utf-8', 'Content-Transfer-Encoding: 8bit', '', 'Gr\xc3\xbc\xc3\x9fe'],
      ['Content-Type: application/json', '', `{"a":"${word}"}`],
      ['Content-Type: message/rfc822', '', 'Subject: \xc3\xbc', 'Content-Type: text/html', '', word],
    ].map(part => `--b\r\n${part.join('\r\n')}\r\n`)
    const before = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts.join('')}--b--\r\n`
    const { text } = await arrived(before)
    assert.ok(text.includes(parts[0] ?? '?'))
    assert.ok(text.includes('Subject: \xc3\xbc\r\n'))
    const bytes = Buffer.from(text, 'latin1')
    const [first, second, third] = parseStructure(bytes).children
    assert.equal(first?.fields.encoding, '8bit')
    assert.equal(second?.fields.encoding, 'base64')
    const json = Buffer.from(decodeBase64(bytes.subarray(second?.bodyStart, second?.bodyEnd)))
    assert.equal(json.toString(), `{"a":"${word}"}`)
    assert.equal(third?.fields.encoding, '7bit')
    assert.equal(third?.children[0]?.fields.encoding, 'quoted-printable')
    assert.ok(text.split('\r\n').every(line => line.length <= 998))
  })

  test('a header is folded where it has white space', async () => {
    const ids = Array.from({ length: 60 }, (_, at) => `<${at}.${'i'.repeat(40)}@example.test>`).join(' ')
    const before = `Subject: ${word}\r\nReferences: ${ids}\r\n\r\nx\r\n`
    const { text } = await arrived(before)
    assert.equal(text.replace(/\r\n (?=<)/g, ' ').replace('Subject:\r\n ', 'Subject: '), before)
    const [subject, value, ...rest] = text.split('\r\n')
    assert.equal(subject, 'Subject:')
    assert.equal(value, ` ${word}`)
    assert.ok(rest.every(line => line.length <= 998))
  })

  const signed: readonly (readonly [string, string])[] = [
    ['DKIM', `DKIM-Signature: v=1\r\nSubject: x\r\n\r\n${word}\r\n`],
    [
      'PGP or S/MIME',
      lines(
        'Content-Type: multipart/signed; boundary=b',
        '',
        '--b',
        '',
        word,
        '--b',
        'Content-Type: application/x',
        '',
      ) + lines('x', '--b--'),
    ],
  ]
  for (const [name, before] of signed)
    test(`what is signed stays as it is: ${name}`, async () => {
      const { text, from } = await arrived(before, { parameters: { body: '8BITMIME' } })
      assert.equal(text, before)
      assert.match(from, /SIZE=\d+/)
    })

  test('NUL is in no line', async () => {
    const { text } = await arrived('Subject: x\r\n\r\na\0b\r\n')
    assert.match(text, /Content-Transfer-Encoding: base64/)
    assert.equal(Buffer.from(bodyOf(text), 'base64').toString('latin1'), 'a\0b\r\n')
  })

  test('in 7 bits too', async () => {
    const { text } = await arrived(`Subject: x\r\n\r\n${word}\r\n`, {}, [])
    assert.ok(text.split('\r\n').every(line => line.length <= 76))
  })

  test('in chunks, too, unless they may hold anything (RFC 3030 3)', async () => {
    const before = `Subject: x\r\n\r\n${word}\r\n`
    assert.notEqual((await arrived(before, {}, ['CHUNKING', '8BITMIME'])).text, before)
    const binary = { parameters: { body: 'BINARYMIME' } } as const
    assert.equal((await arrived(before, binary, ['CHUNKING', 'BINARYMIME', '8BITMIME'])).text, before)
  })
})
