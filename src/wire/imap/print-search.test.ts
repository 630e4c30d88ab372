import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rev1 } from './dialect.ts'
import {
  type PrintedThread,
  printContextChange,
  printEsearch,
  printSearchModseq,
  printSort,
  printThread,
  printUidBatches,
} from './print-search.ts'

test('ESEARCH', () => {
  assert.equal(printEsearch({ tag: 'A1', uid: false, items: [] }), '* ESEARCH (TAG "A1")\r\n')
  assert.equal(
    printEsearch({ tag: 'A1', uid: true, items: ['MIN 2', 'COUNT 3'] }),
    '* ESEARCH (TAG "A1") UID MIN 2 COUNT 3\r\n',
  )
  const mailbox = { name: 'Entwürfe', uidValidity: 7, dialect: rev1 }
  assert.equal(
    printEsearch({ tag: 'A1', mailbox, uid: true, items: ['ALL 1:3'] }),
    '* ESEARCH (TAG "A1" MAILBOX "Entw&APw-rfe" UIDVALIDITY 7) UID ALL 1:3\r\n',
  )
})

test('SEARCH and SORT with MODSEQ', () => {
  assert.equal(printSearchModseq([2, 5], 917), '* SEARCH 2 5 (MODSEQ 917)\r\n')
  assert.equal(printSearchModseq([], 917), '* SEARCH\r\n')
  assert.equal(printSort([5, 2]), '* SORT 5 2\r\n')
  assert.equal(printSort([]), '* SORT\r\n')
  assert.equal(printSort([5, 2], 917), '* SORT 5 2 (MODSEQ 917)\r\n')
})

test('UIDBATCHES', () => {
  assert.equal(printUidBatches('A1', []), '* UIDBATCHES (TAG "A1")\r\n')
  const batches = [
    { high: 2000, low: 1001 },
    { high: 1000, low: 1 },
  ]
  assert.equal(printUidBatches('A1', batches), '* UIDBATCHES (TAG "A1") 2000:1001,1000:1\r\n')
})

test('ADDTO', () => {
  const pairs = [
    { position: 1, numbers: [2733] },
    { position: 0, numbers: [4, 5, 9] },
  ]
  assert.equal(printContextChange('ADDTO', pairs), 'ADDTO (1 2733 0 4:5,9)')
})

function node(number: number | undefined, ...children: PrintedThread[]): PrintedThread {
  return { number, children }
}

const threads: readonly (readonly [PrintedThread[], string])[] = [
  [[], '* THREAD\r\n'],
  [[node(1), node(2)], '* THREAD (1)(2)\r\n'],
  [[node(1, node(2, node(3)))], '* THREAD (1 2 3)\r\n'],
  [[node(1, node(2), node(3))], '* THREAD (1 (2)(3))\r\n'],
  [[node(undefined, node(1), node(2))], '* THREAD ((1)(2))\r\n'],
  // RFC 5256 4
  [
    [node(2), node(3, node(6, node(4, node(23)), node(44, node(7, node(96)))))],
    '* THREAD (2)(3 6 (4 23)(44 7 96))\r\n',
  ],
]
for (const [nodes, wanted] of threads) test(wanted.trim(), () => assert.equal(printThread(nodes), wanted))

test('a thread of 100,000 messages in a row', () => {
  let thread = node(100_000)
  for (let number = 99_999; number > 0; number -= 1) thread = node(number, thread)
  assert.match(printThread([thread]), /^\* THREAD \(1 2 3 .* 100000\)\r\n$/)
})
