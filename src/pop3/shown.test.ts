import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flag } from '#mail/flags.ts'
import { Columns } from '#store/columns.ts'
import { shownTo } from './shown.ts'

function mailbox(...flags: readonly number[]): Columns {
  const columns = new Columns(4)
  for (const each of flags) arrive(columns, each)
  return columns
}

function arrive(columns: Columns, flags: number): void {
  const uid = columns.count + 1
  columns.addRow([uid, flags, '', 1, 100 + uid, 200 + uid, 300 + uid, 1_000 + uid, 0, 0])
}

test('pop3 shown: a message that comes in after the login is not in it', () => {
  const columns = mailbox(0, flag.seen)
  const shown = shownTo(columns)
  arrive(columns, 0)
  assert.equal(shown.count, 2)
  assert.deepEqual([...shown.sizes.subarray(0, shown.count)], [1_001, 1_002])
})

test('pop3 shown: what POP3 has taken is left out of every column', () => {
  const columns = mailbox(0, flag.taken, flag.seen | flag.taken, flag.seen)
  const { count, uids, entryIds, messageIds, sizes } = shownTo(columns)
  assert.equal(count, 2)
  assert.deepEqual(
    [[...uids], [...entryIds], [...messageIds], [...sizes]],
    [
      [1, 4],
      [101, 104],
      [201, 204],
      [1_001, 1_004],
    ],
  )
})
