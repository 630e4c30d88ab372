import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromLatin1, latin1 } from '#text/bytes.ts'
import { readHeader } from './header.ts'
import { HeaderFilter, type Unwanted } from './header-filter.ts'

const unwanted: Unwanted = (name, value) => name === 'bad' || (name === 'mark' && value().startsWith('ours'))

function filtered(pieces: readonly Uint8Array[], isUnwanted = unwanted): { text: string; removed: number } {
  const filter = new HeaderFilter(isUnwanted)
  const text = pieces.map(piece => latin1(filter.push(piece))).join('') + latin1(filter.end())
  return { text, removed: filter.removed }
}

/** The whole header at once, by the fields that header.ts sees. */
function model(message: string): string {
  let left = ''
  let at = 0
  for (const { name, value, start, end } of readHeader(fromLatin1(message)).fields) {
    if (unwanted(name.toLowerCase(), () => value)) {
      left += message.slice(at, start)
      at = end
    }
  }
  return left + message.slice(at)
}

const long = 'x'.repeat(5_000)

describe('fields are dropped whole', () => {
  const table: readonly [name: string, message: string, wanted: string][] = [
    ['the only one', 'Bad: 1\r\n\r\nBad: body\r\n', '\r\nBad: body\r\n'],
    ['first, between and last', 'Bad: 1\r\nA: b\r\nBAD: 2\r\nC: d\r\nbad:3\r\n\r\nx', 'A: b\r\nC: d\r\n\r\nx'],
    ['with their folds', 'A: b\r\nBad: 1\r\n 2\r\n\t3\r\nC: d\r\n e\r\n\r\nx', 'A: b\r\nC: d\r\n e\r\n\r\nx'],
    ['with white space before the colon', 'Bad \t: 1\r\nA: b\r\n\r\n', 'A: b\r\n\r\n'],
    ['with a fold before the colon', 'Bad\r\n : 1\r\nBad \r\n\t\r\n :2\r\n 3\r\nA: b\r\n\r\n', 'A: b\r\n\r\n'],
    ['by their value', 'Mark: ours; x\r\nMark: theirs\r\n\r\n', 'Mark: theirs\r\n\r\n'],
    ['by a value that is folded', 'Mark:\r\n  \r\n ours; x\r\nA: b\r\n\r\n', 'A: b\r\n\r\n'],
    ['in a message that ends in its header', 'A: b\r\nBad: 1', 'A: b\r\n'],
    ['in a message that ends within a name', 'A: b\r\nBad', 'A: b\r\nBad'],
    ['in a message that ends within a value', 'Mark: ou', 'Mark: ou'],
    ['but no others', 'Bad-Thing: 1\r\nA: Bad: 1\r\n Bad: 2\r\n\r\n', 'Bad-Thing: 1\r\nA: Bad: 1\r\n Bad: 2\r\n\r\n'],
    ['but not lines that are no fields', 'Bad line\r\n: Bad\r\n\r\n', 'Bad line\r\n: Bad\r\n\r\n'],
    ['but not of an empty header', '\r\nBad: 1\r\n', '\r\nBad: 1\r\n'],
    ['but not after a CR that ends no line', '\rBad: 1\r\nA: b\r\n\r\n', '\rBad: 1\r\nA: b\r\n\r\n'],
    ['however long they are', `Bad: ${long}\r\n ${long}\r\nA: ${long}\r\n\r\n`, `A: ${long}\r\n\r\n`],
    ['with a value beyond what is looked at', `Mark: ours${long}\r\nMark: ${long}\r\n\r\n`, `Mark: ${long}\r\n\r\n`],
    ['or stand, when their name is longer than any', `${long}: Bad\r\nBad: 1\r\n\r\n`, `${long}: Bad\r\n\r\n`],
  ]
  for (const [name, message, wanted] of table) {
    test(name, () => {
      const bytes = fromLatin1(message)
      assert.equal(filtered([bytes]).text, wanted)
      const step = bytes.length > 1_000 ? 61 : 1
      for (let at = 0; at <= bytes.length; at += step)
        assert.equal(filtered([bytes.subarray(0, at), bytes.subarray(at)]).text, wanted, `split at ${at}`)
      assert.equal(filtered(Array.from(bytes, octet => Uint8Array.of(octet))).text, wanted, 'an octet at a time')
    })
  }
})

test('any header, cut anywhere, loses what the whole header would lose', () => {
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((seed / 2 ** 31) * below)
  }
  const fragments = [
    'Bad:',
    'Mark:',
    'ours',
    ' ',
    '\t',
    '\r\n',
    '\n',
    '\r',
    'A',
    ':',
    'bad',
    '\r\n ',
    '\r\n\r\n',
    'MARK : ours',
  ]
  for (let round = 0; round < 3_000; round += 1) {
    const message = Array.from({ length: 1 + random(12) }, () => fragments[random(fragments.length)]).join('')
    const bytes = fromLatin1(message)
    const cuts = [random(bytes.length + 1), random(bytes.length + 1)].sort((a, b) => a - b)
    const [one = 0, two = 0] = cuts
    const pieces = [bytes.subarray(0, one), bytes.subarray(one, two), bytes.subarray(two)]
    assert.equal(filtered(pieces).text, model(message), JSON.stringify([message, cuts]))
  }
})

test('nothing is copied of a message that loses nothing, nor of a body', () => {
  const filter = new HeaderFilter(unwanted)
  const first = fromLatin1('A: b\r\nMark: theirs\r\n\r\nBad: body')
  const second = fromLatin1('Bad: body\r\n')
  const passed = filter.push(first)
  assert.equal(passed.buffer, first.buffer)
  assert.equal(passed.length, first.length)
  assert.equal(filter.push(second), second)
  assert.equal(filter.end().length, 0)
  assert.equal(filter.removed, 0)
})

test('no more than the beginning of a field is held back', () => {
  const filter = new HeaderFilter(unwanted)
  let held = 0
  let most = 0
  for (const octet of fromLatin1(`Mark: ${long}${long}\r\nA: b\r\n\r\n`)) {
    held += 1 - filter.push(Uint8Array.of(octet)).length
    most = Math.max(most, held)
  }
  assert.equal(held, 0)
  assert.ok(most <= 4_096, `${most} octets were held`)
})

test('the fields that went are counted', () => {
  assert.equal(filtered([fromLatin1('Bad: 1\r\nA: b\r\nBad: 2\r\n 3\r\nMark: ours\r\n\r\nBad: 4')]).removed, 3)
})
