import assert from 'node:assert/strict'
import { test } from 'node:test'
import { printedBytes, printedBytesEach } from '#imap/limits.ts'
import { PrintedStructures } from './printed-structures.ts'

const of = (messageId: number, accountId = 1) => ({ accountId, messageId })

test('what was kept is found, each kind by itself', () => {
  const printed = new PrintedStructures()
  printed.keep(of(1), 'envelope', 'ENVELOPE e')
  assert.equal(printed.find(of(1))?.envelope, 'ENVELOPE e')
  assert.equal(printed.find(of(1))?.bodystructure, undefined)
  printed.keep(of(1), 'bodystructure', 'BODYSTRUCTURE b')
  assert.equal(printed.find(of(1))?.envelope, 'ENVELOPE e')
  assert.equal(printed.find(of(1))?.bodystructure, 'BODYSTRUCTURE b')
  assert.equal(printed.find(of(2)), undefined)
})

test('no account sees what is of another', () => {
  const printed = new PrintedStructures()
  printed.keep(of(23, 1), 'envelope', 'ENVELOPE e')
  assert.equal(printed.find(of(23, 2)), undefined)
  printed.keep(of(23, 2), 'envelope', 'ENVELOPE of two')
  assert.equal(printed.find(of(23, 1))?.envelope, 'ENVELOPE e')
  assert.equal(printed.find(of(23, 2)), undefined)
})

test('what came first goes first, and a large one is not kept', () => {
  const printed = new PrintedStructures()
  printed.keep(of(0), 'envelope', 'x'.repeat(printedBytesEach + 1))
  assert.equal(printed.find(of(0)), undefined)
  const text = 'x'.repeat(printedBytesEach)
  const count = Math.ceil(printedBytes / printedBytesEach) + 10
  for (let id = 1; id <= count; id += 1) printed.keep(of(id), 'envelope', text)
  assert.equal(printed.find(of(1)), undefined)
  assert.ok(printed.find(of(count)))
  const left = Array.from({ length: count }, (_, id) => printed.find(of(id + 1))).filter(found => found !== undefined)
  assert.ok(left.length * printedBytesEach <= printedBytes && left.length > 10)
})
