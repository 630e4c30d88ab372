import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finish } from '#base/merge-sort.ts'
import { everyNode, type ThreadedMessage, type ThreadNode } from './thread.ts'
import { threadByReferences } from './thread-by-references.ts'
import { readSubject } from './thread-keys.ts'
import { threadBySubject } from './thread-subjects.ts'

type Written = readonly [id: string, references: string, subject?: string | undefined, sentMs?: number]

/** Messages by their place; without a date as old as their place. */
function messages(written: readonly Written[]): ThreadedMessage[] {
  return written.map(([id, references, subject = '', sentMs], place) => {
    const { base, isReply } = readSubject(subject)
    return {
      place,
      sentMs: sentMs ?? place,
      messageId: id === '' ? undefined : id,
      references: references === '' ? [] : references.split(' '),
      baseSubject: base.toUpperCase(),
      isReply,
    }
  })
}

/** `1(2 3)`: number, children in parentheses; `_` is a gap. */
function shown(nodes: readonly ThreadNode[]): string {
  return nodes
    .map(({ message, children }) => {
      const name = message === undefined ? '_' : String(message.place + 1)
      return children.length === 0 ? name : `${name}(${shown(children)})`
    })
    .join(' ')
}

const byReferences: readonly (readonly [string, readonly Written[], string])[] = [
  ['nothing', [], ''],
  [
    'strangers',
    [
      ['a', ''],
      ['b', ''],
    ],
    '1 2',
  ],
  [
    'an answer',
    [
      ['a', ''],
      ['b', 'a'],
    ],
    '1(2)',
  ],
  [
    'an answer that came first',
    [
      ['b', 'a'],
      ['a', ''],
    ],
    '2(1)',
  ],
  [
    'a chain of References',
    [
      ['a', ''],
      ['c', 'a b'],
      ['b', 'a'],
    ],
    '1(3(2))',
  ],
  [
    'two answers',
    [
      ['a', ''],
      ['b', 'a'],
      ['c', 'a'],
    ],
    '1(2 3)',
  ],
  ['a missing original with one answer', [['b', 'a']], '1'],
  [
    'a missing original with two answers',
    [
      ['b', 'a'],
      ['c', 'a'],
    ],
    '_(1 2)',
  ],
  [
    'a gap within',
    [
      ['a', ''],
      ['c', 'a b'],
      ['d', 'a b'],
    ],
    '1(2 3)',
  ],
  [
    'gaps upon gaps',
    [
      ['d', 'a b c'],
      ['e', 'a b c'],
    ],
    '_(1 2)',
  ],
  ['itself', [['a', 'a']], '1'],
  [
    'a circle of two',
    [
      ['a', 'b'],
      ['b', 'a'],
    ],
    '2(1)',
  ],
  [
    'a circle of three',
    [
      ['a', 'c'],
      ['b', 'a'],
      ['c', 'b'],
    ],
    '3(1(2))',
  ],
  [
    'an id twice',
    [
      ['a', ''],
      ['a', ''],
      ['b', 'a'],
    ],
    '1(3) 2',
  ],
  [
    'no id',
    [
      ['', ''],
      ['', ''],
    ],
    '1 2',
  ],
  [
    'one that says to answer nothing, known otherwise before',
    [
      ['c', 'a b'],
      ['a', ''],
      ['b', ''],
    ],
    '2 3(1)',
  ],
  [
    'one that says to answer nothing, known otherwise after',
    [
      ['a', ''],
      ['b', ''],
      ['c', 'a b'],
    ],
    '1(2(3))',
  ],
  [
    'the last reference is the parent, though it stands before others too',
    [
      ['a', ''],
      ['b', ''],
      ['c', 'a b a'],
    ],
    '1(2 3)',
  ],
  [
    'its own References count more than others',
    [
      ['a', ''],
      ['x', ''],
      ['c', 'a b'],
      ['b', 'x'],
    ],
    '1 2(4(3))',
  ],
  [
    'by date',
    [
      ['a', '', '', 5],
      ['b', 'a', '', 9],
      ['c', 'a', '', 7],
      ['d', '', '', 3],
    ],
    '4 1(3 2)',
  ],
  [
    'a gap is as old as its first child',
    [
      ['b', 'a', '', 5],
      ['c', 'a', '', 3],
      ['d', '', '', 4],
    ],
    '_(2 1) 3',
  ],
  [
    'equal dates by place',
    [
      ['a', '', '', 1],
      ['b', '', '', 1],
      ['c', 'a', '', 0],
      ['d', 'a', '', 0],
    ],
    '1(3 4) 2',
  ],
  [
    'a reply below the original of its subject',
    [
      ['a', '', 'x'],
      ['b', '', 'Re: x'],
    ],
    '1(2)',
  ],
  [
    'an original above the replies that came first',
    [
      ['b', '', 'Re: x'],
      ['a', '', 'x'],
    ],
    '2(1)',
  ],
  [
    'two replies',
    [
      ['a', '', 'Re: x'],
      ['b', '', 'Fwd: x'],
    ],
    '_(1 2)',
  ],
  [
    'two originals of a subject',
    [
      ['a', '', 'x'],
      ['b', '', 'x'],
    ],
    '_(1 2)',
  ],
  [
    'three originals of a subject',
    [
      ['a', '', 'x'],
      ['b', '', 'x'],
      ['c', '', 'x'],
    ],
    '_(1 2 3)',
  ],
  [
    'a gap of the subject takes all',
    [
      ['b', 'a', 'x'],
      ['c', 'a', 'y'],
      ['d', '', 'Re: x'],
    ],
    '_(1 2 3)',
  ],
  [
    'two gaps of a subject',
    [
      ['b', 'a', 'x'],
      ['c', 'a', 'y'],
      ['e', 'd', 'x'],
      ['f', 'd', 'z'],
    ],
    '_(1 2 3 4)',
  ],
  [
    'no subject joins nothing',
    [
      ['a', '', ''],
      ['b', '', 'Re:'],
    ],
    '1 2',
  ],
  [
    'the original keeps its answers under a gap',
    [
      ['a', '', 'x'],
      ['b', 'a', 'y'],
      ['c', '', 'x'],
    ],
    '_(1(2) 3)',
  ],
]
for (const [name, written, wanted] of byReferences) {
  test(`REFERENCES: ${name}`, () => assert.equal(shown(finish(threadByReferences(messages(written)))), wanted))
}

const bySubject: readonly (readonly [string, readonly Written[], string])[] = [
  ['nothing', [], ''],
  ['one', [['a', '', 'x']], '1'],
  [
    'two of one',
    [
      ['a', '', 'x'],
      ['b', '', 'Re: x'],
    ],
    '1(2)',
  ],
  [
    'three of one',
    [
      ['a', '', 'x'],
      ['b', '', 'Re: x'],
      ['c', '', '[list] X (fwd)'],
    ],
    '1(2 3)',
  ],
  [
    'the earliest first',
    [
      ['a', '', 'x', 9],
      ['b', '', 'y', 5],
      ['c', '', 'x', 3],
    ],
    '3(1) 2',
  ],
  [
    'no subject is one too',
    [
      ['a', '', ''],
      ['b', '', 'Re:'],
    ],
    '1(2)',
  ],
]
for (const [name, written, wanted] of bySubject) {
  test(`ORDEREDSUBJECT: ${name}`, () => assert.equal(shown(finish(threadBySubject(messages(written)))), wanted))
}

const replies: readonly (readonly [string, string, boolean])[] = [
  ['x', 'x', false],
  ['Re: x', 'x', true],
  ['re[2]: x', 'x', true],
  ['[list] Fwd: x', 'x', true],
  ['[list] x', 'x', false],
  ['x (fwd)', 'x', true],
  ['[Fwd: x]', 'x', true],
  ['Rex: x', 'Rex: x', false],
]
for (const [subject, base, isReply] of replies) {
  test(`the subject ${subject}`, () => assert.deepEqual(readSubject(subject), { base, isReply }))
}

test('whatever messages refer to, each is in one place', () => {
  const random = generator(5256)
  for (let round = 0; round < 1_000; round += 1) {
    const count = random(12)
    const id = () => `i${random(10)}`
    const written = Array.from({ length: count }, (): Written => {
      const references = Array.from({ length: random(5) }, id).join(' ')
      return [random(8) === 0 ? '' : id(), references, ['', 'x', 'Re: x', 'y', 'Fwd: y'][random(5)], random(5)]
    })
    for (const thread of [threadByReferences, threadBySubject]) {
      const roots = finish(thread(messages(written)))
      const places = [...everyNode(roots)].flatMap(({ message }) => (message === undefined ? [] : [message.place]))
      assert.deepEqual(
        places.sort((a, b) => a - b),
        Array.from({ length: count }, (_, place) => place),
      )
      for (const node of everyNode(roots))
        assert.ok(node.message !== undefined || node.children.length > 1, shown(roots))
    }
  }
})

test('a chain of 100,000, in either order, takes no time to speak of', () => {
  for (const refersTo of [-1, 1]) {
    const written = Array.from({ length: 100_000 }, (_, at): Written => [`m${at}`, `m${at + refersTo}`])
    const start = performance.now()
    const roots = finish(threadByReferences(messages(written)))
    assert.equal([...everyNode(roots)].length, 100_000)
    assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`)
  }
})

test('many threads put below the end of a long chain take no time to speak of', () => {
  const written = Array.from({ length: 100_000 }, (_, at): Written => {
    if (at < 50_000) return [`m${at}`, `m${at - 1}`]
    return at % 2 === 0 ? [`a${at}`, `r${at}`] : [`r${at - 1}`, 'm49999']
  })
  const start = performance.now()
  finish(threadByReferences(messages(written)))
  assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`)
})

test('a chain of 100,000 messages that never came, an answer to each, takes no time to speak of', () => {
  const written = Array.from({ length: 100_000 }, (_, at): Written => [`m${at}`, `g${at} g${at + 1}`])
  const start = performance.now()
  const roots = finish(threadByReferences(messages(written)))
  assert.equal(roots[0]?.children.length, 100_000)
  assert.ok(performance.now() - start < 5_000, `${performance.now() - start} ms`)
})

function generator(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}
