import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { sql } from '#io/sql/database.ts'
import { Blobs } from './blobs.ts'
import { Collector } from './collector.ts'
import { limits } from './limits.ts'
import { temporaryStore } from './temporary-store.ts'

const accountId = 1

test('expunged messages are let go after their time, but not under an open view', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const { store, clock, database, folder, log } = temporary
  const open = new Set([accountId])
  const blobs = new Blobs({ folder, database, clock, random: seededRandom(2) })
  const collector = new Collector({ database, clock, log, blobs, keepMs: 60_000, isOpen: id => open.has(id) })
  const inbox = (await store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  const texts = ['small', 'y'.repeat(200_000), 'copied']
  const appended = await Promise.all(
    texts.map(async text => ({
      message: await temporary.message(text),
      flags: 0,
      keywords: '',
      internalDate: undefined,
    })),
  )
  const stored = await store.append(accountId, inbox, appended)
  for (const { message } of appended) await message[Symbol.asyncDispose]()
  const ids = stored.kind === 'done' ? stored.entries.map(({ messageId }) => messageId) : []
  await store.copy(accountId, inbox, inbox, [3])
  await store.expunge(accountId, inbox, [1, 2, 3], { onlyDeleted: false, by: 'imap' })
  const readable = async () =>
    (await Promise.all(ids.map(id => store.message(accountId, id)))).map(found => found !== undefined)

  assert.equal(await collector.collect(), 0)
  clock.advance(60_001)
  assert.equal(await collector.collect(), 0)
  assert.deepEqual(await readable(), [true, true, true])
  open.clear()
  assert.equal(await collector.collect(), 3)
  assert.deepEqual(await readable(), [false, false, true])
  assert.equal(await collector.collect(), 0)
  const rows = await database.read(tx => tx.all(sql`SELECT uid, message_id FROM expunged ORDER BY uid`))
  assert.deepEqual(rows, [
    [1, null],
    [2, null],
    [3, null],
  ])
})

test('more than one round of the collector takes is let go all the same', async () => {
  await using temporary = await temporaryStore({ accounts: [1, 2], keepExpungedMs: 1_000_000 })
  const { store, clock, database, folder, log } = temporary
  const count = limits.collectedPerWrite + 50
  for (const id of [1, 2]) {
    const inbox = (await store.mailbox(id, 'INBOX'))?.mailboxId ?? 0
    const message = await temporary.message('x')
    await store.append(id, inbox, new Array(count).fill({ message, flags: 0, keywords: '', internalDate: undefined }))
    await store.expunge(
      id,
      inbox,
      Array.from({ length: count }, (_, index) => index + 1),
      { onlyDeleted: false },
    )
  }
  clock.advance(60_001)
  const blobs = new Blobs({ folder, database, clock, random: seededRandom(2) })
  const collector = new Collector({ database, clock, log, blobs, keepMs: 60_000, isOpen: id => id === 1 })
  assert.equal(await collector.collect(), count)
  assert.deepEqual(await database.read(tx => tx.all(sql`SELECT COUNT(*) FROM blob`)), [[count]])
})

test('rounds come by the clock, and end with the store', async () => {
  const temporary = await temporaryStore({ accounts: [accountId], keepExpungedMs: 1 })
  const { store, clock, log } = temporary
  const inbox = (await store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  const message = await temporary.message('x')
  await store.append(accountId, inbox, [{ message, flags: 0, keywords: '', internalDate: undefined }])
  await store.expunge(accountId, inbox, [1], { onlyDeleted: false })
  clock.advance(limits.collectEveryMs)
  // Closing awaits the round under way.
  await temporary[Symbol.asyncDispose]()
  assert.deepEqual(
    log.events.map(({ event, fields }) => [event, fields]),
    [['store.collected', { messages: 1 }]],
  )
})

test('the keys of a thread go with its last message', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const { store, clock, database, folder, log } = temporary
  const blobs = new Blobs({ folder, database, clock, random: seededRandom(2) })
  const collector = new Collector({ database, clock, log, blobs, keepMs: 60_000, isOpen: () => false })
  const inbox = (await store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  const append = async (text: string) => {
    await using message = await temporary.message(text)
    const stored = await store.append(accountId, inbox, [{ message, flags: 0, keywords: '', internalDate: undefined }])
    return stored.kind === 'done' ? stored.entries[0]?.threadId : undefined
  }
  const reply = 'Message-ID: <b@x>\r\nReferences: <a@x> <far@x>\r\nSubject: Re: tea\r\n\r\n'
  const first = await append('Message-ID: <a@x>\r\nSubject: tea\r\n\r\n')
  assert.equal(await append(reply), first)
  await append('Message-ID: <c@x>\r\nSubject: coffee\r\n\r\n')
  const keys = async () => (await database.read(tx => tx.all(sql`SELECT key FROM thread_key`))).length
  assert.equal(await keys(), 4)
  await store.expunge(accountId, inbox, [1], { onlyDeleted: false })
  clock.advance(60_001)
  assert.equal(await collector.collect(), 1)
  assert.equal(await keys(), 4)
  await store.expunge(accountId, inbox, [2], { onlyDeleted: false })
  clock.advance(60_001)
  assert.equal(await collector.collect(), 1)
  assert.equal(await keys(), 1)
  assert.notEqual(await append(reply), first)
})

test('bare tombstones go long after the bytes, and the mailbox knows up to which MODSEQ', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const { store, clock, database, folder, log } = temporary
  const blobs = new Blobs({ folder, database, clock, random: seededRandom(2) })
  const collector = new Collector({ database, clock, log, blobs, keepMs: 60_000, isOpen: () => false })
  const inbox = (await store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  const message = await temporary.message('x')
  const count = limits.collectedPerWrite + 10
  await store.append(
    accountId,
    inbox,
    new Array(count + 1).fill({ message, flags: 0, keywords: '', internalDate: undefined }),
  )
  await message[Symbol.asyncDispose]()
  const uids = Array.from({ length: count }, (_, index) => index + 1)
  await store.expunge(accountId, inbox, uids, { onlyDeleted: false })
  const tombstones = async () => await database.read(tx => tx.get<[number]>(sql`SELECT COUNT(*) FROM expunged`))
  clock.advance(60_001)
  await collector.collect()
  assert.deepEqual(await tombstones(), [count])
  const { highestModseq } = (await store.mailbox(accountId, 'INBOX')) ?? assert.fail('no INBOX')
  clock.advance(limits.keepTombstonesMs)
  await collector.collect()
  assert.deepEqual(await tombstones(), [0])
  assert.deepEqual(await store.vanished(accountId, inbox, { since: highestModseq }), [])
  assert.deepEqual(await store.vanished(accountId, inbox, { since: highestModseq - 1 }), uids)
})
