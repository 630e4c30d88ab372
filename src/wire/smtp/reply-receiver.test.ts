import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { peerReplyLineOctets, peerReplyOctets } from './limits.ts'
import { type PeerReply, ReplyError, ReplyReceiver, replyLine } from './reply-receiver.ts'

function repliesIn(text: string, pieceOctets = text.length): readonly PeerReply[] {
  const receiver = new ReplyReceiver()
  const replies: PeerReply[] = []
  for (let at = 0; at < text.length; at += pieceOctets) {
    receiver.push(Buffer.from(text.slice(at, at + pieceOctets), 'latin1'))
    for (let reply = receiver.next(); reply !== undefined; reply = receiver.next()) replies.push(reply)
  }
  return replies
}

/** Code, enhanced code, lines. */
const table: readonly (readonly [string, readonly (readonly [number, string | undefined, ...string[]])[]])[] = [
  ['250 ok\r\n', [[250, undefined, 'ok']]],
  ['250\r\n', [[250, undefined, '']]],
  ['250 \r\n', [[250, undefined, '']]],
  ['550 5.1.1 no such user\r\n', [[550, '5.1.1', 'no such user']]],
  ['550 5.1.1\r\n', [[550, '5.1.1', '']]],
  [
    '250 2.1.0 ok\r\n250 2.1.5 ok\r\n',
    [
      [250, '2.1.0', 'ok'],
      [250, '2.1.5', 'ok'],
    ],
  ],
  ['250-2.0.0 a\r\n250-2.0.0 b\r\n250 2.0.0 c\r\n', [[250, '2.0.0', 'a', 'b', 'c']]],
  ['250-a\r\n250-b\r\n250 c\r\n', [[250, undefined, 'a', 'b', 'c']]],
  // Only the first line has it.
  ['550-5.7.1 a\r\n550 b\r\n', [[550, '5.7.1', 'a', 'b']]],
  // The codes differ: the last one counts.
  ['250-a\r\n550 b\r\n', [[550, undefined, 'a', 'b']]],
  // Of another class than the code: a word of the text.
  ['250 5.7.1 ok\r\n', [[250, undefined, '5.7.1 ok']]],
  ['220 2.0.0.1 ok\r\n', [[220, undefined, '2.0.0.1 ok']]],
  ['550 5.1.1234 ok\r\n', [[550, undefined, '5.1.1234 ok']]],
  ['250 ok\n', [[250, undefined, 'ok']]],
  ['250-a\n250 b\n', [[250, undefined, 'a', 'b']]],
  ['550 Gr\xc3\xbc\xc3\x9fe\r\n', [[550, undefined, 'Grüße']]],
  ['550 \xe9\r\n', [[550, undefined, '\ufffd']]],
  ['550 a\x1b[2Jb\0c\rd\r\n', [[550, undefined, 'a?[2Jb?c?d']]],
  [
    `550 ${'x'.repeat(10_000)}\r\n250 ok\r\n`,
    [
      [550, undefined, 'x'.repeat(peerReplyLineOctets - 4)],
      [250, undefined, 'ok'],
    ],
  ],
]

describe('replies, at every split of the input', () => {
  for (const [text, wanted] of table)
    test(JSON.stringify(text.slice(0, 60)), () => {
      for (const pieceOctets of [1, 2, 3, 5, 7, text.length]) {
        const read = repliesIn(text, pieceOctets).map(({ code, enhanced, lines }) => [code, enhanced, ...lines])
        assert.deepEqual(read, wanted)
      }
    })
})

describe('what is no reply', () => {
  const bad = [
    'hello\r\n',
    '\r\n',
    '25 ok\r\n',
    '2500 ok\r\n',
    '250_ok\r\n',
    '150 ok\r\n',
    '650 ok\r\n',
    ' 250 ok\r\n',
    'HTTP/1.1 400 Bad Request\r\n',
    '250-a\r\n'.repeat(501),
    '250-'.padEnd(peerReplyOctets + 1, 'x'),
    `${`250-${'x'.repeat(1000)}\r\n`.repeat(40)}250 ok\r\n`,
  ]
  for (const text of bad)
    test(JSON.stringify(text.slice(0, 40)), () => {
      assert.throws(() => repliesIn(text), ReplyError)
      assert.throws(() => repliesIn(text, 100), ReplyError)
    })

  test('what came whole before it can be taken, and it stays broken', () => {
    const receiver = new ReplyReceiver()
    assert.throws(() => receiver.push(Buffer.from('250 ok\r\nwhat\r\n250 ok\r\n')), ReplyError)
    assert.equal(receiver.next()?.code, 250)
    assert.equal(receiver.next(), undefined)
    assert.throws(() => receiver.push(Buffer.from('250 ok\r\n')), ReplyError)
  })
})

test('whether more came than was asked for', () => {
  const receiver = new ReplyReceiver()
  assert.equal(receiver.hasMore, false)
  receiver.push(Buffer.from('250 ok\r\n2'))
  assert.equal(receiver.hasMore, true)
  receiver.next()
  assert.equal(receiver.hasMore, true)
  assert.equal(receiver.unfinished, '2')
  receiver.push(Buffer.from('50-x\r\n'))
  assert.equal(receiver.unfinished, '250-x')
  receiver.push(Buffer.from('250 ok\r\n'))
  receiver.next()
  assert.equal(receiver.hasMore, false)
})

test('a reply in one line', () => {
  const [reply] = repliesIn('550-5.1.1 a\r\n550-5.1.1 \r\n550 5.1.1 b\r\n')
  assert.ok(reply)
  assert.equal(replyLine(reply), '550 5.1.1 a b')
})
