// Annotations, uses of mailboxes and the quota of messages, on each engine.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Database } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import type { Change } from './change.ts'
import { limits } from './limits.ts'
import { serverId } from './metadata.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'

const engines: readonly (readonly [string, (folder: string) => Promise<Database>])[] = [
  ['SQLite', folder => openSqlite({ path: join(folder, 'posthouse.db') })],
  ['PGlite', () => openPglite()],
]

for (const [name, open] of engines) describe(`annotations on ${name}`, () => contract(open))

function contract(open: (folder: string) => Promise<Database>): void {
  let folder: string
  let database: Database
  let temporary: TemporaryStore
  let lastAccount = 0

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-annotations-'))
    database = await open(folder)
    temporary = await temporaryStore({ database, folder })
  })

  after(async () => {
    await temporary[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function newAccount(): Promise<number> {
    const accountId = ++lastAccount
    await temporary.store.createAccount(accountId)
    return accountId
  }

  async function idOf(accountId: number, name: string): Promise<number> {
    const mailbox = await temporary.store.mailbox(accountId, name)
    assert.ok(mailbox !== undefined, name)
    return mailbox.mailboxId
  }

  async function made(accountId: number, name: string): Promise<{ readonly mailboxId: number }> {
    await temporary.store.createMailbox(accountId, name)
    return { mailboxId: await idOf(accountId, name) }
  }

  /** `entry=value` of what the reader sees. */
  async function seen(accountId: number, mailboxId: number, readerId = accountId): Promise<string[]> {
    const found = await temporary.store.metadata({ accountId, mailboxId, readerId })
    return found.map(({ entry, value }) => `${entry}=${Buffer.from(value).toString('latin1')}`)
  }

  function edit(entry: string, value: string | undefined) {
    return { entry, value: value === undefined ? undefined : Buffer.from(value, 'latin1') }
  }

  test('shared entries are seen by all, private ones by their reader', async () => {
    const [owner, reader] = [await newAccount(), await newAccount()]
    const mailboxId = await idOf(owner, 'INBOX')
    const place = { accountId: owner, mailboxId }
    const { store } = temporary
    await store.setMetadata({ ...place, readerId: owner }, [
      edit('/shared/comment', 'ours'),
      edit('/private/a', 'mine'),
    ])
    await store.setMetadata({ ...place, readerId: reader }, [edit('/private/a', 'yours\0\xff')])
    assert.deepEqual(await seen(owner, mailboxId), ['/private/a=mine', '/shared/comment=ours'])
    assert.deepEqual(await seen(owner, mailboxId, reader), ['/private/a=yours\0\xff', '/shared/comment=ours'])
    await store.setMetadata({ ...place, readerId: owner }, [edit('/shared/comment', undefined), edit('/private/a', '')])
    assert.deepEqual(await seen(owner, mailboxId), ['/private/a='])
    const all = await store.metadataOfAll({ accountId: owner, readerId: owner, entries: ['/private/a', '/private/b'] })
    assert.deepEqual(
      all.map(({ mailboxId, entry }) => [mailboxId, entry]),
      [[mailboxId, '/private/a']],
    )
    await store.removeAccount(reader)
    assert.deepEqual(await seen(owner, mailboxId, reader), [])
  })

  test('the server has entries of its own for each account', async () => {
    const [one, other] = [await newAccount(), await newAccount()]
    const place = { accountId: one, mailboxId: serverId, readerId: one }
    assert.deepEqual(await temporary.store.setMetadata(place, [edit('/private/x', '1')]), { kind: 'done' })
    assert.deepEqual(await seen(one, serverId), ['/private/x=1'])
    assert.deepEqual(await seen(other, serverId), [])
  })

  test('a change of annotations goes to the feed, and the HIGHESTMODSEQ of its mailbox rises with it', async () => {
    const accountId = await newAccount()
    const { store } = temporary
    const mailboxId = await idOf(accountId, 'INBOX')
    using view = await store.openView(accountId, mailboxId)
    const before = view?.highestModseq
    const changes: Change[] = []
    using _ = store.subscribe(accountId, change => changes.push(change))
    const place = { accountId, mailboxId, readerId: accountId }
    await store.setMetadata(place, [edit('/shared/a', '1'), edit('/shared/b', undefined)])
    await store.setMetadata(place, [edit('/shared/b', undefined)])
    assert.deepEqual(
      changes.map(change => change.kind === 'metadata' && change.entries),
      [['/shared/a']],
    )
    assert.ok(view !== undefined && view.highestModseq > (before ?? 0))
    assert.equal((await store.mailbox(accountId, 'INBOX'))?.highestModseq, view.highestModseq)
    await store.setMetadata(place, [], { specialUse: '\\Archive' })
    assert.equal(view.highestModseq, changes.at(-1)?.modseq)
    assert.equal((await store.mailbox(accountId, 'INBOX'))?.highestModseq, view.highestModseq)
    assert.deepEqual(await store.setMetadata({ ...place, mailboxId: 5 }, [edit('/shared/a', '1')]), {
      kind: 'no-such-mailbox',
    })
  })

  test('there are limits for a mailbox and for an account, and nothing is set beyond them', async () => {
    const accountId = await newAccount()
    const { store } = temporary
    const place = { accountId, mailboxId: await idOf(accountId, 'INBOX'), readerId: accountId }
    const most = Array.from({ length: limits.metadataEntries }, (_, number) => edit(`/shared/${number}`, 'x'))
    assert.deepEqual(await store.setMetadata(place, most), { kind: 'done' })
    assert.deepEqual(await store.setMetadata(place, [edit('/shared/0', 'y'), edit('/shared/one', 'x')]), {
      kind: 'too-many',
    })
    assert.ok((await seen(accountId, place.mailboxId)).includes('/shared/0=x'))
    assert.deepEqual(await store.setMetadata(place, [edit('/shared/0', undefined), edit('/shared/one', 'x')]), {
      kind: 'done',
    })
  })

  test('what a reader notes for itself leaves the owner its room, and has a limit of its own', async () => {
    const accountId = await newAccount()
    const readerId = await newAccount()
    const value = 'x'.repeat(limits.metadataBytes)
    const notes = Array.from({ length: limits.metadataEntries }, (_, index) => edit(`/private/${index}`, value))
    const kinds = new Set<string>()
    for (let round = 0; round < 6; round += 1) {
      const { mailboxId } = await made(accountId, `m${round}`)
      for (const note of notes.slice(0, 10))
        kinds.add((await temporary.store.setMetadata({ accountId, mailboxId, readerId }, [note])).kind)
    }
    assert.deepEqual([...kinds], ['done', 'too-many'])
    for (let round = 0; round < 5; round += 1) {
      const place = { accountId, mailboxId: await idOf(accountId, `m${round}`), readerId: accountId }
      assert.equal((await temporary.store.setMetadata(place, notes)).kind, 'done')
    }
  })

  test('INBOX renamed again and again does not multiply its annotations beyond the limit', async () => {
    const accountId = await newAccount()
    const mailboxId = await idOf(accountId, 'INBOX')
    const value = 'x'.repeat(limits.metadataBytes)
    const notes = Array.from({ length: limits.metadataEntries }, (_, index) => edit(`/private/${index}`, value))
    await temporary.store.setMetadata({ accountId, mailboxId, readerId: accountId }, notes)
    const counts: number[] = []
    for (let round = 0; round < 7; round += 1) {
      await temporary.store.renameMailbox(accountId, 'INBOX', `old${round}`)
      counts.push((await seen(accountId, await idOf(accountId, `old${round}`))).length)
    }
    assert.deepEqual(counts, [100, 100, 100, 100, 0, 0, 0])
    assert.equal((await seen(accountId, mailboxId)).length, 100)
  })

  test('annotations follow a renamed mailbox, stay with INBOX, and go with a deleted one', async () => {
    const accountId = await newAccount()
    const { store } = temporary
    const inbox = await idOf(accountId, 'INBOX')
    await store.setMetadata({ accountId, mailboxId: inbox, readerId: accountId }, [edit('/shared/a', '1')])
    await store.renameMailbox(accountId, 'INBOX', 'old')
    assert.deepEqual(await seen(accountId, inbox), ['/shared/a=1'])
    await store.renameMailbox(accountId, 'old', 'older')
    const older = await idOf(accountId, 'older')
    assert.deepEqual(await seen(accountId, older), ['/shared/a=1'])
    await store.deleteMailbox(accountId, 'older')
    assert.deepEqual(await seen(accountId, older), [])
  })

  test('a use belongs to one mailbox', async () => {
    const accountId = await newAccount()
    const { store } = temporary
    const changes: Change[] = []
    using _ = store.subscribe(accountId, change => changes.push(change))
    await store.createMailbox(accountId, 'Outbox', '\\Sent')
    const place = async (name: string) => ({ accountId, mailboxId: await idOf(accountId, name), readerId: accountId })
    await store.setMetadata(await place('Outbox'), [], { specialUse: '\\Archive' })
    await store.setMetadata(await place('Trash'), [], { specialUse: undefined })
    const uses = (await store.mailboxes(accountId)).filter(({ specialUse }) => specialUse !== undefined)
    assert.deepEqual(
      uses.map(({ name, specialUse }) => [name, specialUse]),
      [
        ['Drafts', '\\Drafts'],
        ['Junk', '\\Junk'],
        ['Outbox', '\\Archive'],
      ],
    )
    const changed = changes.map(change =>
      change.kind === 'mailbox-changed' ? `${change.mailbox.name} ${change.changed}` : change.kind,
    )
    assert.deepEqual(changed, ['Sent use', 'mailbox-made', 'Archive use', 'Outbox use', 'Trash use'])
    const nowhere = { ...(await place('INBOX')), mailboxId: 5 }
    assert.deepEqual(await store.setMetadata(nowhere, [], { specialUse: '\\Junk' }), { kind: 'no-such-mailbox' })
  })

  test('messages are limited apart from octets', async () => {
    const accountId = await newAccount()
    const { store } = temporary
    const inbox = await idOf(accountId, 'INBOX')
    await store.setMessageQuota(accountId, 2)
    const append = async () => {
      await using message = await temporary.message('x')
      const item = { message, flags: 0, keywords: '', internalDate: undefined }
      return (await store.append(accountId, inbox, [item])).kind
    }
    assert.equal(await append(), 'done')
    assert.deepEqual(await store.limitOf(accountId), {
      usedBytes: 1,
      limitBytes: Number.POSITIVE_INFINITY,
      messages: 1,
      limitMessages: 2,
      fullSince: undefined,
    })
    assert.equal(await append(), 'done')
    assert.equal(await append(), 'over-quota')
    assert.equal((await store.copy(accountId, inbox, inbox, [1])).kind, 'over-quota')
    assert.equal((await store.move(accountId, inbox, inbox, [1])).kind, 'done')
    await store.setMessageQuota(accountId, undefined)
    assert.equal(await append(), 'done')
    assert.equal(await store.limitOf(accountId), undefined)
  })

  test('a subscription is told with or without a mailbox, once', async () => {
    const accountId = await newAccount()
    const { store } = temporary
    const changes: Change[] = []
    using _ = store.subscribe(accountId, change => changes.push(change))
    await store.setSubscribed(accountId, 'nowhere', true)
    await store.setSubscribed(accountId, 'nowhere', true)
    await store.setSubscribed(accountId, 'Junk', false)
    await store.setSubscribed(accountId, 'Junk', false)
    assert.deepEqual(
      changes.map(change => change.kind === 'subscription' && [change.name, change.subscribed, change.mailboxId > 0]),
      [
        ['nowhere', true, false],
        ['Junk', false, true],
      ],
    )
  })
}
