// What a sudden end leaves: the files as they are at some moment under load, copied and opened anew.

import assert from 'node:assert/strict'
import { cpSync, existsSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { flag } from '#mail/flags.ts'
import { assertConsistent, type TemporaryStore, temporaryStore } from './temporary-store.ts'

const accountId = 1

/** Copies what a dead process would leave. At once: nothing is written meanwhile but by file operations already under way. */
function copyFiles(from: string, to: string): void {
  for (const name of ['blobs', 'spool', 'posthouse.db', 'posthouse.db-wal']) {
    // A file that goes while the folder is copied is one that a dying process might still have removed.
    if (existsSync(join(from, name))) cpSync(join(from, name), join(to, name), { recursive: true, force: true })
  }
}

async function deliverMany(temporary: TemporaryStore, name: string, acknowledged: Set<string>, isOver: () => boolean) {
  for (let index = 0; !isOver(); index++) {
    const text = `${name}-${index}\r\n${'x'.repeat(index % 7 === 0 ? 140_000 : 500)}`
    await using message = await temporary.message(text)
    await temporary.store.deliver(message, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
    acknowledged.add(text.slice(0, text.indexOf('\r')))
  }
}

async function disturb(temporary: TemporaryStore, isOver: () => boolean) {
  const inbox = (await temporary.store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  const trash = (await temporary.store.mailbox(accountId, 'Trash'))?.mailboxId ?? 0
  for (let uid = 1; !isOver(); uid++) {
    await temporary.store.setFlags(accountId, inbox, [uid], { action: 'add', flags: flag.seen, keywords: ['x'] })
    await temporary.store.copy(accountId, inbox, trash, [uid, uid + 1])
    await temporary.store.expunge(accountId, trash, [uid], { onlyDeleted: false })
  }
}

async function firstLines(temporary: TemporaryStore): Promise<string[]> {
  const inbox = (await temporary.store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  using view = await temporary.store.openView(accountId, inbox)
  const lines: string[] = []
  for (const messageId of view?.current.messageIds.subarray(0, view.current.count) ?? []) {
    const bytes = await (await temporary.store.message(accountId, messageId))?.read(0, 200)
    lines.push(
      Buffer.from(bytes ?? [])
        .toString('latin1')
        .split('\r')[0] ?? '',
    )
  }
  return lines
}

for (const seed of [1, 2, 3, 4, 5, 6]) {
  test(`what was acknowledged is there once after a sudden end, seed ${seed}`, async () => {
    await using temporary = await temporaryStore({ accounts: [accountId] })
    const copy = await mkdtemp(join(tmpdir(), 'posthouse-crash-'))
    const wanted = 20 + (seededRandom(seed).bytes(1)[0] ?? 0) / 4
    const acknowledged = new Set<string>()
    let atTheEnd: string[] | undefined
    const isOver = () => {
      if (atTheEnd === undefined && acknowledged.size >= wanted) {
        atTheEnd = [...acknowledged]
        copyFiles(temporary.folder, copy)
      }
      return atTheEnd !== undefined
    }
    const writers = ['a', 'b', 'c', 'd'].map(name => deliverMany(temporary, name, acknowledged, isOver))
    await Promise.all([...writers, disturb(temporary, isOver)])

    const database = await openSqlite({ path: join(copy, 'posthouse.db') })
    {
      await using reopened = await temporaryStore({ database, folder: copy })
      await assertConsistent(database, copy)
      const lines = await firstLines(reopened)
      assert.equal(new Set(lines).size, lines.length)
      const missing = atTheEnd?.filter(line => !lines.includes(line))
      assert.deepEqual(missing, [])
      assert.deepEqual(await readdir(join(copy, 'spool')), [])
      await deliverMany(reopened, 'later', new Set(), () => lines.push('') > 30 + (atTheEnd?.length ?? 0))
    }
    await database[Symbol.asyncDispose]()
    await rm(copy, { recursive: true })
  })
}

test('files of transactions that never happened are removed at the start', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'posthouse-crash-'))
  const database = await openSqlite({ path: join(folder, 'posthouse.db') })
  const first = await temporaryStore({ database, folder, accounts: [accountId] })
  await using large = await first.message('z'.repeat(200_000))
  await first.store.deliver(large, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
  await first[Symbol.asyncDispose]()
  const shard = (await readdir(join(folder, 'blobs')))[0] ?? ''
  const blob = (await readdir(join(folder, 'blobs', shard)))[0] ?? ''
  // 4096 * 256 further on lies in the same shard.
  const lost = String(Number(blob) + 4096 * 256)
  for (const name of [lost, blob]) await writeFile(join(folder, 'spool', name), 'left behind')
  await writeFile(join(folder, 'blobs', shard, lost), 'left behind')
  const again = await temporaryStore({ database, folder })
  assert.deepEqual(await readdir(join(folder, 'blobs', shard)), [blob])
  assert.deepEqual(await readdir(join(folder, 'spool')), [])
  await again[Symbol.asyncDispose]()
  await database[Symbol.asyncDispose]()
  await rm(folder, { recursive: true })
})
