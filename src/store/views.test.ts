import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Database } from '#io/sql/database.ts'
import { flag } from '#mail/flags.ts'
import { Feed } from './feed.ts'
import { indexOfUid, type MailboxView, type Snapshot } from './mailbox-view.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'
import { Views } from './views.ts'

const accountId = 1

async function inboxOf({ store }: TemporaryStore): Promise<number> {
  const inbox = await store.mailbox(accountId, 'INBOX')
  assert.ok(inbox !== undefined)
  return inbox.mailboxId
}

async function append(temporary: TemporaryStore, mailboxId: number, count: number): Promise<void> {
  const appended = []
  for (let index = 0; index < count; index++) {
    appended.push({ message: await temporary.message('x'), flags: 0, keywords: '', internalDate: undefined })
  }
  await temporary.store.append(accountId, mailboxId, appended)
}

async function opened(temporary: TemporaryStore, mailboxId: number): Promise<MailboxView> {
  const view = await temporary.store.openView(accountId, mailboxId)
  assert.ok(view !== undefined)
  return view
}

function uidsOf({ uids, count }: Snapshot): number[] {
  return [...uids.subarray(0, count)]
}

test('two sessions see one view, and additions and flags in the same columns', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const inbox = await inboxOf(temporary)
  await append(temporary, inbox, 2)
  using one = await opened(temporary, inbox)
  using two = await opened(temporary, inbox)
  const before = one.current
  assert.equal(two.current, before)
  await append(temporary, inbox, 100)
  await temporary.store.setFlags(accountId, inbox, [2, 90], { action: 'add', flags: flag.seen, keywords: [] })
  assert.equal(one.current, before)
  assert.equal(before.count, 102)
  assert.deepEqual([before.flags[1], before.flags[89], before.flags[0]], [flag.seen, flag.seen, 0])
  assert.equal(one.uidNext, 103)
})

test('an expunge makes a new snapshot and leaves the old one readable', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const inbox = await inboxOf(temporary)
  await append(temporary, inbox, 5)
  using view = await opened(temporary, inbox)
  const old = view.current
  await temporary.store.expunge(accountId, inbox, [2, 5], { onlyDeleted: false })
  await temporary.store.expunge(accountId, inbox, [3], { onlyDeleted: false })
  await append(temporary, inbox, 1)
  assert.notEqual(view.current, old)
  assert.deepEqual(uidsOf(view.current), [1, 4, 6])
  assert.deepEqual(uidsOf(old).slice(0, 5), [1, 2, 3, 4, 5])
  const messageId = old.messageIds[1] ?? 0
  const bytes = await temporary.store.messagesInline(accountId, [messageId])
  assert.deepEqual(Buffer.from(bytes[0] ?? []).toString(), 'x')
})

test('watchers are told of each change, until disposed of', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const inbox = await inboxOf(temporary)
  using view = await opened(temporary, inbox)
  const seen: number[] = []
  const watch = view.watch(() => seen.push(view.current.count))
  await append(temporary, inbox, 2)
  await temporary.store.expunge(accountId, inbox, [1], { onlyDeleted: false })
  watch[Symbol.dispose]()
  await append(temporary, inbox, 1)
  assert.deepEqual(seen, [2, 1])
})

test('a view of no mailbox is undefined; one that goes while it is open says so', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  assert.equal(await temporary.store.openView(accountId, 12345), undefined)
  await temporary.store.createMailbox(accountId, 'a')
  const mailboxId = (await temporary.store.mailbox(accountId, 'a'))?.mailboxId ?? 0
  using view = await opened(temporary, mailboxId)
  await append(temporary, mailboxId, 1)
  await temporary.store.deleteMailbox(accountId, 'a')
  assert.equal(view.gone, true)
  assert.equal(view.current.count, 1)
  assert.equal(await temporary.store.openView(accountId, mailboxId), undefined)
})

test('a closed view is current when it is opened again', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const inbox = await inboxOf(temporary)
  const first = await opened(temporary, inbox)
  const columns = first.current
  first[Symbol.dispose]()
  first[Symbol.dispose]()
  await append(temporary, inbox, 3)
  using again = await opened(temporary, inbox)
  assert.equal(again.current, columns)
  assert.equal(again.current.count, 3)
})

/** A database whose reads can be made to wait between their end and their answer, or before their start. */
function slowReads(
  database: Database,
  gate: { before?: Promise<void> | undefined; after?: Promise<void> | undefined },
): Database {
  return {
    read: async work => {
      await gate.before
      const result = await database.read(work)
      await gate.after
      return result
    },
    write: (work, onDurable) => database.write(work, onDurable),
    durable: () => database.durable(),
    faults: () => database.faults(),
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

for (const place of ['before', 'after'] as const) {
  test(`changes that commit while a view loads are in it once: ${place} the read`, async () => {
    await using plain = await temporaryStore({ accounts: [accountId] })
    const gate: { before?: Promise<void> | undefined; after?: Promise<void> | undefined } = {}
    const database = slowReads(plain.database, gate)
    await using temporary = await temporaryStore({ database, folder: plain.folder })
    const inbox = await inboxOf(temporary)
    await append(temporary, inbox, 3)
    const { promise, resolve } = Promise.withResolvers<void>()
    gate[place] = promise
    const opening = opened(temporary, inbox)
    // Long enough in turns for a read without a gate to have its answer.
    for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
    gate[place] = undefined
    await append(temporary, inbox, 2)
    await temporary.store.setFlags(accountId, inbox, [1], { action: 'add', flags: flag.seen, keywords: [] })
    await temporary.store.expunge(accountId, inbox, [2], { onlyDeleted: false })
    resolve()
    using view = await opening
    assert.deepEqual(uidsOf(view.current), [1, 3, 4, 5])
    assert.equal(view.current.flags[indexOfUid(view.current, 1)], flag.seen)
    assert.equal(view.uidNext, 6)
    assert.equal(view.highestModseq, (await temporary.store.mailbox(accountId, 'INBOX'))?.highestModseq)
  })
}

test('the views of an account are open until the last session closed its own', async () => {
  await using temporary = await temporaryStore({ accounts: [accountId] })
  const inbox = await inboxOf(temporary)
  const views = new Views(temporary.database, new Feed(temporary.log))
  const [one, two] = [await views.open(accountId, inbox), await views.open(accountId, inbox)]
  assert.equal(await views.open(accountId, 999), undefined)
  one?.[Symbol.dispose]()
  one?.[Symbol.dispose]()
  assert.deepEqual([views.isOpen(accountId), views.isOpen(2)], [true, false])
  two?.[Symbol.dispose]()
  assert.equal(views.isOpen(accountId), false)
})
