// The post office's door: each verb of Store runs the file of its name in a transaction, and publishes what that changed once it is durable.

import { mkdir } from 'node:fs/promises'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { append } from './append.ts'
import { envelopeOf, type NewBlob } from './blob-row.ts'
import { Blobs } from './blobs.ts'
import type { Change } from './change.ts'
import type { Changed } from './changed.ts'
import { claimRecent, recentOf } from './claim-recent.ts'
import { Collector } from './collector.ts'
import { copy, move } from './copy.ts'
import { deleteMailbox } from './delete-mailbox.ts'
import { deliver } from './deliver.ts'
import { FreeSpace } from './disk.ts'
import { expunge } from './expunge.ts'
import { Feed } from './feed.ts'
import { keep, readKept } from './kept.ts'
import { limits } from './limits.ts'
import type { Mailbox, SpecialUse } from './mailbox.ts'
import { mailboxesOf, mailboxNamed } from './mailbox-row.ts'
import { MaildropLocks } from './maildrop-lock.ts'
import { makeAccount, makeMailbox } from './make-mailbox.ts'
import { findMessage, messageBytes, readInline } from './message-bytes.ts'
import { storeMigrations } from './migrations.ts'
import { normalName } from './names.ts'
import { limitOf, noteFull, quotaOf, setQuota } from './quota.ts'
import { removeAccount } from './remove-account.ts'
import { renameMailbox } from './rename-mailbox.ts'
import { setFlags } from './set-flags.ts'
import type { Spool, SpooledMessage } from './spool.ts'
import { SpoolFolder } from './spool-folder.ts'
import type { Appended, Delivery, FlagEdit, Limited, Store } from './store.ts'
import { setSubscribed, subscriptionsOf } from './subscriptions.ts'
import { threadKeysOf } from './threads.ts'
import { Unlimited } from './unlimited.ts'
import { Views } from './views.ts'

export interface StoreOptions {
  /** Stays the caller's: closing the store does not close it. */
  readonly database: Database
  /** Where large messages and the spool lie; made if it is missing. */
  readonly folder: string
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** Free bytes on the folder's disk below which no message is taken in. */
  readonly freeBytesThreshold?: number
  /** How long an expunged message's bytes are kept. */
  readonly keepExpungedMs?: number
}

/** Opens the store: brings its tables up to date and cleans up what a crash left. */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { database, folder, clock, random } = options
  await mkdir(folder, { recursive: true })
  await migrate(database, 'store', storeMigrations, clock)
  const blobs = new Blobs({ folder, database, clock, random })
  await blobs.start()
  const space = new FreeSpace(folder, options.freeBytesThreshold ?? limits.freeBytes, clock)
  await space.look()
  return new PostOffice(options, blobs, space)
}

class PostOffice implements Store {
  readonly spool: Spool
  readonly #database: Database
  readonly #clock: Clock
  readonly #blobs: Blobs
  readonly #space: FreeSpace
  readonly #feed: Feed
  readonly #views: Views
  readonly #collector: Collector
  readonly #unlimited = new Unlimited()
  readonly #maildrops = new MaildropLocks()

  constructor(options: StoreOptions, blobs: Blobs, space: FreeSpace) {
    const { database, clock, log } = options
    this.#database = database
    this.#clock = clock
    this.#blobs = blobs
    this.#space = space
    this.#feed = new Feed(log)
    this.#views = new Views(database, this.#feed)
    this.spool = new SpoolFolder(blobs.spoolFolder, () => blobs.nextId(), space)
    this.#collector = new Collector({
      database,
      clock,
      log,
      blobs,
      keepMs: options.keepExpungedMs ?? limits.keepExpungedMs,
      isOpen: accountId => this.#views.isOpen(accountId),
    })
    this.#collector.start()
  }

  async #change<T>(work: (tx: Tx, now: number) => Promise<Changed<T>>): Promise<T> {
    const publish = ({ changes }: { readonly changes: readonly Change[] }) => this.#feed.publish(changes)
    return (await this.#database.write(tx => work(tx, this.#clock.now()), publish)).result
  }

  createAccount(accountId: number): Promise<void> {
    return this.#change((tx, now) => makeAccount(tx, accountId, now))
  }

  async removeAccount(accountId: number): Promise<void> {
    await this.#change(tx => removeAccount(tx, accountId))
    await this.#blobs.removeGone()
  }

  quota(accountId: number) {
    return this.#database.read(tx => quotaOf(tx, accountId))
  }

  async limitOf(accountId: number): Promise<Limited | undefined> {
    if (this.#unlimited.has(accountId)) return undefined
    const { generation } = this.#unlimited
    const limited = await this.#database.read(tx => limitOf(tx, accountId))
    if (limited === undefined) this.#unlimited.add(accountId, generation)
    return limited
  }

  setQuota(accountId: number, limitBytes: number | undefined): Promise<void> {
    return this.#database.write(
      tx => setQuota(tx, accountId, limitBytes),
      () => this.#unlimited.changed(accountId),
    )
  }

  noteFull(accountId: number, fullSince: number | undefined): Promise<void> {
    return this.#database.write(tx => noteFull(tx, accountId, fullSince))
  }

  mailboxes(accountId: number): Promise<readonly Mailbox[]> {
    return this.#database.read(tx => mailboxesOf(tx, accountId))
  }

  mailbox(accountId: number, name: string): Promise<Mailbox | undefined> {
    return this.#database.read(tx => mailboxNamed(tx, accountId, normalName(name)))
  }

  createMailbox(accountId: number, name: string, specialUse?: SpecialUse) {
    return this.#change((tx, now) => makeMailbox(tx, { accountId, name, specialUse, now }))
  }

  deleteMailbox(accountId: number, name: string) {
    return this.#change((tx, now) => deleteMailbox(tx, { accountId, name, now }))
  }

  renameMailbox(accountId: number, from: string, to: string) {
    return this.#change((tx, now) => renameMailbox(tx, { accountId, from, to, now }))
  }

  setSubscribed(accountId: number, name: string, subscribed: boolean): Promise<void> {
    return this.#change((tx, now) => setSubscribed(tx, { accountId, name, subscribed, now }))
  }

  subscriptions(accountId: number): Promise<readonly string[]> {
    return this.#database.read(tx => subscriptionsOf(tx, accountId))
  }

  async deliver(message: SpooledMessage, deliveries: readonly Delivery[]) {
    if (deliveries.length === 0) return []
    const threadKeys = threadKeysOf(message.head)
    const { alongside } = message
    return this.#withBlob(message, blob =>
      this.#change((tx, now) => deliver(tx, { blob, threadKeys, deliveries, now, alongside })),
    )
  }

  keep<T>(message: SpooledMessage, work: (tx: Tx, blobId: number) => Promise<T>): Promise<T> {
    return this.#withBlob(message, blob =>
      this.#database.write(async tx => {
        await keep(tx, blob, this.#clock.now())
        return work(tx, blob.blobId)
      }),
    )
  }

  kept(blobId: number): Promise<SpooledMessage | undefined> {
    return readKept(this.#database, blobId, this.#blobs.path(blobId))
  }

  async append(accountId: number, mailboxId: number, messages: readonly Appended[]) {
    const threadKeys = messages.map(({ message }) => threadKeysOf(message.head))
    return this.#withBlobs(
      messages.map(({ message }) => message),
      blobs =>
        this.#change((tx, now) => {
          const items = messages.map((message, index) => ({
            blob: blobs[index] as NewBlob, // one blob for each message
            threadKeys: threadKeys[index] ?? [],
            flags: message.flags,
            keywords: message.keywords,
            internalDate: message.internalDate ?? now,
            prefix: message.prefix ?? new Uint8Array(0),
          }))
          return append(tx, { accountId, mailboxId, items, now })
        }),
    )
  }

  #withBlob<T>(message: SpooledMessage, store: (blob: NewBlob) => Promise<T>): Promise<T> {
    return this.#withBlobs([message], ([blob]) => store(blob as NewBlob)) // one message, one blob
  }

  /** Readies the blobs, stores them, and clears away the files of those that no transaction came to name. */
  async #withBlobs<T>(
    messages: readonly SpooledMessage[],
    store: (blobs: readonly NewBlob[]) => Promise<T>,
  ): Promise<T> {
    this.#space.check()
    const blobs: NewBlob[] = []
    try {
      for (const message of messages) blobs.push(await this.#blobs.place(message))
      return await store(blobs)
    } finally {
      for (const blob of blobs) if (blob.place === 'file') await this.#blobs.settle(blob)
    }
  }

  copy(accountId: number, from: number, to: number, uids: readonly number[]) {
    return this.#change((tx, now) => copy(tx, { accountId, from, to, uids, now }))
  }

  move(accountId: number, from: number, to: number, uids: readonly number[]) {
    return this.#change((tx, now) => move(tx, { accountId, from, to, uids, now }))
  }

  setFlags(accountId: number, mailboxId: number, uids: readonly number[], edit: FlagEdit) {
    return this.#change((tx, now) => setFlags(tx, { accountId, mailboxId, uids, edit, now }))
  }

  expunge(accountId: number, mailboxId: number, uids: readonly number[], options: { readonly onlyDeleted: boolean }) {
    return this.#change((tx, now) => expunge(tx, { accountId, mailboxId, uids, ...options, now }))
  }

  openView(accountId: number, mailboxId: number) {
    return this.#views.open(accountId, mailboxId)
  }

  async claimRecent(accountId: number, mailboxId: number): Promise<number> {
    const recent = await this.#database.read(tx => recentOf(tx, accountId, mailboxId))
    if (recent === undefined) return 1
    return recent.isNew ? this.#database.write(tx => claimRecent(tx, accountId, mailboxId)) : recent.from
  }

  async message(accountId: number, messageId: number) {
    const found = await this.#database.read(tx => findMessage(tx, accountId, messageId))
    return found === undefined ? undefined : messageBytes(found, blobId => this.#blobs.path(blobId))
  }

  envelope(accountId: number, messageId: number) {
    return this.#database.read(tx => envelopeOf(tx, accountId, messageId))
  }

  messagesInline(accountId: number, messageIds: readonly number[]) {
    return this.#database.read(tx => readInline(tx, accountId, messageIds))
  }

  lockMaildrop(accountId: number): AsyncDisposable | undefined {
    return this.#maildrops.lock(accountId)
  }

  subscribe(accountId: number, onChange: (change: Change) => void): Disposable {
    return this.#feed.subscribe(accountId, onChange)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#collector.close()
    await this.#space.idle()
  }
}
