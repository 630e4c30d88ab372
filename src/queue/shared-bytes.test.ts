import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MemoryMessage } from '#store/spooled.ts'
import { limits } from './limits.ts'
import { SharedBytes } from './shared-bytes.ts'

function shared() {
  const read: number[] = []
  const gone = new Set<number>()
  const bytes = new SharedBytes({
    async kept(blobId) {
      read.push(blobId)
      return gone.has(blobId) ? undefined : new MemoryMessage(Buffer.from(`message ${blobId}`), 100)
    },
  })
  const of = async (blobId: number, sizeBytes = 100, messageId = `m${blobId}`) =>
    Buffer.from((await bytes.of({ blobId, messageId, sizeBytes })).head).toString()
  return { of, read, gone }
}

test('a message is read once for all that bring it', async () => {
  const { of, read } = shared()
  const texts = await Promise.all([of(1), of(1), of(2)])
  assert.deepEqual(texts, ['message 1', 'message 1', 'message 2'])
  assert.equal(await of(1), 'message 1')
  assert.deepEqual(read, [1, 2])
})

test('what is large is not held', async () => {
  const { of, read } = shared()
  await of(1, limits.sharedBytes + 1)
  await of(1, limits.sharedBytes + 1)
  assert.deepEqual(read, [1, 1])
})

test('of more than there is room for the longest unused goes', async () => {
  const { of, read } = shared()
  const many = limits.sharedBytesOfAll / limits.sharedBytes
  for (let blobId = 0; blobId < many; blobId += 1) await of(blobId, limits.sharedBytes)
  await of(0, limits.sharedBytes)
  await of(many, limits.sharedBytes)
  read.length = 0
  await of(0, limits.sharedBytes)
  await of(1, limits.sharedBytes)
  assert.deepEqual(read, [1])
})

test('the number of a blob that is gone names another message later', async () => {
  const { of, read } = shared()
  await of(1, 100, 'old')
  await of(1, 100, 'new')
  assert.deepEqual(read, [1, 1])
})

test('that its bytes are gone is not remembered', async () => {
  const { of, read, gone } = shared()
  gone.add(1)
  await assert.rejects(Promise.all([of(1), of(1)]), /its bytes are gone \(blob 1\)/)
  gone.clear()
  assert.equal(await of(1), 'message 1')
  assert.deepEqual(read, [1, 1])
})
