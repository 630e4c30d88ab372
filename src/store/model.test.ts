// Random verbs against a simple model of an account, with fixed seeds; a view that stays open must agree with the model after each.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { seededRandom } from '#io/seeded-random.ts'
import { flag } from '#mail/flags.ts'
import type { MailboxView } from './mailbox-view.ts'
import type { FlagAction, RemovedBy } from './store.ts'
import { assertConsistent, type TemporaryStore, temporaryStore } from './temporary-store.ts'

interface ModelEntry {
  flags: number
  keywords: string
  readonly text: string
}

interface ModelMailbox {
  readonly mailboxId: number
  uidNext: number
  readonly entries: Map<number, ModelEntry>
}

/** What was removed. */
interface Grave {
  readonly entryId: number
  readonly mailboxId: number
  readonly entry: ModelEntry
  readonly by: RemovedBy | undefined
}

const accountId = 1
const steps = 180
const words = ['tea', '$Junk', 'x']
const names = ['INBOX', 'Trash', 'a', 'a/b', 'c']

class Walk {
  readonly #temporary: TemporaryStore
  readonly #bytes: Uint8Array
  #at = 0
  readonly mailboxes = new Map<string, ModelMailbox>()
  readonly #views = new Map<number, MailboxView>()
  #graves: Grave[] = []
  /** Of mailboxes that are gone. */
  readonly #goneNames = new Map<number, string>()

  constructor(temporary: TemporaryStore, seed: number) {
    this.#temporary = temporary
    this.#bytes = seededRandom(seed).bytes(steps * 200)
  }

  get #store() {
    return this.#temporary.store
  }

  #pick(below: number): number {
    return (this.#bytes[this.#at++ % this.#bytes.length] ?? 0) % below
  }

  async start(): Promise<void> {
    await this.#store.createAccount(accountId)
    await this.#learn()
  }

  /** Takes over the mailboxes that the model does not know yet. */
  async #learn(): Promise<void> {
    for (const { name, mailboxId } of await this.#store.mailboxes(accountId)) {
      if (!this.mailboxes.has(name)) this.mailboxes.set(name, { mailboxId, uidNext: 1, entries: new Map() })
      if (this.#views.has(mailboxId)) continue
      const view = await this.#store.openView(accountId, mailboxId)
      assert.ok(view !== undefined)
      this.#views.set(mailboxId, view)
    }
  }

  async step(): Promise<void> {
    const verbs = [
      this.#append,
      this.#append,
      this.#deliver,
      this.#setFlags,
      this.#setFlags,
      this.#setFlags,
      this.#expunge,
      this.#restore,
      this.#take,
      this.#transfer,
      this.#transfer,
      this.#makeMailbox,
      this.#deleteMailbox,
      this.#renameMailbox,
    ]
    this.#temporary.clock.advance(this.#pick(3))
    await verbs[this.#pick(verbs.length)]?.call(this)
    await this.#learn()
    await this.#compare()
  }

  #mailbox(): ModelMailbox {
    const all = [...this.mailboxes.values()]
    return all[this.#pick(all.length)] as ModelMailbox // INBOX is always there
  }

  #uids(mailbox: ModelMailbox): number[] {
    return Array.from({ length: mailbox.uidNext + 1 }, (_, uid) => uid).filter(() => this.#pick(3) === 0)
  }

  #add(mailbox: ModelMailbox, entry: ModelEntry): number {
    const uid = mailbox.uidNext++
    mailbox.entries.set(uid, entry)
    return uid
  }

  #text(): string {
    // Some are large enough to be files.
    return `Subject: ${this.#pick(200)}\r\n\r\n${'x'.repeat(this.#pick(10) === 0 ? 140_000 : this.#pick(100))}`
  }

  async #append(): Promise<void> {
    const mailbox = this.#mailbox()
    const entries = Array.from({ length: this.#pick(4) }, () => {
      return { flags: this.#pick(32), keywords: this.#pick(2) === 0 ? '' : 'tea', text: this.#text() }
    })
    const messages = await Promise.all(entries.map(({ text }) => this.#temporary.message(text)))
    const appended = entries.map((entry, index) => ({
      message: messages[index] as (typeof messages)[number], // made of the same list
      flags: entry.flags,
      keywords: entry.keywords,
      internalDate: undefined,
    }))
    const result = await this.#store.append(accountId, mailbox.mailboxId, appended)
    const uids = entries.map(entry => this.#add(mailbox, entry))
    assert.deepEqual(result.kind === 'done' && result.entries.map(({ uid }) => uid), uids)
    for (const message of messages) await message[Symbol.asyncDispose]()
  }

  async #deliver(): Promise<void> {
    const text = this.#text()
    await using message = await this.#temporary.message(text)
    const mailbox = names[this.#pick(names.length)] as string // below its length
    await this.#store.deliver(message, [{ accountId, mailbox, prefix: Buffer.from('P: x\r\n') }])
    await this.#learn()
    const target = this.mailboxes.get(mailbox)
    assert.ok(target !== undefined)
    this.#add(target, { flags: 0, keywords: '', text: `P: x\r\n${text}` })
  }

  async #setFlags(): Promise<void> {
    const mailbox = this.#mailbox()
    const uids = this.#uids(mailbox)
    const action = (['add', 'remove', 'replace'] as const satisfies FlagAction[])[this.#pick(3)] ?? 'add'
    const flags = this.#pick(32)
    const keywords = words.filter(() => this.#pick(3) === 0)
    await this.#store.setFlags(accountId, mailbox.mailboxId, uids, { action, flags, keywords })
    for (const uid of uids) {
      const entry = mailbox.entries.get(uid)
      if (entry !== undefined) change(entry, action, flags, keywords)
    }
  }

  async #expunge(): Promise<void> {
    const mailbox = this.#mailbox()
    const uids = this.#uids(mailbox)
    const onlyDeleted = this.#pick(2) === 0
    const by = ([undefined, 'imap', 'pop3'] as const)[this.#pick(3)]
    const entryIds = this.#entryIds(mailbox)
    const options = by === undefined ? { onlyDeleted } : { onlyDeleted, by }
    const removed = await this.#store.expunge(accountId, mailbox.mailboxId, uids, options)
    const going = uids.filter(uid => {
      const entry = mailbox.entries.get(uid)
      return entry !== undefined && (!onlyDeleted || (entry.flags & flag.deleted) !== 0)
    })
    assert.deepEqual(removed, going)
    for (const uid of going) {
      this.#bury(mailbox, uid, entryIds.get(uid) ?? 0, by)
      mailbox.entries.delete(uid)
    }
  }

  /** By UID. */
  #entryIds({ mailboxId }: ModelMailbox): ReadonlyMap<number, number> {
    const current = this.#views.get(mailboxId)?.current
    assert.ok(current)
    return new Map(
      Array.from(current.uids.subarray(0, current.count), (uid, at) => [uid, current.entryIds[at] ?? 0] as const),
    )
  }

  #bury({ mailboxId, entries }: ModelMailbox, uid: number, entryId: number, by: RemovedBy | undefined): void {
    const entry = entries.get(uid)
    assert.ok(entry)
    this.#graves.push({ entryId, mailboxId, entry, by })
  }

  async #restore(): Promise<void> {
    const coming = this.#graves.filter(() => this.#pick(3) === 0).sort((a, b) => a.entryId - b.entryId)
    const forPop3 = this.#pick(3) === 0
    const mailbox = this.#pick(3) === 0 ? names[this.#pick(names.length)] : undefined
    const namesNow = new Map([...this.mailboxes].map(([name, { mailboxId }]) => [mailboxId, name]))
    const result = await this.#store.restore(
      accountId,
      coming.map(({ entryId }) => entryId),
      { forPop3, mailbox },
    )
    await this.#learn()
    this.#graves = this.#graves.filter(grave => !coming.includes(grave))
    const made = new Map<number, number>()
    for (const { entryId, mailboxId, entry, by } of coming) {
      const name = mailbox ?? namesNow.get(mailboxId) ?? this.#goneNames.get(mailboxId) ?? ''
      const target = this.mailboxes.get(name)
      assert.ok(target, name)
      const taken = !forPop3 && (by === 'pop3' || (entry.flags & flag.taken) !== 0)
      const flags = (entry.flags & ~flag.deleted & ~flag.taken) | (taken ? flag.taken : 0)
      made.set(entryId, this.#add(target, { ...entry, flags }))
    }
    assert.ok(result.kind === 'done')
    assert.deepEqual(new Map(result.restored.map(({ entryId, uid }) => [entryId, uid])), made)
  }

  async #take(): Promise<void> {
    const mailbox = this.#mailbox()
    const uids = this.#uids(mailbox)
    const taken = this.#pick(3) > 0
    const going = uids.filter(uid => {
      const entry = mailbox.entries.get(uid)
      return entry !== undefined && ((entry.flags & flag.taken) !== 0) !== taken
    })
    assert.deepEqual(await this.#store.take(accountId, mailbox.mailboxId, uids, { taken }), going)
    for (const uid of going) {
      const entry = mailbox.entries.get(uid) as ModelEntry // filtered by it
      entry.flags ^= flag.taken
    }
  }

  async #transfer(): Promise<void> {
    const [from, to] = [this.#mailbox(), this.#mailbox()]
    const uids = this.#uids(from)
    const moves = this.#pick(2) === 0
    const verb = moves ? 'move' : 'copy'
    const result = await this.#store[verb](accountId, from.mailboxId, to.mailboxId, uids)
    const there = uids.filter(uid => from.entries.has(uid))
    const copies = there.map(uid => ({ ...(from.entries.get(uid) as ModelEntry) })) // filtered by has
    if (!moves) for (const entry of copies) entry.flags &= ~flag.taken
    if (moves) for (const uid of there) from.entries.delete(uid)
    const made = copies.map(entry => this.#add(to, entry))
    assert.ok(result.kind === 'done')
    assert.deepEqual([result.from, result.to], [there, made])
  }

  async #makeMailbox(): Promise<void> {
    const name = names[this.#pick(names.length)] as string // below its length
    const made = await this.#store.createMailbox(accountId, name)
    assert.equal(made.kind, this.mailboxes.has(name) ? 'already-exists' : 'done')
  }

  async #deleteMailbox(): Promise<void> {
    const name = names[this.#pick(names.length)] as string // below its length
    const entryIds = this.mailboxes.has(name) ? this.#entryIds(this.mailboxes.get(name) as ModelMailbox) : undefined // it is there
    const gone = await this.#store.deleteMailbox(accountId, name)
    if (name === 'INBOX') assert.equal(gone.kind, 'inbox')
    else assert.equal(gone.kind, this.mailboxes.has(name) ? 'done' : 'no-such-mailbox')
    if (gone.kind !== 'done') return
    const mailbox = this.mailboxes.get(name) as ModelMailbox // it was just deleted
    const { mailboxId } = mailbox
    for (const uid of mailbox.entries.keys()) this.#bury(mailbox, uid, entryIds?.get(uid) ?? 0, 'imap')
    this.#goneNames.set(mailboxId, name)
    assert.equal(this.#views.get(mailboxId)?.gone, true)
    this.#views.get(mailboxId)?.[Symbol.dispose]()
    this.mailboxes.delete(name)
  }

  async #renameMailbox(): Promise<void> {
    const [from, to] = [this.#pick(names.length), this.#pick(names.length)].map(index => names[index] as string) // below its length
    if (from === undefined || to === undefined || from === 'INBOX') return
    const result = await this.#store.renameMailbox(accountId, from, to)
    if (result.kind !== 'done') return
    for (const [name, mailbox] of [...this.mailboxes]) {
      if (name !== from && !name.startsWith(`${from}/`)) continue
      this.mailboxes.delete(name)
      this.mailboxes.set(to + name.slice(from.length), mailbox)
    }
  }

  async #compare(): Promise<void> {
    const found = await this.#store.mailboxes(accountId)
    assert.deepEqual(found.map(({ name }) => name).sort(), [...this.mailboxes.keys()].sort())
    for (const { name, mailboxId, ...row } of found) {
      const model = this.mailboxes.get(name) as ModelMailbox // same names
      const entries = [...model.entries.values()]
      const expected = {
        exists: entries.length,
        unseen: entries.filter(({ flags }) => (flags & flag.seen) === 0).length,
        deleted: entries.filter(({ flags }) => (flags & flag.deleted) !== 0).length,
        sizeBytes: entries.reduce((sum, { text }) => sum + text.length, 0),
        uidNext: model.uidNext,
      }
      assert.partialDeepStrictEqual({ ...row, mailboxId }, { ...expected, mailboxId: model.mailboxId })
      this.#compareView(mailboxId, model, row.highestModseq)
    }
  }

  #compareView(mailboxId: number, model: ModelMailbox, highestModseq: number): void {
    const view = this.#views.get(mailboxId)
    assert.ok(view !== undefined)
    const { current } = view
    const rows = Array.from(current.uids.subarray(0, current.count), (uid, index) => [
      uid,
      current.flags[index],
      current.keywords[index],
      current.sizes[index],
    ])
    assert.deepEqual(
      rows,
      [...model.entries]
        .sort(([a], [b]) => a - b)
        .map(([uid, entry]) => [uid, entry.flags, entry.keywords, entry.text.length]),
    )
    assert.deepEqual([view.uidNext, view.highestModseq], [model.uidNext, highestModseq])
  }

  /** What can still be restored. */
  async compareGraves(): Promise<void> {
    const buried = await this.#store.buried(accountId, { most: 100_000 })
    assert.deepEqual(
      buried.map(({ entryId }) => entryId),
      this.#graves.map(({ entryId }) => entryId).sort((a, b) => a - b),
    )
    assert.ok(buried.length > 0)
  }

  /** Every message as a reader gets it. */
  async compareTexts(): Promise<void> {
    for (const { mailboxId, entries } of this.mailboxes.values()) {
      const current = this.#views.get(mailboxId)?.current
      for (const [index, messageId] of (current?.messageIds.subarray(0, current.count) ?? []).entries()) {
        const message = await this.#store.message(accountId, messageId)
        const text = Buffer.from((await message?.read(0, message.sizeBytes)) ?? []).toString('latin1')
        assert.equal(text, entries.get(current?.uids[index] ?? 0)?.text)
      }
    }
  }
}

function change(entry: ModelEntry, action: FlagAction, flags: number, keywords: readonly string[]): void {
  const now = entry.keywords.split(' ').filter(word => word !== '')
  if (action === 'add') {
    entry.flags |= flags
    entry.keywords = [...new Set([...now, ...keywords])].join(' ')
  } else if (action === 'remove') {
    entry.flags &= ~flags
    entry.keywords = now.filter(word => !keywords.includes(word)).join(' ')
  } else {
    entry.flags = flags | (entry.flags & flag.taken)
    entry.keywords = [
      ...now.filter(word => keywords.includes(word)),
      ...keywords.filter(word => !now.includes(word)),
    ].join(' ')
  }
}

for (const seed of [1, 2, 3, 4]) {
  test(`${steps} random verbs, seed ${seed}`, async () => {
    await using temporary = await temporaryStore()
    const walk = new Walk(temporary, seed)
    await walk.start()
    for (let step = 0; step < steps; step++) await walk.step()
    await walk.compareTexts()
    await walk.compareGraves()
    await assertConsistent(temporary.database, temporary.folder)
  })
}
