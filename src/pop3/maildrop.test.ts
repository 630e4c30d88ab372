import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Maildrop, type MaildropContent } from './maildrop.ts'

const account = { accountId: 1, address: 'alice@example.test', disabled: false, createdAt: 0 } as const

function maildrop(sizes: readonly number[], more: Partial<MaildropContent> = {}): Maildrop {
  const numbers = sizes.map((_, index) => index + 1)
  const columns = { entryIds: Float64Array.from(numbers), messageIds: Float64Array.from(numbers) }
  const snapshot = { count: sizes.length, uids: Uint32Array.from(numbers), sizes: Float64Array.from(sizes), ...columns }
  const none = {
    withoutEnd: new Set<number>(),
    surrogates: new Map<number, number>(),
    readUidls: async () => new Map(),
  }
  return new Maildrop({ account, mailboxId: 1, snapshot, ...none, ...more }, new AsyncDisposableStack())
}

test('pop3 maildrop: sums are exact far beyond 32 bits', () => {
  const drop = maildrop([2 ** 33, 2 ** 33 + 1, 2 ** 52, 1])
  assert.equal(drop.octets, 2 ** 34 + 1 + 2 ** 52 + 1)
  drop.mark(3)
  assert.equal(drop.octets, 2 ** 34 + 2)
  drop.mark(2)
  assert.equal(drop.octets, 2 ** 33 + 1)
  drop.unmarkAll()
  assert.equal(drop.octets, 2 ** 34 + 2 + 2 ** 52)
})

test('pop3 maildrop: sizes are those of what is sent, a surrogate with the end of its last line', () => {
  const drop = maildrop([10, 20, 30], { withoutEnd: new Set([1, 3]), surrogates: new Map([[3, 99]]) })
  assert.deepEqual(
    [...drop.numbers()].map(number => drop.sizeOf(number)),
    [12, 20, 99],
  )
  assert.deepEqual(
    [...drop.numbers()].map(number => drop.isSurrogate(number)),
    [false, false, true],
  )
})

test('pop3 maildrop: unique-ids from another server are read once', async () => {
  let reads = 0
  const readUidls = async () => {
    reads += 1
    return new Map([[2, 'UID2-1']])
  }
  const drop = maildrop([1, 1, 1], { readUidls })
  const [first, second] = [await drop.uniqueIds(), await drop.uniqueIds()]
  assert.deepEqual([first(1), second(2), second(3)], ['ph1', 'UID2-1', 'ph3'])
  assert.equal(reads, 1)
})

test('pop3 maildrop: what RETR has sent, each once, ascending', () => {
  const drop = maildrop([1, 1, 1])
  for (const number of [3, 1, 3]) drop.noteTaken(number)
  assert.deepEqual(drop.takenUids(), [1, 3])
})
