import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { LineEndMender, LineEnds } from './line-ends.ts'

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'))
const textOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1')

function told(pieces: Iterable<string>): string {
  const lineEnds = new LineEnds()
  for (const piece of pieces) lineEnds.push(bytesOf(piece))
  return `${lineEnds.bareLineEnd ?? 'clean'}${lineEnds.endsInCrlf ? '' : ' open'}`
}

function mended(pieces: Iterable<string>): string {
  const mender = new LineEndMender()
  let text = ''
  for (const piece of pieces) text += textOf(mender.push(bytesOf(piece)))
  return text + textOf(mender.end())
}

const long = 'x'.repeat(100)

const table: readonly [message: string, told: string, mended: string][] = [
  ['', 'clean', ''],
  ['\r\n', 'clean', '\r\n'],
  ['a\r\nb\r\n', 'clean', 'a\r\nb\r\n'],
  ['a', 'clean open', 'a\r\n'],
  ['a\r\nb', 'clean open', 'a\r\nb\r\n'],
  ['a\n', 'LF open', 'a\r\n'],
  ['a\r', 'CR open', 'a\r\n'],
  ['\n', 'LF open', '\r\n'],
  ['\r', 'CR open', '\r\n'],
  ['a\nb\r\n', 'LF', 'a\r\nb\r\n'],
  ['a\rb\r\n', 'CR', 'a\r\nb\r\n'],
  ['a\r\r\n', 'CR', 'a\r\n\r\n'],
  ['a\n\r\n', 'LF', 'a\r\n\r\n'],
  ['a\n\rb\r\n', 'LF', 'a\r\n\r\nb\r\n'],
  ['a\r\n\n', 'LF open', 'a\r\n\r\n'],
  ['a\r\n\r', 'CR open', 'a\r\n\r\n'],
  ['a\rb\nc\r\n', 'CR', 'a\r\nb\r\nc\r\n'],
  [`${long}\r\n${long}\r\n`, 'clean', `${long}\r\n${long}\r\n`],
  [`${long}\r\n${long}\n${long}\r\n`, 'LF', `${long}\r\n${long}\r\n${long}\r\n`],
  [`${long}\r${long}\r\n`, 'CR', `${long}\r\n${long}\r\n`],
  [`${long}\r\n${long}`, 'clean open', `${long}\r\n${long}\r\n`],
]

describe('line ends of a message, whole and split at every place: ', () => {
  for (const [message, wantedTold, wantedMended] of table) {
    test(JSON.stringify(message.replaceAll(long, '…')), () => {
      assert.equal(told([message]), wantedTold)
      assert.equal(mended([message]), wantedMended)
      for (let at = 0; at <= message.length; at += 1) {
        const pieces = [message.slice(0, at), message.slice(at)]
        assert.equal(told(pieces), wantedTold, `split at ${at}`)
        assert.equal(mended(pieces), wantedMended, `split at ${at}`)
      }
      assert.equal(told(message), wantedTold, 'octet by octet')
      assert.equal(mended(message), wantedMended, 'octet by octet')
    })
  }
})

test('random messages in random pieces are told and mended as regular expressions do it', () => {
  const random = seededRandom(20260301)
  const below = (limit: number) => (random.bytes(1)[0] ?? 0) % limit
  const alphabet = ['\r', '\n', 'a', '\r\n', 'b\r\n', 'x'.repeat(60)]
  for (let round = 0; round < 3000; round += 1) {
    const pieces = Array.from({ length: below(6) }, () =>
      Array.from({ length: below(5) }, () => alphabet[below(alphabet.length)]).join(''),
    )
    const message = pieces.join('')
    const bare = /\r(?!\n)|(?<!\r)\n/.exec(message)?.[0]
    const name = bare === undefined ? 'clean' : bare === '\r' ? 'CR' : 'LF'
    assert.equal(told(pieces), name + (/(^|\r\n)$/.test(message) ? '' : ' open'), JSON.stringify(pieces))
    const clean = message.replace(/\r\n|\r|\n/g, '\r\n')
    assert.equal(mended(pieces), /(^|\n)$/.test(clean) ? clean : `${clean}\r\n`, JSON.stringify(pieces))
  }
})

test('what needs no mending is handed on as it is', () => {
  const mender = new LineEndMender()
  for (const piece of ['a line\r\nanother\r', '\nand a third\r\n'].map(bytesOf)) assert.equal(mender.push(piece), piece)
})
