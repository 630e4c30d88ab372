import assert from 'node:assert/strict'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { DiskFullError } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { inDiskWords } from './disk.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'

async function deliver(temporary: TemporaryStore, accountId: number, text: string): Promise<void> {
  await using message = await temporary.message(text)
  await temporary.store.deliver(message, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
}

test('a full disk refuses deliveries, loses nothing, and goes on when there is room', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-full-'))
  const database = await openSqlite({ path: join(folder, 'posthouse.db'), maxPages: 120 })
  {
    await using temporary = await temporaryStore({ database, folder, accounts: [1, 2] })
    await deliver(temporary, 1, 'x'.repeat(100_000))
    let stored = 0
    await assert.rejects(async () => {
      for (; stored < 100; stored++) await deliver(temporary, 2, 'y'.repeat(60_000))
    }, DiskFullError)
    assert.ok(stored > 0)
    assert.equal((await temporary.store.mailbox(2, 'INBOX'))?.exists, stored)
    await temporary.store.removeAccount(1)
    await deliver(temporary, 2, 'z'.repeat(60_000))
    assert.equal((await temporary.store.mailbox(2, 'INBOX'))?.exists, stored + 1)
  }
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})

test('with less than the threshold free no message is taken in, and no large one is spooled', async () => {
  await using temporary = await temporaryStore({ freeBytesThreshold: Number.MAX_SAFE_INTEGER })
  const { store, folder } = temporary
  await store.createAccount(1)
  await assert.rejects(deliver(temporary, 1, 'small'), DiskFullError)
  await assert.rejects(deliver(temporary, 1, 'x'.repeat(200_000)), DiskFullError)
  assert.equal((await store.mailbox(1, 'INBOX'))?.exists, 0)
  assert.deepEqual(await readdir(join(folder, 'spool')), [])
})

for (const code of ['ENOSPC', 'EDQUOT', 'EFBIG']) {
  test(`${code} of a file is a full disk`, () => {
    assert.ok(inDiskWords(Object.assign(new Error('write'), { code })) instanceof DiskFullError)
  })
}

test('another fault of a file stays what it is', () => {
  const error = Object.assign(new Error('write'), { code: 'EIO' })
  assert.equal(inDiskWords(error), error)
})
