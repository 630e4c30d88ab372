import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { DataWriter } from './data-writer.ts'
import { Receiver } from './receiver.ts'

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

function written(pieces: Iterable<string>): string {
  const writer = new DataWriter()
  let text = ''
  for (const piece of pieces) text += textOf(writer.push(bytesOf(piece)))
  return text + textOf(writer.end())
}

/** What the next hop reads: the message, its faults, and what it takes for commands. */
function readOn(wire: string): readonly string[] {
  const receiver = new Receiver()
  receiver.expectData()
  receiver.push(bytesOf(wire))
  const seen: string[] = []
  let content = ''
  for (let event = receiver.next(); event !== undefined; event = receiver.next()) {
    if (event.kind === 'data') content += textOf(event.bytes)
    else if (event.kind === 'data-end') seen.push(`${event.bareLineEnd ?? 'clean'} message ${content}`)
    else seen.push(`then ${event.kind}`)
  }
  if (receiver.buffered > 0) seen.push(`then ${receiver.buffered} octets`)
  return seen
}

describe('a message as it goes out after DATA: ', () => {
  const table: readonly [message: string, wire: string][] = [
    ['', '.\r\n'],
    ['a\r\n', 'a\r\n.\r\n'],
    ['a', 'a\r\n.\r\n'],
    ['a\r', 'a\r\n.\r\n'],
    ['a\n', 'a\r\n.\r\n'],
    ['\r\n', '\r\n.\r\n'],
    ['.', '..\r\n.\r\n'],
    ['.\r\n', '..\r\n.\r\n'],
    ['..\r\n', '...\r\n.\r\n'],
    ['a.b\r\n', 'a.b\r\n.\r\n'],
    ['a\r\n.b\r\n', 'a\r\n..b\r\n.\r\n'],
    ['a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n.\r\n'],
    ['a\n.\nb', 'a\r\n..\r\nb\r\n.\r\n'],
    ['a\r.\rb', 'a\r\n..\r\nb\r\n.\r\n'],
    ['a\n.\r\nMAIL FROM:<x@y>\r\n', 'a\r\n..\r\nMAIL FROM:<x@y>\r\n.\r\n'],
    ['.\r\n.\r\n.\r\n', '..\r\n..\r\n..\r\n.\r\n'],
  ]
  for (const [message, wire] of table)
    test(JSON.stringify(message), () => {
      assert.equal(written([message]), wire)
      for (let at = 0; at <= message.length; at += 1)
        assert.equal(written([message.slice(0, at), message.slice(at)]), wire, `split at ${at}`)
      assert.equal(written(message), wire, 'octet by octet')
    })
})

test('whatever its octets and its pieces, the next hop reads one clean message, and nothing behind it', () => {
  const random = seededRandom(20260302)
  const below = (limit: number) => (random.bytes(1)[0] ?? 0) % limit
  const alphabet = ['\r', '\n', '.', 'a', '\r\n', '\r\n.', '\r\n.\r\n', '\n.\n', '\0', '\xff', 'QUIT\r\n']
  for (let round = 0; round < 5000; round += 1) {
    const pieces = Array.from({ length: below(6) }, () =>
      Array.from({ length: below(5) }, () => alphabet[below(alphabet.length)]).join(''),
    )
    const clean = pieces.join('').replace(/\r\n|\r|\n/g, '\r\n')
    const whole = /(^|\n)$/.test(clean) ? clean : `${clean}\r\n`
    assert.deepEqual(readOn(written(pieces)), [`clean message ${whole}`], JSON.stringify(pieces))
  }
})

test('what can go as it is, is no copy', () => {
  const writer = new DataWriter()
  const piece = bytesOf('a line\r\nanother.\r\n')
  assert.equal(writer.push(piece), piece)
})
