// What the store promises, on each engine: the same cases, each with accounts of its own.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import type { Database } from '#io/sql/database.ts'
import { openPglite } from '#io/sql/pglite.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { flag } from '#mail/flags.ts'
import type { Change } from './change.ts'
import { letGoAll } from './kept.ts'
import type { Mailbox } from './mailbox.ts'
import type { FlagEdit, Store, UidRange } from './store.ts'
import { type TemporaryStore, temporaryStore } from './temporary-store.ts'
import { forgetTombstones } from './tombstones.ts'

interface Engine {
  readonly name: string
  open(folder: string): Promise<Database>
}

const engines: readonly Engine[] = [
  { name: 'SQLite', open: folder => openSqlite({ path: join(folder, 'posthouse.db') }) },
  { name: 'PGlite', open: () => openPglite() },
]

for (const engine of engines) describe(`store on ${engine.name}`, () => contract(engine))

function contract(engine: Engine): void {
  let folder: string
  let database: Database
  let temporary: TemporaryStore
  let store: Store
  let lastAccount = 0

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'posthouse-contract-'))
    database = await engine.open(folder)
    temporary = await temporaryStore({ database, folder })
    store = temporary.store
  })

  after(async () => {
    // Checks that all the cases left the database consistent.
    await temporary[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
    await rm(folder, { recursive: true })
  })

  async function newAccount(): Promise<{ accountId: number; inbox: number }> {
    const accountId = ++lastAccount
    await store.createAccount(accountId)
    return { accountId, inbox: (await named(accountId, 'INBOX')).mailboxId }
  }

  async function named(accountId: number, name: string): Promise<Mailbox> {
    const mailbox = await store.mailbox(accountId, name)
    assert.ok(mailbox !== undefined, name)
    return mailbox
  }

  async function deliver(
    accountId: number,
    text: string,
    options: { mailbox?: string; prefix?: string; flags?: number } = {},
  ) {
    await using message = await temporary.message(text)
    const prefix = Buffer.from(options.prefix ?? '')
    const delivery = { accountId, mailbox: options.mailbox ?? 'INBOX', prefix, flags: options.flags ?? 0 }
    const [delivered] = await store.deliver(message, [delivery])
    assert.ok(delivered !== undefined)
    return delivered.entry
  }

  async function append(accountId: number, mailboxId: number, texts: readonly string[]) {
    const messages = await Promise.all(texts.map(text => temporary.message(text)))
    const appended = messages.map(message => ({ message, flags: 0, keywords: '', internalDate: undefined }))
    return store.append(accountId, mailboxId, appended)
  }

  async function uidsIn(accountId: number, mailboxId: number): Promise<number[]> {
    using view = await store.openView(accountId, mailboxId)
    return view === undefined ? [] : [...view.current.uids.subarray(0, view.current.count)]
  }

  async function textOf(accountId: number, messageId: number): Promise<string | undefined> {
    const [bytes] = await store.messagesInline(accountId, [messageId])
    return bytes === undefined ? undefined : Buffer.from(bytes).toString('latin1')
  }

  test('a new account has the default mailboxes, subscribed', async () => {
    const { accountId } = await newAccount()
    const mailboxes = await store.mailboxes(accountId)
    assert.deepEqual(
      mailboxes.map(({ name, specialUse, subscribed, exists, uidNext }) => [
        name,
        specialUse,
        subscribed,
        exists,
        uidNext,
      ]),
      [
        ['Archive', '\\Archive', true, 0, 1],
        ['Drafts', '\\Drafts', true, 0, 1],
        ['INBOX', undefined, true, 0, 1],
        ['Junk', '\\Junk', true, 0, 1],
        ['Sent', '\\Sent', true, 0, 1],
        ['Trash', '\\Trash', true, 0, 1],
      ],
    )
    assert.equal(new Set(mailboxes.map(({ uidValidity }) => uidValidity)).size, 6)
    await store.createAccount(accountId)
    assert.deepEqual(await store.mailboxes(accountId), mailboxes)
  })

  test('a delivered message is counted, numbered and read back with its prefix', async () => {
    const { accountId } = await newAccount()
    const entry = await deliver(accountId, 'Subject: tea\r\n\r\nhot\r\n', { prefix: 'Return-Path: <>\r\n' })
    assert.deepEqual([entry.uid, entry.flags, entry.keywords, entry.sizeBytes], [1, 0, '', 38])
    assert.equal(entry.internalDate, temporary.clock.now())
    const inbox = await named(accountId, 'inbox')
    assert.deepEqual(
      [inbox.exists, inbox.unseen, inbox.sizeBytes, inbox.uidNext, inbox.highestModseq],
      [1, 1, 38, 2, entry.modseq],
    )
    assert.deepEqual(await store.quota(accountId), {
      usedBytes: 38,
      limitBytes: undefined,
      messages: 1,
      limitMessages: undefined,
    })
    assert.equal(await textOf(accountId, entry.messageId), 'Return-Path: <>\r\nSubject: tea\r\n\r\nhot\r\n')
  })

  test('one delivery to many accounts stores the bytes once, each with its own prefix', async () => {
    const [one, two] = [await newAccount(), await newAccount()]
    await using message = await temporary.message('body')
    const delivered = await store.deliver(message, [
      { accountId: one.accountId, mailbox: 'INBOX', prefix: Buffer.from('1:') },
      { accountId: two.accountId, mailbox: 'INBOX', prefix: Buffer.from('2:') },
      { accountId: one.accountId, mailbox: 'INBOX', prefix: Buffer.from('1:') },
    ])
    assert.deepEqual(
      delivered.map(({ accountId, entry }) => [accountId, entry.uid]),
      [
        [one.accountId, 1],
        [two.accountId, 1],
        [one.accountId, 1],
      ],
    )
    assert.equal((await named(one.accountId, 'INBOX')).exists, 1)
    assert.equal(await textOf(two.accountId, delivered[1]?.entry.messageId ?? 0), '2:body')
  })

  test('a delivery makes the mailbox it names, and falls back to INBOX when that name is not allowed', async () => {
    const { accountId } = await newAccount()
    const entry = await deliver(accountId, 'a', { mailbox: 'Lists/tea' })
    const made = await named(accountId, 'Lists/tea')
    assert.deepEqual([made.exists, made.highestModseq], [1, entry.modseq])
    assert.equal((await named(accountId, 'Lists')).exists, 0)
    assert.deepEqual(await store.quota(accountId), {
      usedBytes: 1,
      limitBytes: undefined,
      messages: 1,
      limitMessages: undefined,
    })
    await deliver(accountId, 'b', { mailbox: 'bad//name' })
    assert.equal((await named(accountId, 'INBOX')).exists, 1)
  })

  test('a delivery to an account without mailboxes makes them', async () => {
    const accountId = ++lastAccount
    await deliver(accountId, 'first')
    assert.equal((await store.mailboxes(accountId)).length, 6)
  })

  test('messages of one conversation share a thread id, others do not', async () => {
    const { accountId } = await newAccount()
    const first = await deliver(accountId, 'Message-ID: <a@x>\r\nSubject: tea\r\n\r\n')
    const reply = await deliver(accountId, 'Message-ID: <b@x>\r\nReferences: <a@x>\r\nSubject: Re: tea\r\n\r\n')
    const later = await deliver(accountId, 'Message-ID: <c@x>\r\nIn-Reply-To: <b@x>\r\nSubject: RE: tea\r\n\r\n')
    const again = await deliver(accountId, 'Message-ID: <b@x>\r\nSubject: tea\r\n\r\n')
    const other = await deliver(accountId, 'Message-ID: <d@x>\r\nReferences: <a@x>\r\nSubject: coffee\r\n\r\n')
    assert.equal(reply.threadId, first.threadId)
    assert.equal(later.threadId, first.threadId)
    assert.equal(again.threadId, first.threadId)
    assert.notEqual(other.threadId, first.threadId)
    assert.notEqual(reply.messageId, first.messageId)
  })

  test('an append stores all messages in order', async () => {
    const { accountId, inbox } = await newAccount()
    const result = await append(accountId, inbox, ['one', 'two', 'three'])
    assert.equal(result.kind, 'done')
    assert.deepEqual(result.kind === 'done' && result.entries.map(({ uid }) => uid), [1, 2, 3])
    assert.deepEqual(await append(accountId, 999, ['x']), { kind: 'no-such-mailbox' })
  })

  test('an append over the quota stores none of its messages', async () => {
    const { accountId, inbox } = await newAccount()
    await store.setQuota(accountId, 10)
    assert.deepEqual(await append(accountId, inbox, ['123456', '78901']), { kind: 'over-quota' })
    assert.deepEqual(await store.quota(accountId), {
      usedBytes: 0,
      limitBytes: 10,
      messages: 0,
      limitMessages: undefined,
    })
    assert.equal((await append(accountId, inbox, ['123456', '7890'])).kind, 'done')
    assert.deepEqual(await store.copy(accountId, inbox, inbox, [1]), { kind: 'over-quota' })
    await store.setQuota(accountId, undefined)
    assert.equal((await store.copy(accountId, inbox, inbox, [1])).kind, 'done')
  })

  test('a limit holds from its setting on, also for those who asked before', async () => {
    const { accountId } = await newAccount()
    assert.equal(await store.limitOf(accountId), undefined)
    await store.setQuota(accountId, 10)
    assert.deepEqual(await store.limitOf(accountId), {
      usedBytes: 0,
      limitBytes: 10,
      messages: 0,
      limitMessages: Number.POSITIVE_INFINITY,
      fullSince: undefined,
    })
    await store.setQuota(accountId, undefined)
    const asked = store.limitOf(accountId)
    await store.setQuota(accountId, 20)
    await asked
    assert.deepEqual(await store.limitOf(accountId), {
      usedBytes: 0,
      limitBytes: 20,
      messages: 0,
      limitMessages: Number.POSITIVE_INFINITY,
      fullSince: undefined,
    })
  })

  test('since when an account is full is remembered until it is not, or has a new limit', async () => {
    const { accountId } = await newAccount()
    await store.setQuota(accountId, 10)
    await store.noteFull(accountId, 1234)
    assert.equal((await store.limitOf(accountId))?.fullSince, 1234)
    await store.noteFull(accountId, undefined)
    assert.equal((await store.limitOf(accountId))?.fullSince, undefined)
    await store.noteFull(accountId, 5678)
    await store.setQuota(accountId, 11)
    assert.equal((await store.limitOf(accountId))?.fullSince, undefined)
  })

  test('what the envelope asked for stays with the message and its copies, and goes with it', async () => {
    const { accountId, inbox } = await newAccount()
    await using message = await temporary.message('x')
    const prefix = new Uint8Array(0)
    const [first, second] = await store.deliver(message, [
      { accountId, mailbox: 'INBOX', prefix, envelope: '{"ret":"FULL"}' },
      { accountId, mailbox: 'Archive', prefix },
    ])
    const [withEnvelope, without] = [first?.entry.messageId ?? 0, second?.entry.messageId ?? 0]
    assert.equal(await store.envelope(accountId, withEnvelope), '{"ret":"FULL"}')
    assert.equal(await store.envelope(accountId, without), undefined)
    await store.copy(accountId, inbox, (await named(accountId, 'Trash')).mailboxId, [1])
    await store.deleteMailbox(accountId, 'Trash')
    assert.equal(await store.envelope(accountId, withEnvelope), '{"ret":"FULL"}')
    await store.removeAccount(accountId)
    assert.equal(await store.envelope(accountId, withEnvelope), undefined)
  })

  for (const [size, text] of [
    ['small', 'kept'],
    ['large', 'k'.repeat(200_000)],
  ] as const) {
    test(`a ${size} message is kept whatever becomes of mailboxes, delivered from there, and let go`, async () => {
      const { accountId, inbox } = await newAccount()
      const message = await temporary.message(text)
      const blobId = await store.keep(message, async (_, id) => id)
      await message[Symbol.asyncDispose]()
      const kept = await store.kept(blobId)
      assert.ok(kept !== undefined)
      assert.equal(kept.sizeBytes, text.length)
      assert.equal(Buffer.from(await kept.read(0, text.length + 9)).toString(), text)
      assert.equal(Buffer.from(await kept.read(1, 3)).toString(), text.slice(1, 3))
      assert.equal(Buffer.from(kept.head).toString(), text.slice(0, 65_536))

      await store.deliver(kept, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
      assert.ok(await store.kept(blobId))
      kept.alongside = async tx => void (await letGoAll(tx, [blobId]))
      const [delivered] = await store.deliver(kept, [{ accountId, mailbox: 'INBOX', prefix: Buffer.from('p') }])
      assert.equal(await store.kept(blobId), undefined)
      await kept[Symbol.asyncDispose]()
      const bytes = await store.message(accountId, delivered?.entry.messageId ?? 0)
      assert.equal(Buffer.from((await bytes?.read(0, 5)) ?? []).toString(), `p${text.slice(0, 4)}`)

      await assert.rejects(
        store.deliver(kept, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }]),
        /kept no more/,
      )
      assert.deepEqual(await uidsIn(accountId, inbox), [1, 2])
    })
  }

  test('what is written down with kept bytes is theirs: if it fails, nothing is kept', async () => {
    let blobId = 0
    await using message = await temporary.message('y'.repeat(200_000))
    const failing = store.keep(message, async (_, id) => {
      blobId = id
      throw new Error('not written')
    })
    await assert.rejects(failing, /not written/)
    assert.equal(await store.kept(blobId), undefined)
  })

  test('what hangs on a message happens with its delivery, or neither does', async () => {
    const { accountId, inbox } = await newAccount()
    await using message = await temporary.message('x')
    const to: number[][] = []
    message.alongside = async (_, accountIds) => void to.push([...accountIds])
    const delivery = { accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }
    await store.deliver(message, [delivery, { ...delivery, mailbox: 'Archive' }])
    assert.deepEqual(to.at(-1), [accountId])
    message.alongside = async () => {
      throw new Error('not struck out')
    }
    await assert.rejects(store.deliver(message, [delivery]), /not struck out/)
    assert.deepEqual(await uidsIn(accountId, inbox), [1])
  })

  test('ids rise within an account even when the clock does not', async () => {
    const { accountId } = await newAccount()
    const first = await deliver(accountId, 'a')
    const second = await deliver(accountId, 'b')
    assert.ok(second.entryId > first.entryId && second.messageId > first.entryId)
  })

  const flagCases: readonly (readonly [string, Omit<FlagEdit, 'unchangedSince'>, number, string])[] = [
    ['add', { action: 'add', flags: flag.seen, keywords: ['$Junk'] }, flag.seen | flag.flagged, 'Tea $Junk'],
    ['add in another spelling', { action: 'add', flags: 0, keywords: ['TEA'] }, flag.flagged, 'Tea'],
    ['remove', { action: 'remove', flags: flag.flagged, keywords: ['tea'] }, 0, ''],
    ['remove what is not there', { action: 'remove', flags: flag.draft, keywords: ['x'] }, flag.flagged, 'Tea'],
    ['replace', { action: 'replace', flags: flag.deleted, keywords: ['b', 'a'] }, flag.deleted, 'b a'],
    ['replace by nothing', { action: 'replace', flags: 0, keywords: [] }, 0, ''],
  ]
  for (const [name, edit, flags, keywords] of flagCases) {
    test(`flags: ${name}`, async () => {
      const { accountId, inbox } = await newAccount()
      await append(accountId, inbox, ['one'])
      await store.setFlags(accountId, inbox, [1], { action: 'replace', flags: flag.flagged, keywords: ['Tea'] })
      const changes: Change[] = []
      using _ = store.subscribe(accountId, change => changes.push(change))
      const before = await named(accountId, 'INBOX')
      const set = await store.setFlags(accountId, inbox, [1, 7], edit)
      const isSame = flags === flag.flagged && keywords === 'Tea'
      const mailbox = await named(accountId, 'INBOX')
      assert.deepEqual(set, { modified: [], tooMany: [], modseq: isSame ? undefined : mailbox.highestModseq })
      assert.equal(mailbox.highestModseq, before.highestModseq + (isSame ? 0 : 1))
      assert.equal(mailbox.unseen, (flags & flag.seen) === 0 ? 1 : 0)
      assert.equal(mailbox.deleted, (flags & flag.deleted) === 0 ? 0 : 1)
      const changed = {
        accountId,
        mailboxId: inbox,
        modseq: mailbox.highestModseq,
        entries: [{ uid: 1, flags, keywords }],
      }
      assert.deepEqual(changes, isSame ? [] : [{ kind: 'flags', ...changed }])
    })
  }

  test('flags: unchangedSince spares entries that changed later, each by itself', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two', 'three'])
    const { highestModseq } = await named(accountId, 'INBOX')
    await store.setFlags(accountId, inbox, [2], { action: 'add', flags: flag.seen, keywords: [] })
    const edit: FlagEdit = { action: 'add', flags: flag.flagged, keywords: [], unchangedSince: highestModseq }
    const set = await store.setFlags(accountId, inbox, [3, 1, 2, 3, 9], edit)
    assert.deepEqual(set, { modified: [2], tooMany: [], modseq: highestModseq + 2 })
    using view = await store.openView(accountId, inbox)
    assert.deepEqual([...(view?.current.flags.subarray(0, 3) ?? [])], [flag.flagged, flag.seen, flag.flagged])
    assert.deepEqual(
      [...(view?.current.modseqs.subarray(0, 3) ?? [])],
      [highestModseq + 2, highestModseq + 1, highestModseq + 2],
    )
    // What it changed itself is later than what it was asked for.
    assert.deepEqual(await store.setFlags(accountId, inbox, [1, 2, 3], edit), {
      modified: [1, 2, 3],
      tooMany: [],
      modseq: undefined,
    })
  })

  test('flags: unchangedSince 0 spares every message, for no MODSEQ is 0', async () => {
    const { accountId, inbox } = await newAccount()
    assert.ok((await store.mailboxes(accountId)).every(({ highestModseq }) => highestModseq > 0))
    await append(accountId, inbox, ['one'])
    const edit: FlagEdit = { action: 'add', flags: flag.seen, keywords: [], unchangedSince: 0 }
    const spared = { modified: [1], tooMany: [], modseq: undefined }
    assert.deepEqual(await store.setFlags(accountId, inbox, [1], edit), spared)
  })

  test('flags: unchangedSince 0 lets keywords pass that a message does not have', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two'])
    await store.setFlags(accountId, inbox, [2], { action: 'add', flags: 0, keywords: ['tea'] })
    const set = async (edit: Omit<FlagEdit, 'unchangedSince'>) => {
      const { modified } = await store.setFlags(accountId, inbox, [1, 2], { ...edit, unchangedSince: 0 })
      return modified
    }
    assert.deepEqual(await set({ action: 'remove', flags: 0, keywords: ['TEA'] }), [2])
    assert.deepEqual(
      await set({ action: 'add', flags: flag.draft, keywords: ['tea'] }),
      [1, 2],
      'every message has flags',
    )
    assert.deepEqual(await set({ action: 'replace', flags: 0, keywords: ['tea'] }), [1, 2])
    assert.deepEqual(await set({ action: 'add', flags: 0, keywords: ['Tea', 'milk'] }), [2])
    assert.deepEqual(await set({ action: 'add', flags: 0, keywords: ['tea'] }), [1, 2], 'it is there now')
  })

  test('flags: what would have too many keywords is left as it is, and named', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two'])
    const keywords = Array.from({ length: 128 }, (_, number) => `k${number}`)
    await store.setFlags(accountId, inbox, [1], { action: 'add', flags: 0, keywords })
    const before = await named(accountId, 'INBOX')
    const edit: FlagEdit = { action: 'add', flags: flag.seen, keywords: ['K127', 'one-more'] }
    const set = await store.setFlags(accountId, inbox, [1, 2], edit)
    assert.deepEqual(set, { modified: [], tooMany: [1], modseq: before.highestModseq + 1 })
    using view = await store.openView(accountId, inbox)
    assert.deepEqual([...(view?.current.flags.subarray(0, 2) ?? [])], [0, flag.seen])
    assert.deepEqual([view?.current.keywords[0], view?.current.keywords[1]], [keywords.join(' '), 'K127 one-more'])
    const known: FlagEdit = { action: 'add', flags: 0, keywords: ['K127'] }
    assert.deepEqual((await store.setFlags(accountId, inbox, [1], known)).tooMany, [])
    const less: FlagEdit = { action: 'replace', flags: 0, keywords: ['one-more'] }
    assert.deepEqual((await store.setFlags(accountId, inbox, [1], less)).tooMany, [])
  })

  test('an expunge removes the deleted of those asked for, and their UIDs never come back', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['1', '22', '333', '4444'])
    await store.setFlags(accountId, inbox, [2, 4], { action: 'add', flags: flag.deleted, keywords: [] })
    assert.deepEqual(await store.expunge(accountId, inbox, [1, 2, 3], { onlyDeleted: true }), [2])
    assert.deepEqual(await store.expunge(accountId, inbox, [4, 2, 9], { onlyDeleted: false }), [4])
    assert.deepEqual(await uidsIn(accountId, inbox), [1, 3])
    const mailbox = await named(accountId, 'INBOX')
    assert.deepEqual([mailbox.exists, mailbox.deleted, mailbox.sizeBytes, mailbox.uidNext], [2, 0, 4, 5])
    assert.equal((await store.quota(accountId)).usedBytes, 4)
    assert.equal((await deliver(accountId, 'x')).uid, 5)
  })

  test('an author hears of its own changes first, and the feed says whose they are', async () => {
    const { accountId, inbox } = await newAccount()
    const told: string[] = []
    const author = (name: string) => ({
      made: (changes: readonly Change[]) => void told.push(`${name} ${changes.length}`),
    })
    const [one, other] = [author('one'), author('other')]
    using _ = store.subscribe(accountId, ({ kind }, by) => {
      told.push(`${kind} ${by === one ? 'one' : by === other ? 'other' : 'nobody'}`)
    })
    await Promise.all([
      store.authored(one, async () => {
        await append(accountId, inbox, ['one'])
        await store.setSubscribed(accountId, 'x', true)
      }),
      store.authored(other, () => store.setSubscribed(accountId, 'y', true)),
      store.setSubscribed(accountId, 'z', true),
    ])
    await store.setSubscribed(accountId, 'w', true)
    const wanted = ['added one', 'one 1', 'one 1', 'other 1', 'subscription nobody', 'subscription nobody']
    assert.deepEqual(told.toSorted(), [...wanted, 'subscription one', 'subscription other'].toSorted())
    for (const name of ['one', 'other'])
      for (const [at, text] of told.entries()) if (text.endsWith(` ${name}`)) assert.equal(told[at - 1], `${name} 1`)
  })

  test('an expunged message can still be read', async () => {
    const { accountId, inbox } = await newAccount()
    const entry = await deliver(accountId, 'still here')
    await store.expunge(accountId, inbox, [1], { onlyDeleted: false })
    assert.equal(await textOf(accountId, entry.messageId), 'still here')
    const message = await store.message(accountId, entry.messageId)
    assert.equal(Buffer.from((await message?.read(6, 99)) ?? []).toString(), 'here')
  })

  test('a copy is a new entry of the same message', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two', 'three'])
    await store.setFlags(accountId, inbox, [3], { action: 'add', flags: flag.seen, keywords: ['a'] })
    const archive = await named(accountId, 'Archive')
    const copied = await store.copy(accountId, inbox, archive.mailboxId, [3, 1, 8])
    assert.deepEqual(copied, { kind: 'done', uidValidity: archive.uidValidity, from: [1, 3], to: [1, 2] })
    using source = await store.openView(accountId, inbox)
    using target = await store.openView(accountId, archive.mailboxId)
    assert.ok(source !== undefined && target !== undefined)
    assert.equal(target.current.messageIds[1], source.current.messageIds[2])
    assert.notEqual(target.current.entryIds[1], source.current.entryIds[2])
    assert.equal(target.current.flags[1], flag.seen)
    assert.equal((await store.quota(accountId)).messages, 5)
    assert.equal((await named(accountId, 'Archive')).unseen, 1)
  })

  test('a copy of nothing and a copy to nowhere', async () => {
    const { accountId, inbox } = await newAccount()
    const { uidValidity } = await named(accountId, 'INBOX')
    assert.deepEqual(await store.copy(accountId, inbox, inbox, [5]), { kind: 'done', uidValidity, from: [], to: [] })
    assert.deepEqual(await store.copy(accountId, inbox, 999, [5]), { kind: 'no-such-mailbox' })
    assert.deepEqual(await store.move(accountId, inbox, 999, [5]), { kind: 'no-such-mailbox' })
  })

  test('copies of copies in one mailbox keep their references', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two'])
    await store.copy(accountId, inbox, inbox, [1])
    await store.copy(accountId, inbox, inbox, [1, 2, 3])
    assert.deepEqual(await uidsIn(accountId, inbox), [1, 2, 3, 4, 5, 6])
  })

  test('a move keeps the entry id and leaves the source', async () => {
    const { accountId, inbox } = await newAccount()
    const entry = await deliver(accountId, 'moving')
    const archive = await named(accountId, 'Archive')
    const changes: Change[] = []
    using _ = store.subscribe(accountId, change => changes.push(change))
    const moved = await store.move(accountId, inbox, archive.mailboxId, [1])
    assert.deepEqual(moved, { kind: 'done', uidValidity: archive.uidValidity, from: [1], to: [1] })
    assert.deepEqual(
      changes.map(({ kind, mailboxId }) => [kind, mailboxId]),
      [
        ['added', archive.mailboxId],
        ['expunged', inbox],
      ],
    )
    using view = await store.openView(accountId, archive.mailboxId)
    assert.equal(view?.current.entryIds[0], entry.entryId)
    assert.deepEqual(await uidsIn(accountId, inbox), [])
    assert.equal((await store.quota(accountId)).messages, 1)
  })

  test('a move within one mailbox gives new UIDs', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two'])
    await store.move(accountId, inbox, inbox, [1])
    assert.deepEqual(await uidsIn(accountId, inbox), [2, 3])
  })

  test('what vanished since a MODSEQ is told by UID, however it left', async () => {
    const { accountId, inbox } = await newAccount()
    const archive = (await named(accountId, 'Archive')).mailboxId
    await append(
      accountId,
      inbox,
      Array.from({ length: 9 }, (_, index) => `message ${index}`),
    )
    const modseqs = [(await named(accountId, 'INBOX')).highestModseq]
    const then = async (work: Promise<unknown>) => {
      await work
      modseqs.push((await named(accountId, 'INBOX')).highestModseq)
    }
    await then(store.expunge(accountId, inbox, [8, 2], { onlyDeleted: false }))
    await then(store.move(accountId, inbox, archive, [5]))
    await then(store.move(accountId, inbox, inbox, [3, 4]))
    const vanished = (since: number, uids?: readonly UidRange[]) => store.vanished(accountId, inbox, { since, uids })
    assert.deepEqual(await vanished(0), [2, 3, 4, 5, 8])
    assert.deepEqual(await vanished(modseqs[0] ?? 0), [2, 3, 4, 5, 8])
    assert.deepEqual(await vanished(modseqs[1] ?? 0), [3, 4, 5])
    assert.deepEqual(await vanished(modseqs[2] ?? 0), [3, 4])
    assert.deepEqual(await vanished(modseqs[3] ?? 0), [])
    assert.deepEqual(await vanished(2 ** 63), [])
    const ranges = [
      { from: 8, to: 4_294_967_295 },
      { from: 1, to: 2 },
      { from: 2, to: 3 },
    ]
    assert.deepEqual(await vanished(0, ranges), [2, 3, 8])
    assert.deepEqual(await vanished(0, [{ from: 20, to: 30 }]), [])
    assert.deepEqual(await vanished(0, []), [])
    assert.deepEqual(await store.vanished(accountId, archive, { since: 0 }), [])
    assert.deepEqual(await store.vanished(accountId, 999, { since: 0 }), [])
  })

  test('where tombstones are forgotten, every UID that is not there has vanished for who was away longer', async () => {
    const { accountId, inbox } = await newAccount()
    const archive = (await named(accountId, 'Archive')).mailboxId
    await append(
      accountId,
      inbox,
      Array.from({ length: 6 }, (_, index) => `message ${index}`),
    )
    const start = (await named(accountId, 'INBOX')).highestModseq
    // Those of the other cases.
    await forgetTombstones(database, temporary.clock.now() + 1)
    await store.move(accountId, inbox, archive, [2])
    const between = (await named(accountId, 'INBOX')).highestModseq
    temporary.clock.advance(1)
    assert.equal(await forgetTombstones(database, temporary.clock.now()), 1)
    await store.expunge(accountId, inbox, [4, 6], { onlyDeleted: false })
    const vanished = (since: number, uids?: readonly UidRange[]) => store.vanished(accountId, inbox, { since, uids })
    assert.deepEqual(await vanished(start), [2, 4, 6])
    assert.deepEqual(await vanished(start, [{ from: 4, to: 5 }]), [4])
    assert.deepEqual(await vanished(between), [4, 6])
    assert.deepEqual(await vanished(between, [{ from: 1, to: 4 }]), [4])
    // They hold the whole entry still, so they stay.
    assert.equal(await forgetTombstones(database, temporary.clock.now() + 1), 0)
    assert.equal((await append(accountId, inbox, ['next'])).kind, 'done')
    assert.deepEqual(await uidsIn(accountId, inbox), [1, 3, 5, 7])
  })

  test('after a restore every UIDVALIDITY is above all that were ever given, and open mailboxes are gone', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one'])
    const before = await store.mailboxes(accountId)
    const highest = Math.max(...before.map(({ uidValidity }) => uidValidity))
    using view = await store.openView(accountId, inbox)
    using _ = (await store.openView(accountId, (await named(accountId, 'Sent')).mailboxId)) ?? assert.fail('no Sent')
    const bystander = await newAccount()
    assert.equal(await store.raiseUidValidity(accountId), 6)
    const after = await store.mailboxes(accountId)
    assert.equal(new Set(after.map(({ uidValidity }) => uidValidity)).size, 6)
    for (const [index, mailbox] of after.entries()) {
      assert.ok(mailbox.uidValidity > highest + 999_000, `${mailbox.uidValidity} above ${highest}`)
      assert.ok(mailbox.highestModseq > (before[index]?.highestModseq ?? 0) + 999_000)
      assert.equal(mailbox.mailboxId, before[index]?.mailboxId)
    }
    assert.equal(view?.gone, true)
    using again = await store.openView(accountId, inbox)
    assert.deepEqual([again?.gone, again?.uidValidity], [false, (await named(accountId, 'INBOX')).uidValidity])
    const made = await store.createMailbox(accountId, 'new')
    assert.ok(made.kind === 'done' && made.mailbox.uidValidity > Math.max(...after.map(one => one.uidValidity)))
    assert.ok((await named(bystander.accountId, 'INBOX')).uidValidity < highest + 999_000)
    await store.raiseUidValidity()
    assert.ok((await named(bystander.accountId, 'INBOX')).uidValidity > highest + 999_000)
    assert.equal(await store.raiseUidValidity(999_999), 0)
  })

  test('a message remembers when it came into its mailbox', async () => {
    const { accountId, inbox } = await newAccount()
    const archive = (await named(accountId, 'Archive')).mailboxId
    const first = temporary.clock.now()
    await append(accountId, inbox, ['one', 'two'])
    temporary.clock.advance(5_000)
    await store.copy(accountId, inbox, archive, [1])
    temporary.clock.advance(5_000)
    await store.move(accountId, inbox, archive, [2])
    using source = await store.openView(accountId, inbox)
    using target = await store.openView(accountId, archive)
    assert.deepEqual([...(source?.current.savedDates.subarray(0, 1) ?? [])], [first])
    assert.deepEqual([...(target?.current.savedDates.subarray(0, 2) ?? [])], [first + 5_000, first + 10_000])
    assert.deepEqual([...(target?.current.dates.subarray(0, 2) ?? [])], [first, first])
  })

  test('mailboxes are made with their parents, under one spelling of their name', async () => {
    const { accountId } = await newAccount()
    const made = await store.createMailbox(accountId, 'a/b/e\u0301', '\\Flagged')
    assert.equal(made.kind === 'done' && made.mailbox.name, 'a/b/\u00e9')
    assert.equal((await named(accountId, 'a/b/\u00e9')).specialUse, '\\Flagged')
    assert.equal((await named(accountId, 'a/b')).exists, 0)
    assert.deepEqual(await store.createMailbox(accountId, 'a/b'), { kind: 'already-exists' })
    assert.deepEqual(await store.createMailbox(accountId, 'inbox'), { kind: 'already-exists' })
    assert.equal((await store.createMailbox(accountId, 'inbox/x')).kind, 'done')
    assert.equal((await named(accountId, 'INBOX/x')).name, 'INBOX/x')
  })

  test('a deleted mailbox goes without its children, and its name comes back with a higher UIDVALIDITY', async () => {
    const { accountId } = await newAccount()
    await deliver(accountId, 'in a', { mailbox: 'a' })
    await store.createMailbox(accountId, 'a/b')
    const first = await named(accountId, 'a')
    assert.deepEqual(await store.deleteMailbox(accountId, 'a'), { kind: 'done' })
    assert.deepEqual(await store.deleteMailbox(accountId, 'a'), { kind: 'no-such-mailbox' })
    assert.deepEqual(await store.deleteMailbox(accountId, 'Inbox'), { kind: 'inbox' })
    assert.equal((await named(accountId, 'a/b')).exists, 0)
    assert.equal((await store.quota(accountId)).messages, 0)
    const again = await store.createMailbox(accountId, 'a')
    assert.ok(again.kind === 'done' && again.mailbox.uidValidity > first.uidValidity)
    assert.notEqual(again.mailbox.mailboxId, first.mailboxId)
  })

  test('a rename takes the children along and keeps UIDs', async () => {
    const { accountId } = await newAccount()
    await deliver(accountId, 'x', { mailbox: 'a/b' })
    await store.createMailbox(accountId, 'ab')
    const before = await named(accountId, 'a/b')
    assert.deepEqual(await store.renameMailbox(accountId, 'a', 'new/c'), { kind: 'done' })
    const names = (await store.mailboxes(accountId)).map(({ name }) => name)
    assert.deepEqual(
      names.filter(name => /^(a|new)/.test(name)),
      ['ab', 'new', 'new/c', 'new/c/b'],
    )
    const after = await named(accountId, 'new/c/b')
    assert.deepEqual([after.mailboxId, after.uidValidity, after.exists], [before.mailboxId, before.uidValidity, 1])
  })

  test('a level that nobody made is renamed by what is below it, and each change but of what is below another says what it was', async () => {
    const { accountId } = await newAccount()
    for (const name of ['a/b/c', 'a/d']) await store.createMailbox(accountId, name)
    for (const name of ['a']) await store.deleteMailbox(accountId, name)
    const changes: Change[] = []
    using _ = store.subscribe(accountId, change => changes.push(change))
    assert.deepEqual(await store.renameMailbox(accountId, 'a', 'new'), { kind: 'done' })
    assert.deepEqual(
      changes.map(change => change.kind === 'mailbox-changed' && [change.oldName, change.mailbox.name]),
      [
        ['a/b', 'new/b'],
        [undefined, 'new/b/c'],
        ['a/d', 'new/d'],
      ],
    )
    assert.equal(await store.mailbox(accountId, 'new'), undefined)
    assert.deepEqual(await store.renameMailbox(accountId, 'new', 'Trash'), { kind: 'already-exists' })
  })

  const renameRefusals: readonly (readonly [string, string, string])[] = [
    ['missing', 'x', 'no-such-mailbox'],
    ['Sent', 'Trash', 'already-exists'],
    ['Sent', 'Sent', 'already-exists'],
    ['Sent', 'Sent/x', 'name-not-allowed'],
    ['Sent', 'bad//name', 'name-not-allowed'],
    ['INBOX', 'Sent', 'already-exists'],
  ]
  for (const [from, to, kind] of renameRefusals) {
    test(`a rename of ${from} to ${to} is refused: ${kind}`, async () => {
      const { accountId } = await newAccount()
      assert.deepEqual(await store.renameMailbox(accountId, from, to), { kind })
    })
  }

  test('a rename of INBOX moves its messages and leaves it and its children', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two'])
    await store.createMailbox(accountId, 'INBOX/child')
    assert.deepEqual(await store.renameMailbox(accountId, 'inbox', 'old'), { kind: 'done' })
    const now = await named(accountId, 'INBOX')
    assert.deepEqual([now.mailboxId, now.exists, now.uidNext], [inbox, 0, 3])
    assert.equal((await named(accountId, 'old')).exists, 2)
    assert.ok(await store.mailbox(accountId, 'INBOX/child'))
  })

  test('subscriptions are names', async () => {
    const { accountId } = await newAccount()
    await store.setSubscribed(accountId, 'not/there', true)
    await store.setSubscribed(accountId, 'Junk', false)
    await store.setSubscribed(accountId, 'Junk', false)
    assert.deepEqual(await store.subscriptions(accountId), ['Archive', 'Drafts', 'INBOX', 'Sent', 'Trash', 'not/there'])
    assert.equal((await named(accountId, 'Junk')).subscribed, false)
    await store.createMailbox(accountId, 'not/there')
    assert.equal((await named(accountId, 'not/there')).subscribed, true)
  })

  test('recent messages are given to the first session that asks', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['one', 'two'])
    assert.equal(await store.claimRecent(accountId, inbox), 1)
    assert.equal(await store.claimRecent(accountId, inbox), 3)
    await append(accountId, inbox, ['three'])
    assert.equal(await store.claimRecent(accountId, inbox), 3)
    assert.equal(await store.claimRecent(accountId, inbox), 4)
  })

  test('the maildrop is locked once', async () => {
    const { accountId } = await newAccount()
    const lock = store.lockMaildrop(accountId)
    assert.ok(lock !== undefined)
    assert.equal(store.lockMaildrop(accountId), undefined)
    await lock[Symbol.asyncDispose]()
    const next = store.lockMaildrop(accountId)
    assert.ok(next !== undefined)
    await lock[Symbol.asyncDispose]()
    assert.equal(store.lockMaildrop(accountId), undefined)
    await next[Symbol.asyncDispose]()
  })

  test('the feed carries changes in the order of their MODSEQ', async () => {
    const { accountId, inbox } = await newAccount()
    const seen: number[] = []
    using _ = store.subscribe(accountId, change => seen.push(change.modseq))
    await Promise.all(
      Array.from({ length: 30 }, async (_, index) => {
        await append(accountId, inbox, [`message ${index}`])
        await store.setFlags(accountId, inbox, [index + 1], { action: 'add', flags: flag.seen, keywords: [] })
      }),
    )
    assert.deepEqual(
      seen,
      [...seen].sort((a, b) => a - b),
    )
    assert.equal((await named(accountId, 'INBOX')).highestModseq, seen.at(-1))
    assert.equal((await named(accountId, 'INBOX')).exists, 30)
  })

  test('many messages are read in the order asked for, the missing as undefined', async () => {
    const { accountId, inbox } = await newAccount()
    const texts = Array.from({ length: 300 }, (_, index) => `message ${index}`)
    const appended = await append(accountId, inbox, texts)
    const ids = appended.kind === 'done' ? appended.entries.map(({ messageId }) => messageId).reverse() : []
    const found = await store.messagesInline(accountId, [...ids, 12345])
    assert.deepEqual(
      found.map(bytes => bytes && Buffer.from(bytes).toString()),
      [...texts.reverse(), undefined],
    )
  })

  test('a large message lies in a file, and is read by range over its prefix', async () => {
    const { accountId } = await newAccount()
    const body = Buffer.alloc(300_000, '0123456789abcdef')
    await using message = await temporary.message(body)
    assert.equal(message.sizeBytes, body.length)
    const [delivered] = await store.deliver(message, [{ accountId, mailbox: 'INBOX', prefix: Buffer.from('pre') }])
    const messageId = delivered?.entry.messageId ?? 0
    assert.deepEqual(await store.messagesInline(accountId, [messageId]), [undefined])
    const bytes = await store.message(accountId, messageId)
    const whole = Buffer.concat([Buffer.from('pre'), body])
    const ranges = [
      [0, 2],
      [0, 10],
      [2, 3],
      [3, 300_003],
      [250_000, 999_999],
      [300_003, 300_010],
      [5, 5],
    ] as const
    for (const [start, end] of ranges) {
      assert.deepEqual(
        Buffer.from((await bytes?.read(start, end)) ?? []),
        whole.subarray(start, end),
        `${start}-${end}`,
      )
    }
  })

  test('a large message can be delivered twice', async () => {
    const { accountId } = await newAccount()
    await using message = await temporary.message(Buffer.alloc(200_000, 'x'))
    for (const _ of [1, 2]) await store.deliver(message, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
    assert.equal((await named(accountId, 'INBOX')).exists, 2)
  })

  test('a removed account leaves nothing', async () => {
    const { accountId, inbox } = await newAccount()
    await append(accountId, inbox, ['small', 'x'.repeat(200_000)])
    const changes: Change[] = []
    using _ = store.subscribe(accountId, change => changes.push(change))
    await store.removeAccount(accountId)
    assert.deepEqual(await store.mailboxes(accountId), [])
    assert.equal(changes.filter(({ kind }) => kind === 'mailbox-gone').length, 6)
    assert.deepEqual(await store.quota(accountId), {
      usedBytes: 0,
      limitBytes: undefined,
      messages: 0,
      limitMessages: undefined,
    })
  })
}
