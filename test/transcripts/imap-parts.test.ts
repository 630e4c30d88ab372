// As many parts and as deep as is read (mail/limits.ts), and one beyond: what lies there is text, in every item that FETCH and SEARCH have.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { maxPartDepth, maxParts } from '#mail/limits.ts'
import { imapPlace } from './imap/place.ts'

/** What the session says to `commands`, given one message in INBOX. */
async function answers(message: string, commands: readonly string[]): Promise<readonly string[]> {
  await using place = await imapPlace()
  await place.actions?.deliver?.(`alice ${message}`)
  const client = await place.prepared('x LOGIN alice secret', 'x SELECT INBOX')
  const said: string[] = []
  for (const command of commands) {
    client.send(`a ${command}\r\n`)
    const answer = await client.receiveUntil(text => /^a (OK|NO|BAD) .*\r\n/m.test(text))
    said.push(answer.slice(0, answer.lastIndexOf('a OK Done\r\n')))
  }
  return said
}

/** Multiparts within each other, each with one part; the last one's is `bottom`. */
function nested(depth: number, bottom: string): string {
  const heads = Array.from({ length: depth }, (_, at) => {
    const type = `Content-Type: multipart/mixed; boundary=b${at}.\r\n\r\n`
    return `${type}--b${at}.\r\n`
  })
  return `${heads.join('')}${bottom}`
}

function messages(depth: number, bottom: string): string {
  return `${'Content-Type: message/rfc822\r\n\r\n'.repeat(depth)}${bottom}`
}

function ones(count: number): string {
  return new Array(count).fill('1').join('.')
}

function count(text: string, wanted: string): number {
  return text.split(wanted).length - 1
}

const bottom = '\r\nbottom\r\n'

test('100 levels and 10,000 parts are read', () => {
  assert.deepEqual([maxPartDepth, maxParts], [100, 10_000])
})

test('a part at the greatest depth is a part', async () => {
  const depth = maxPartDepth - 1
  const path = ones(depth)
  const [structure = '', body, beyond, size, found] = await answers(nested(depth, bottom), [
    'FETCH 1 BODYSTRUCTURE',
    `FETCH 1 BODY.PEEK[${path}]`,
    `FETCH 1 BODY.PEEK[${path}.1]`,
    `FETCH 1 BINARY.SIZE[${path}]`,
    'SEARCH BODY bottom',
  ])
  assert.equal(count(structure, '"mixed"'), depth)
  assert.equal(count(structure, '"text" "plain"'), 1)
  assert.equal(body, `* 1 FETCH (BODY[${path}] {8}\r\nbottom\r\n)\r\n`)
  assert.equal(beyond, `* 1 FETCH (BODY[${path}.1] NIL)\r\n`)
  assert.equal(size, `* 1 FETCH (BINARY.SIZE[${path}] 8)\r\n`)
  assert.equal(found, '* SEARCH 1\r\n')
})

test('a multipart at the greatest depth is text, with all that is in it', async () => {
  const path = ones(maxPartDepth - 1)
  const rest = `--b${maxPartDepth - 1}.\r\n${bottom}`
  const [structure = '', body, mime, beyond, size, found] = await answers(nested(maxPartDepth, bottom), [
    'FETCH 1 BODYSTRUCTURE',
    `FETCH 1 BODY.PEEK[${path}]`,
    `FETCH 1 BODY.PEEK[${path}.MIME]`,
    `FETCH 1 BODY.PEEK[${path}.1]`,
    `FETCH 1 BINARY.SIZE[${path}]`,
    'SEARCH BODY bottom',
  ])
  assert.equal(count(structure, '"mixed"'), maxPartDepth - 1)
  assert.equal(count(structure, '"text" "plain"'), 1)
  assert.equal(body, `* 1 FETCH (BODY[${path}] {${rest.length}}\r\n${rest})\r\n`)
  assert.match(mime ?? '', /multipart\/mixed/)
  assert.equal(beyond, `* 1 FETCH (BODY[${path}.1] NIL)\r\n`)
  assert.equal(size, `* 1 FETCH (BINARY.SIZE[${path}] ${rest.length})\r\n`)
  assert.equal(found, '* SEARCH 1\r\n')
})

test('messages within messages: one at the greatest depth is text, its header too', async () => {
  const last = 'Subject: last\r\n\r\nbottom\r\n'
  for (const [depth, subjects, innermost] of [
    [maxPartDepth - 2, 1, 'bottom\r\n'],
    [maxPartDepth - 1, 1, 'bottom\r\n'],
    [maxPartDepth, 0, last],
  ] as const) {
    const path = ones(Math.min(depth + 1, maxPartDepth))
    const [structure = '', text, beyond, found] = await answers(messages(depth, last), [
      'FETCH 1 BODYSTRUCTURE',
      `FETCH 1 BODY.PEEK[${path}]`,
      `FETCH 1 BODY.PEEK[${path}.1]`,
      'SEARCH BODY bottom',
    ])
    assert.equal(count(structure, '"rfc822"'), Math.min(depth, maxPartDepth - 1))
    assert.equal(count(structure, '"last"'), subjects)
    assert.equal(text, `* 1 FETCH (BODY[${path}] {${innermost.length}}\r\n${innermost})\r\n`)
    assert.equal(beyond, `* 1 FETCH (BODY[${path}.1] NIL)\r\n`)
    assert.equal(found, '* SEARCH 1\r\n')
  }
})

test('below as many parts as are read each ends where it ends; the last one that is read takes what is left', async () => {
  for (const [parts, octets] of [
    [maxParts - 2, 'x'],
    [maxParts - 1, 'x\r\n--b--\r\n'],
  ] as const) {
    const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${'--b\r\n\r\nx\r\n'.repeat(parts)}--b--\r\n`
    const [structure = '', body, beyond] = await answers(message, [
      'FETCH 1 BODYSTRUCTURE',
      `FETCH 1 BODY.PEEK[${parts}]`,
      `FETCH 1 BODY.PEEK[${parts + 1}]`,
    ])
    assert.equal(count(structure, '"text" "plain"'), parts)
    assert.equal(body, `* 1 FETCH (BODY[${parts}] {${octets.length}}\r\n${octets})\r\n`)
    assert.equal(beyond, `* 1 FETCH (BODY[${parts + 1}] NIL)\r\n`)
  }
})

test('one part more is text of the last one', async () => {
  const last = maxParts - 1
  const parts = '--b\r\n\r\nx\r\n'.repeat(last)
  const rest = 'x\r\n--b\r\n\r\nbeyond\r\n--b--\r\n'
  const message = `Content-Type: multipart/mixed; boundary=b\r\n\r\n${parts}--b\r\n\r\nbeyond\r\n--b--\r\n`
  const [structure = '', body, beyond, found, none, numbers] = await answers(message, [
    'FETCH 1 BODYSTRUCTURE',
    `FETCH 1 BODY.PEEK[${last}]`,
    `FETCH 1 (BODY.PEEK[${last + 1}] BODY.PEEK[${last + 1}.MIME])`,
    'SEARCH BODY beyond',
    'SEARCH BODY nowhere',
    'FETCH 1 (BODY.PEEK[4294967295] BODY.PEEK[1])',
  ])
  assert.equal(count(structure, '"text" "plain"'), last)
  assert.equal(body, `* 1 FETCH (BODY[${last}] {${rest.length}}\r\n${rest})\r\n`)
  assert.equal(beyond, `* 1 FETCH (BODY[${last + 1}] NIL BODY[${last + 1}.MIME] NIL)\r\n`)
  assert.equal(found, '* SEARCH 1\r\n')
  assert.equal(none, '* SEARCH\r\n')
  assert.equal(numbers, '* 1 FETCH (BODY[4294967295] NIL BODY[1] {1}\r\nx)\r\n')
})
