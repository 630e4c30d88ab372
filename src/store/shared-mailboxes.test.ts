// Rights and readers of others' mailboxes, on each engine. Accounts 1 to 9 are made anew for each case.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Database, sql } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { flag } from '#mail/flags.ts'
import { anyone } from './acl-entry.ts'
import type { Change } from './change.ts'
import { limits } from './limits.ts'
import type { ReaderEdit } from './shares.ts'
import type { FlagEdit, Store } from './store.ts'
import { assertConsistent, type TemporaryStore, temporaryStore } from './temporary-store.ts'

const engines = [
  { name: 'SQLite', open: (folder: string) => openSqlite({ path: join(folder, 'posthouse.db') }) },
  { name: 'PGlite', open: () => openPglite() },
]

for (const engine of engines) describe(`shared mailboxes on ${engine.name}`, () => cases(engine))

/** Entries that were removed and can come back. */
const graves = (accountId: number) =>
  sql`SELECT entry_id FROM expunged WHERE account_id = ${accountId} AND message_id IS NOT NULL`

const everything = flag.seen | flag.answered | flag.flagged | flag.deleted | flag.draft

function cases({ name, open }: { readonly name: string; open(folder: string): Promise<Database> }): void {
  let folder: string
  let database: Database
  let temporary: TemporaryStore
  let store: Store
  let last = 0

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-shared-'))
    database = await open(folder)
    temporary = await temporaryStore({ database, folder })
    store = temporary.store
  })

  after(async () => {
    await temporary[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function account(): Promise<number> {
    last += 1
    await store.createAccount(last)
    return last
  }

  async function inboxOf(accountId: number): Promise<number> {
    return (await store.mailbox(accountId, 'INBOX'))?.mailboxId ?? 0
  }

  async function deliver(accountId: number, count: number, mailbox = 'INBOX'): Promise<void> {
    for (let number = 1; number <= count; number += 1) {
      await using message = await temporary.message(`Message-ID: <${number}@x>\r\nSubject: s\r\n\r\n${number}`)
      await store.deliver(message, [{ accountId, mailbox, prefix: new Uint8Array(0) }])
    }
  }

  async function grant(owner: number, mailboxId: number, granteeId: number, rights: string, negative = false) {
    return await store.shares.setAcl(owner, mailboxId, { granteeId, negative, action: 'replace', rights })
  }

  function by(readerId: number, flags = everything, keywords = true): ReaderEdit {
    return { readerId, flags, keywords }
  }

  function edit(action: FlagEdit['action'], flags: number, reader: ReaderEdit, keywords: string[] = []): FlagEdit {
    return { action, flags, keywords, reader }
  }

  async function rightsOf(owner: number, reader: number, name = 'INBOX'): Promise<string | undefined> {
    return (await store.shares.mailbox(owner, reader, name))?.rights
  }

  /** Without those who gave something to anyone. */
  async function ownersSharedWith(reader: number): Promise<readonly number[]> {
    const all = await store.shares.mailboxes(reader)
    const named = await Promise.all(all.map(({ accountId, mailbox }) => store.shares.acl(accountId, mailbox.mailboxId)))
    return all.filter((_, at) => named[at]?.some(entry => entry.granteeId === reader)).map(({ accountId }) => accountId)
  }

  test('nothing is given until it is, by name or to all, and a negative entry takes it', async () => {
    const [owner, reader, third] = [await account(), await account(), await account()]
    const inbox = await inboxOf(owner)
    assert.equal(await rightsOf(owner, reader), undefined)
    assert.deepEqual(await store.shares.mailboxes(reader), [])
    await grant(owner, inbox, reader, 'lrs')
    await grant(owner, inbox, anyone, 'lp')
    assert.equal(await rightsOf(owner, reader), 'lrsp')
    assert.equal(await rightsOf(owner, third), 'lp')
    await grant(owner, inbox, third, 'l', true)
    assert.equal(await rightsOf(owner, third), 'p')
    const found = await store.shares.mailboxes(reader)
    assert.deepEqual(
      found.map(({ accountId, mailbox, rights }) => [accountId, mailbox.name, rights]),
      [[owner, 'INBOX', 'lrsp']],
    )
    assert.deepEqual(await store.shares.mailboxes(owner), [])
    await grant(owner, inbox, anyone, '')
    await grant(owner, inbox, reader, '')
    await grant(owner, inbox, third, '', true)
    assert.deepEqual(await store.shares.acl(owner, inbox), [])
    assert.deepEqual(await store.shares.mailboxes(third), [])
  })

  test('one owner cannot fill the list of another, and what takes rights away is inherited all the same', {
    skip: name === 'PGlite' && 'a thousand mailboxes take it a quarter of a minute',
  }, async () => {
    const [owner, reader] = [await account(), await account()]
    const most = limits.mailboxesPerGrantee
    await store.createMailbox(owner, 'top')
    const top = (await store.mailbox(owner, 'top'))?.mailboxId ?? 0
    await grant(owner, top, reader, 'lr')
    await grant(owner, top, anyone, 'l', true)
    for (let number = 1; number < most; number += 1) await store.createMailbox(owner, `top/${number}`)
    assert.equal((await store.shares.mailboxes(reader)).length, most)
    assert.deepEqual(await grant(owner, await inboxOf(owner), reader, 'lr'), { kind: 'too-many' })
    await store.createMailbox(owner, 'top/more')
    assert.equal(await rightsOf(owner, reader, 'top/more'), undefined)
    const acl = await store.shares.acl(owner, (await store.mailbox(owner, 'top/more'))?.mailboxId ?? 0)
    assert.deepEqual(acl, [{ granteeId: anyone, negative: true, rights: 'l' }])
    // One that is open already can be changed.
    assert.deepEqual(await grant(owner, top, reader, 'r'), { kind: 'done' })
  })

  test('rights are added to and taken from what stands there', async () => {
    const [owner, reader] = [await account(), await account()]
    const inbox = await inboxOf(owner)
    const set = (action: 'add' | 'remove', rights: string) =>
      store.shares.setAcl(owner, inbox, { granteeId: reader, negative: false, action, rights })
    await set('add', 'lr')
    await set('add', 's')
    assert.equal(await rightsOf(owner, reader), 'lrs')
    await set('remove', 'r')
    assert.equal(await rightsOf(owner, reader), 'ls')
    await set('remove', 'ls')
    assert.equal(await rightsOf(owner, reader), undefined)
    const missing = { granteeId: reader, negative: false, action: 'add', rights: 'l' } as const
    assert.deepEqual(await store.shares.setAcl(owner, 77, missing), { kind: 'no-such-mailbox' })
    assert.deepEqual(await grant(owner, inbox, 7_777, 'l'), { kind: 'no-such-account' })
  })

  test('a new mailbox has the rights of the one above it, a renamed one keeps its own', async () => {
    const [owner, reader] = [await account(), await account()]
    await store.createMailbox(owner, 'team')
    const team = (await store.mailbox(owner, 'team'))?.mailboxId ?? 0
    await grant(owner, team, reader, 'lr')
    await grant(owner, team, anyone, 'p', true)
    await store.createMailbox(owner, 'team/a/b')
    assert.equal(await rightsOf(owner, reader, 'team/a/b'), 'lr')
    assert.equal(await rightsOf(owner, reader, 'team/a'), 'lr')
    await store.renameMailbox(owner, 'team/a/b', 'elsewhere')
    assert.equal(await rightsOf(owner, reader, 'elsewhere'), 'lr')
    await store.createMailbox(owner, 'alone')
    assert.equal(await rightsOf(owner, reader, 'alone'), undefined)
    await store.deleteMailbox(owner, 'elsewhere')
    assert.equal(await rightsOf(owner, reader, 'elsewhere'), undefined)
    await assertConsistent(database, folder)
  })

  test('\\Seen is each reader’s own, also where they are counted', async () => {
    const [owner, one, two] = [await account(), await account(), await account()]
    const inbox = await inboxOf(owner)
    await deliver(owner, 3)
    await grant(owner, inbox, anyone, 'lrs')
    await store.setFlags(owner, inbox, [1, 2], edit('add', flag.seen, by(one, flag.seen, false)))
    await store.setFlags(owner, inbox, [3], { action: 'add', flags: flag.seen, keywords: [] })
    const unseen = async (reader: number) => (await store.shares.mailbox(owner, reader, 'INBOX'))?.mailbox.unseen
    assert.deepEqual([await unseen(one), await unseen(two)], [1, 3])
    assert.equal((await store.mailbox(owner, 'INBOX'))?.unseen, 2)
    using view = await store.shares.openView(owner, inbox, one)
    using other = await store.shares.openView(owner, inbox, two)
    using own = await store.openView(owner, inbox)
    const seen = (columns: typeof view) =>
      Array.from({ length: columns?.current.count ?? 0 }, (_, at) => (columns?.current.flags[at] ?? 0) & flag.seen)
    assert.deepEqual(
      [seen(view), seen(other), seen(own)],
      [
        [1, 1, 0],
        [0, 0, 0],
        [0, 0, 1],
      ],
    )
    await store.setFlags(owner, inbox, [2], edit('remove', flag.seen, by(one)))
    assert.deepEqual(
      [seen(view), seen(other), seen(own)],
      [
        [1, 0, 0],
        [0, 0, 0],
        [0, 0, 1],
      ],
    )
    await store.expunge(owner, inbox, [1], { onlyDeleted: false })
    await deliver(owner, 40)
    await store.setFlags(owner, inbox, [40], edit('add', flag.seen, by(one)))
    assert.equal(view?.current.count, 42)
    assert.deepEqual(
      seen(view).flatMap((bit, at) => (bit === 0 ? [] : [view?.current.uids[at]])),
      [40],
    )
    assert.equal(await unseen(one), 41)
    await assertConsistent(database, folder)
  })

  test('a reader’s \\Seen raises its MODSEQ and nobody else’s', async () => {
    const [owner, one, two] = [await account(), await account(), await account()]
    const inbox = await inboxOf(owner)
    await deliver(owner, 2)
    await grant(owner, inbox, anyone, 'lrs')
    using view = await store.shares.openView(owner, inbox, one)
    using other = await store.shares.openView(owner, inbox, two)
    assert.ok(view !== undefined && other !== undefined)
    const before = view.highestModseq
    const set = await store.setFlags(owner, inbox, [2], edit('add', flag.seen, by(one)))
    assert.ok((set.modseq ?? 0) > before)
    assert.deepEqual([view.highestModseq, view.current.modseqs[1]], [set.modseq, set.modseq])
    assert.deepEqual([other.highestModseq, other.current.modseqs[1]], [before, before])
    const shared = async (reader: number) => (await store.shares.mailbox(owner, reader, 'INBOX'))?.mailbox.highestModseq
    assert.deepEqual([await shared(one), await shared(two)], [set.modseq, before])
    const since = { ...edit('remove', flag.seen, by(one)), unchangedSince: before }
    assert.deepEqual((await store.setFlags(owner, inbox, [1, 2], since)).modified, [2])
    // Nothing to change: no MODSEQ.
    const again = await store.setFlags(owner, inbox, [2], edit('add', flag.seen, by(one)))
    assert.equal(again.modseq, undefined)
  })

  test('a reader changes the flags that it may, the others stay', async () => {
    const [owner, reader] = [await account(), await account()]
    const inbox = await inboxOf(owner)
    await deliver(owner, 1)
    const flags = flag.answered | flag.seen | flag.deleted
    await store.setFlags(owner, inbox, [1], { action: 'add', flags, keywords: ['old'] })
    await store.setFlags(owner, inbox, [1], edit('replace', flag.flagged, by(reader, flag.deleted, false), ['new']))
    using view = await store.openView(owner, inbox)
    assert.deepEqual([view?.current.flags[0], view?.current.keywords[0]], [flag.answered | flag.seen, 'old'])
    await store.setFlags(owner, inbox, [1], edit('replace', flag.flagged, by(reader), ['new']))
    assert.deepEqual([view?.current.flags[0], view?.current.keywords[0]], [flag.flagged | flag.seen, 'new'])
  })

  test('who loses the right to read loses the mailbox at once', async () => {
    const [owner, reader] = [await account(), await account()]
    const inbox = await inboxOf(owner)
    await grant(owner, inbox, reader, 'l')
    assert.equal(await store.shares.openView(owner, inbox, reader), undefined)
    await grant(owner, inbox, reader, 'lr')
    using view = await store.shares.openView(owner, inbox, reader)
    let rung = 0
    using _watch = view?.watch(() => {
      rung += 1
    })
    assert.deepEqual([view?.rights, view?.gone], ['lr', false])
    await grant(owner, inbox, reader, 'lrs')
    assert.deepEqual([view?.rights, rung], ['lrs', 1])
    await grant(owner, inbox, anyone, 'r', true)
    assert.deepEqual([view?.gone, rung], [true, 2])
    await grant(owner, inbox, anyone, '', true)
    assert.equal(view?.gone, true)
    using anew = await store.shares.openView(owner, inbox, reader)
    assert.equal(anew?.gone, false)
  })

  test('messages are copied and moved from account to account', async () => {
    const [owner, reader] = [await account(), await account()]
    const [source, target] = [await inboxOf(owner), await inboxOf(reader)]
    await deliver(owner, 3)
    await grant(owner, source, reader, 'lrste')
    await store.setFlags(owner, source, [1], edit('add', flag.seen, by(reader)))
    await store.setFlags(owner, source, [1, 2], { action: 'add', flags: flag.flagged, keywords: ['k'] })
    const from = { accountId: owner, mailboxId: source, reader: by(reader) }
    const to = { accountId: reader, mailboxId: target }
    const copied = await store.shares.copy(from, to, [1, 2, 9], { isMove: false })
    assert.deepEqual(copied, {
      kind: 'done',
      uidValidity: copied.kind === 'done' && copied.uidValidity,
      from: [1, 2],
      to: [1, 2],
    })
    using view = await store.openView(reader, target)
    assert.deepEqual([...(view?.current.flags.subarray(0, 2) ?? [])], [flag.flagged | flag.seen, flag.flagged])
    const bytes = await store.message(reader, view?.current.messageIds[0] ?? 0)
    assert.match(Buffer.from((await bytes?.read(0, 99)) ?? []).toString(), /<1@x>/)
    await store.shares.copy(from, to, [3], { isMove: true })
    assert.equal((await store.mailbox(owner, 'INBOX'))?.exists, 2)
    assert.equal((await store.mailbox(reader, 'INBOX'))?.exists, 3)
    assert.equal((await store.quota(reader)).messages, 3)
    await store.setQuota(reader, 10)
    assert.deepEqual(await store.shares.copy(from, to, [1], { isMove: false }), { kind: 'over-quota' })
    assert.deepEqual(await store.shares.copy(from, { ...to, mailboxId: 5 }, [1], { isMove: false }), {
      kind: 'no-such-mailbox',
    })
    await assertConsistent(database, folder)
  })

  test('a message goes by the ids that it had first, wherever it is copied, until it is gone', async () => {
    const [owner, reader, third] = [await account(), await account(), await account()]
    const [source, target, last] = [await inboxOf(owner), await inboxOf(reader), await inboxOf(third)]
    await deliver(owner, 1)
    using first = (await store.openView(owner, source)) ?? assert.fail('no source')
    assert.equal(first.current.origins, undefined)
    const origin = {
      accountId: owner,
      messageId: first.current.messageIds[0] ?? 0,
      threadId: first.current.threadIds[0] ?? 0,
    }
    const originOf = async (accountId: number, mailboxId: number) => {
      using view = (await store.openView(accountId, mailboxId)) ?? assert.fail('no such mailbox')
      return view.current.origins?.get(view.current.messageIds[view.current.count - 1] ?? 0)
    }
    const at = (accountId: number, mailboxId: number) => ({ accountId, mailboxId })
    using second = (await store.openView(reader, target)) ?? assert.fail('no target')
    await store.shares.copy(at(owner, source), at(reader, target), [1], { isMove: false })
    assert.deepEqual([second.current.count, await originOf(reader, target)], [1, origin])
    await store.shares.copy(at(reader, target), at(third, last), [1], { isMove: false })
    assert.deepEqual(await originOf(third, last), origin)
    // The way back is one more copy, under the same ids.
    await store.shares.copy(at(third, last), at(owner, source), [1], { isMove: true })
    assert.deepEqual(await originOf(owner, source), origin)
    // Within the account, and read anew.
    const archive = (await store.mailbox(reader, 'Archive'))?.mailboxId ?? 0
    const sent = (await store.mailbox(reader, 'Sent'))?.mailboxId ?? 0
    using _archive = await store.openView(reader, archive)
    using _sent = await store.openView(reader, sent)
    await store.move(reader, target, archive, [1])
    assert.deepEqual(await originOf(reader, archive), origin)
    await store.copy(reader, archive, sent, [1])
    assert.deepEqual(await originOf(reader, sent), origin)
    await store.copy(reader, archive, target, [1])
    await store.raiseUidValidity(reader)
    assert.deepEqual([await originOf(reader, target), await originOf(reader, archive)], [origin, origin])
    await store.removeAccount(owner)
    await store.raiseUidValidity(reader)
    assert.deepEqual(await originOf(reader, target), origin)
    // What was removed comes back as what it was.
    await store.expunge(reader, target, [2], { onlyDeleted: false })
    await store.raiseUidValidity(reader)
    using _ = await store.openView(reader, target)
    const [grave] = (await database.read(tx => tx.all<[number]>(graves(reader)))).map(([id]) => id)
    await store.restore(reader, [grave ?? 0], {})
    assert.deepEqual(await originOf(reader, target), origin)
    await store.removeAccount(reader)
    await assertConsistent(database, folder)
  })

  test('a reader copies within the account of another, with the flags that it may set there', async () => {
    const [owner, reader] = [await account(), await account()]
    const source = await inboxOf(owner)
    await store.createMailbox(owner, 'team')
    const target = (await store.mailbox(owner, 'team'))?.mailboxId ?? 0
    await deliver(owner, 2)
    await store.setFlags(owner, source, [1, 2], { action: 'add', flags: flag.seen | flag.flagged, keywords: ['k'] })
    await store.setFlags(owner, source, [2], edit('add', flag.seen, by(reader)))
    const from = { accountId: owner, mailboxId: source, reader: by(reader) }
    const to = { accountId: owner, mailboxId: target, reader: by(reader, flag.seen, false) }
    await store.shares.copy(from, to, [1, 2], { isMove: true })
    using own = await store.openView(owner, target)
    assert.deepEqual([...(own?.current.flags.subarray(0, 2) ?? [])], [0, 0])
    await grant(owner, target, reader, 'lr')
    assert.equal((await store.shares.mailbox(owner, reader, 'team'))?.mailbox.unseen, 1)
    await assertConsistent(database, folder)
  })

  test('a grantee hears of its rights on its own feed, everybody on that of anyone', async () => {
    const [owner, reader] = [await account(), await account()]
    const sharedId = await inboxOf(owner)
    const changes: Change[] = []
    using _reader = store.subscribe(reader, change => changes.push(change))
    using _anyone = store.subscribe(anyone, change => changes.push(change))
    await grant(owner, sharedId, reader, 'lr')
    await grant(owner, sharedId, reader, 'lr')
    await grant(owner, sharedId, anyone, 'l')
    await grant(owner, sharedId, reader, '')
    const told = { kind: 'shared', mailboxId: 0, ownerId: owner, sharedId }
    assert.deepEqual(
      changes.map(({ modseq, ...change }) => change),
      [reader, anyone, reader].map(accountId => ({ ...told, accountId })),
    )
  })

  test('an account that goes takes its rights and its \\Seen along, and what it gave', async () => {
    const [owner, reader, third] = [await account(), await account(), await account()]
    const inbox = await inboxOf(owner)
    await deliver(owner, 2)
    await grant(owner, inbox, reader, 'lrs')
    await grant(owner, inbox, third, 'lrs')
    await grant(reader, await inboxOf(reader), third, 'lr')
    await store.setFlags(owner, inbox, [1], edit('add', flag.seen, by(reader)))
    await store.setFlags(owner, inbox, [2], edit('add', flag.seen, by(third)))
    const changes: Change[] = []
    using _feed = store.subscribe(owner, change => changes.push(change))
    await store.removeAccount(reader)
    assert.deepEqual(
      (await store.shares.acl(owner, inbox)).map(({ granteeId }) => granteeId),
      [third],
    )
    assert.deepEqual(
      changes.map(({ kind }) => kind),
      ['rights'],
    )
    assert.deepEqual(await ownersSharedWith(third), [owner])
    await assertConsistent(database, folder)
    await store.removeAccount(owner)
    assert.deepEqual(await ownersSharedWith(third), [])
    await assertConsistent(database, folder)
  })
}
