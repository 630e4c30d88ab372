import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FetchedOnce } from './fetched-once.ts'
import { fetchedBlocks } from './limits.ts'

test('imap: each message is fetched for the first time once', () => {
  const fetched = new FetchedOnce()
  const uids = [1, 2, 7, 8, 9, 4_095, 4_096, 4_097, 65_536, 2 ** 31, 2 ** 32 - 1]
  for (const uid of uids) assert.ok(fetched.add(1, uid), `${uid}`)
  for (const uid of uids) assert.ok(!fetched.add(1, uid), `${uid} again`)
  for (const uid of uids) assert.ok(fetched.add(2, uid), `${uid} of another mailbox`)
})

test('imap: of more messages than are remembered the oldest count again', () => {
  const fetched = new FetchedOnce()
  for (let block = 0; block < fetchedBlocks; block += 1) assert.ok(fetched.add(1, block * 4_096 + 1))
  assert.ok(!fetched.add(1, 1))
  assert.ok(fetched.add(1, fetchedBlocks * 4_096 + 1))
  assert.ok(fetched.add(1, 1))
})
