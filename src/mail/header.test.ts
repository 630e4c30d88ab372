import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1, latin1 } from '#text/bytes.ts'
import { fieldsNamed, firstValue, readHeader } from './header.ts'
import { maxHeaderBytes } from './limits.ts'

const table: readonly (readonly [string, string, readonly (readonly [string, string])[], string])[] = [
  ['nothing at all', '', [], ''],
  ['an empty line first', '\r\nbody', [], 'body'],
  [
    'a body after LF alone',
    'A: 1\nB: 2\n\nbody\n',
    [
      ['A', '1'],
      ['B', '2'],
    ],
    'body\n',
  ],
  [
    'CRLF',
    'A: 1\r\nB:2\r\n\r\nbody',
    [
      ['A', '1'],
      ['B', '2'],
    ],
    'body',
  ],
  [
    'no empty line',
    'A: 1\r\nB: 2',
    [
      ['A', '1'],
      ['B', '2'],
    ],
    '',
  ],
  ['folded lines', 'A: one\r\n two\r\n\tthree\r\n\r\n', [['A', 'one two\tthree']], ''],
  ['a value on the next line', 'A:\r\n one\r\n\r\n', [['A', 'one']], ''],
  [
    'a continuation of white space, which is no empty line',
    'A: 1\r\n \r\nB: 2\r\n\r\nx',
    [
      ['A', '1'],
      ['B', '2'],
    ],
    'x',
  ],
  ['a continuation that continues nothing', ' x\r\nA: 1\r\n\r\n', [['A', '1']], ''],
  ['lines without a colon', 'junk\r\n more: junk\r\nA: 1\r\n\r\nx', [['A', '1']], 'x'],
  ["mbox's first line", 'From a@b Mon Nov 23 09:15:00 2026\nFrom: a@b\n\nx', [['From', 'a@b']], 'x'],
  [
    'a fold before the colon',
    'A\r\n : 1\r\nB\r\nC : 2\r\n\r\n',
    [
      ['A', '1'],
      ['C', '2'],
    ],
    '',
  ],
  [
    'white space before the colon',
    'A : 1\r\nB\t: 2\r\n\r\n',
    [
      ['A', '1'],
      ['B', '2'],
    ],
    '',
  ],
  ['names that are none', ': 1\r\nA B: 2\r\nC\xe9: 3\r\nD\0: 4\r\nE: 5\r\n\r\n', [['E', '5']], ''],
  ['NUL and bare CR in values', 'A: a\0b\rc\r\r\n d\r\r\n\r\n', [['A', 'abc d']], ''],
  ['a bare CR that is no empty line', 'A: 1\r\n\rB: 2\r\n\r\nx', [['A', '1']], 'x'],
  [
    '8-bit values, with the octet of U+00A0',
    'A: \xc3\xa0\r\nB: \xa0x\xa0\r\n\r\n',
    [
      ['A', '\xc3\xa0'],
      ['B', '\xa0x\xa0'],
    ],
    '',
  ],
  [
    'empty values',
    'A:\r\nB: \t\r\n\r\n',
    [
      ['A', ''],
      ['B', ''],
    ],
    '',
  ],
]

for (const [what, text, fields, body] of table) {
  test(`header with ${what}`, () => {
    const header = readHeader(fromLatin1(text))
    assert.deepEqual(
      header.fields.map(field => [field.name, field.value]),
      fields,
    )
    assert.equal(text.slice(header.end), body)
  })
}

test('the places of fields are whole lines', () => {
  const text = 'From x\r\nA: 1\r\n 2\r\njunk\r\nB: 3\r\n\r\nbody'
  const { fields } = readHeader(fromLatin1(text))
  assert.deepEqual(
    fields.map(field => text.slice(field.start, field.end)),
    ['A: 1\r\n 2\r\n', 'B: 3\r\n'],
  )
})

test('names are found in any case', () => {
  const header = readHeader(fromLatin1('To: a\r\nSubject: s\r\nTO: b\r\n\r\n'))
  assert.deepEqual(
    fieldsNamed(header, 'to').map(field => field.value),
    ['a', 'b'],
  )
  assert.equal(firstValue(header, 'to'), 'a')
  assert.equal(firstValue(header, 'cc'), undefined)
  assert.deepEqual(fieldsNamed(header, 'cc'), [])
})

test('a header ends before the line that passes the limit', () => {
  const line = `X: ${'x'.repeat(995)}\r\n`
  const bytes = fromLatin1(line.repeat(1100))
  const header = readHeader(bytes)
  assert.equal(header.end, Math.floor(maxHeaderBytes / 1000) * 1000)
  assert.equal(header.fields.length, 1048)
  assert.equal(latin1(bytes, header.end, header.end + 2), 'X:')
})

test('a header ends at its first empty line, whatever stands around it', () => {
  let state = 9051
  const random = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  for (let round = 0; round < 5_000; round += 1) {
    const text = Array.from({ length: random(12) }, () => ['A: 1', '\n', '\r\n', '\r', 'x'][random(5)]).join('')
    const line = /(?:^|\n)(\r?\n)/.exec(text)
    const end = line === null ? text.length : line.index + line[0].length
    assert.equal(readHeader(fromLatin1(text)).end, end, JSON.stringify(text))
  }
})
