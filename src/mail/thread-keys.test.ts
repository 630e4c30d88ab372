import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromLatin1 } from '#text/bytes.ts'
import { readHeader } from './header.ts'
import { maxReferences } from './limits.ts'
import { baseSubject, threadIds, threadKeys } from './thread-keys.ts'

const subjects: readonly (readonly [string, string])[] = [
  ['', ''],
  ['Tea', 'Tea'],
  ['  Tea \t at   four ', 'Tea at four'],
  ['Re: Tea', 'Tea'],
  ['RE:Tea', 'Tea'],
  ['re : Tea', 'Tea'],
  ['Fw: Tea', 'Tea'],
  ['Fwd: Re: FW: Tea', 'Tea'],
  ['Re[2]: Tea', 'Tea'],
  ['[list] Tea', 'Tea'],
  ['[list] Re: Tea', 'Tea'],
  ['Re: [list] Tea', 'Tea'],
  ['[a] [b] Re: [c] Tea', 'Tea'],
  ['[list]', '[list]'],
  ['Re: [list]', '[list]'],
  ['Tea (fwd)', 'Tea'],
  ['Tea (FWD) (fwd)  ', 'Tea'],
  ['[Fwd: Re: Tea]', 'Tea'],
  ['[fwd: [Fwd: Tea (fwd)]]', 'Tea'],
  ['Re:', ''],
  ['Reply: Tea', 'Reply: Tea'],
  ['Tea re: milk', 'Tea re: milk'],
  ['[open Tea', '[open Tea'],
]

for (const [subject, wanted] of subjects) {
  test(`base subject of ${JSON.stringify(subject)}`, () => {
    assert.equal(baseSubject(subject), wanted)
  })
}

function keys(...lines: readonly string[]) {
  return threadKeys(fromLatin1(`${lines.join('\r\n')}\r\n\r\nbody <not@this>`))
}

test('a message with nothing has empty keys', () => {
  assert.deepEqual(keys('From: a'), { messageId: undefined, references: [], baseSubject: '' })
})

test('ids come without brackets, references in order and once', () => {
  assert.deepEqual(
    keys(
      'Message-ID: <4@x>',
      'References: <1@x> <2@x>\r\n\t<1@x>, junk <3@x>',
      'In-Reply-To: <9@x>',
      'Subject: Re: T\xfcr',
    ),
    { messageId: '4@x', references: ['1@x', '2@x', '3@x'], baseSubject: 'tur' },
  )
})

test('for threading an id stands as often as it is written', () => {
  const header = readHeader(fromLatin1('References: <1@x> <2@x> <> <1@x>\r\n\r\n'))
  assert.deepEqual(threadIds(header), { messageId: undefined, references: ['1@x', '2@x', '1@x'] })
})

test('quotes that need not be there make no other id', () => {
  const header = 'Message-ID: <"01KF8JCEOCBS0045PS"@x.test>\r\nReferences: <"a\\"b"@x> <"c@x>\r\n\r\n'
  const { messageId, references } = threadKeys(fromLatin1(header))
  assert.equal(messageId, '01KF8JCEOCBS0045PS@x.test')
  assert.deepEqual(references, ['a"b@x', '"c@x'])
})

test('In-Reply-To stands in for References with its first id', () => {
  assert.deepEqual(keys('In-Reply-To: your message <1@x> of Monday <2@x>').references, ['1@x'])
  assert.deepEqual(keys('References:', 'In-Reply-To: bare@x').references, ['bare@x'])
})

test('equal subjects fold alike', () => {
  assert.equal(keys('Subject: =?utf-8?Q?Re:_CAF=C3=89?=').baseSubject, keys('Subject: [l] caf\xe9 (fwd)').baseSubject)
})

test('the newest references are kept', () => {
  const ids = Array.from({ length: maxReferences + 3 }, (_, index) => `<${index}@x>`).join(' ')
  const { references } = keys(`References: ${ids}`)
  assert.equal(references.length, maxReferences)
  assert.equal(references.at(-1), `${maxReferences + 2}@x`)
})
