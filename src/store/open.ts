// The post office's door: each verb of Store runs the file of its name in a transaction, and publishes what that changed once it is durable.

import { mkdir } from 'node:fs/promises'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { type AppendItem, append } from './append.ts'
import { envelopeOf, messagesWithoutEnd, type NewBlob } from './blob-row.ts'
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
import {
  type AnnotationEdit,
  type MetadataPlace,
  type MetadataQuestion,
  metadataOf,
  metadataOfAll,
  setMetadata,
} from './metadata.ts'
import { storeMigrations } from './migrations.ts'
import { normalName } from './names.ts'
import { openShares } from './open-shares.ts'
import { limitOf, noteFull, quotaOf, setMessageQuota, setQuota } from './quota.ts'
import { accountAfter, raiseUidValidity } from './raise-uidvalidity.ts'
import { ReaderViews } from './reader-views.ts'
import { removeAccount } from './remove-account.ts'
import { renameMailbox } from './rename-mailbox.ts'
import { replace } from './replace.ts'
import { SearchIndex } from './search/search-index.ts'
import { setFlags } from './set-flags.ts'
import { setReaderFlags } from './set-reader-flags.ts'
import type { CopyPlace, Shares } from './shares.ts'
import { setSpecialUse } from './special-use.ts'
import type { Spool, SpooledMessage } from './spool.ts'
import { SpoolFolder } from './spool-folder.ts'
import type { Appended, Delivery, FlagEdit, Limited, MessagePlace, Store, UidRange } from './store.ts'
import { setSubscribed, subscriptionsOf } from './subscriptions.ts'
import { threadKeysOf } from './threads.ts'
import { Unlimited } from './unlimited.ts'
import { dropUrlKeys, makeUrlKey, type UrlKeyPlace, urlKeyOf } from './url-keys.ts'
import { vanished } from './vanished.ts'
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
  readonly shares: Shares
  readonly search: SearchIndex
  readonly #database: Database
  readonly #clock: Clock
  readonly #random: Random
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
    this.#random = options.random
    this.#blobs = blobs
    this.#space = space
    this.#feed = new Feed(log)
    this.#views = new Views(database, this.#feed)
    this.shares = openShares({
      database,
      readerViews: new ReaderViews(database, this.#feed, this.#views),
      change: work => this.#change(work),
      head: async (accountId, messageId, bytes) => (await this.message(accountId, messageId))?.read(0, bytes),
    })
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
    this.search = new SearchIndex({
      database,
      clock,
      log,
      message: (accountId, messageId) => this.message(accountId, messageId),
      messagesInline: (accountId, messageIds) => this.messagesInline(accountId, messageIds),
    })
    this.search.start()
  }

  async #change<T>(work: (tx: Tx, now: number) => Promise<Changed<T>>): Promise<T> {
    const publish = ({ changes }: { readonly changes: readonly Change[] }) => {
      this.#feed.publish(changes)
      this.search.notice(changes)
    }
    return (await this.#database.write(tx => work(tx, this.#clock.now()), publish)).result
  }

  createAccount(accountId: number): Promise<void> {
    return this.#change((tx, now) => makeAccount(tx, accountId, now))
  }

  async removeAccount(accountId: number): Promise<void> {
    await this.#change((tx, now) => removeAccount(tx, accountId, now))
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

  setMessageQuota(accountId: number, limitMessages: number | undefined): Promise<void> {
    return this.#database.write(
      tx => setMessageQuota(tx, accountId, limitMessages),
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

  setSpecialUse(accountId: number, mailboxId: number, specialUse: SpecialUse | undefined) {
    return this.#change((tx, now) => setSpecialUse(tx, { accountId, mailboxId, specialUse, now }))
  }

  metadata(place: MetadataPlace) {
    return this.#database.read(tx => metadataOf(tx, place))
  }

  metadataOfAll(question: MetadataQuestion) {
    return this.#database.read(tx => metadataOfAll(tx, question))
  }

  setMetadata(place: MetadataPlace, edits: readonly AnnotationEdit[]) {
    return this.#change((tx, now) => setMetadata(tx, { ...place, edits, now }))
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

  append(accountId: number, mailboxId: number, messages: readonly Appended[]) {
    return this.#withItems(messages, (tx, items, now) => append(tx, { accountId, mailboxId, items, now }))
  }

  replace(old: MessagePlace, { message, ...to }: CopyPlace & { readonly message: Appended }) {
    return this.#withItems([message], (tx, [item], now) => {
      if (item === undefined) throw new Error('one message, one item')
      return replace(tx, { old, to, item, now })
    })
  }

  async #withItems<T>(
    messages: readonly Appended[],
    work: (tx: Tx, items: readonly AppendItem[], now: number) => Promise<Changed<T>>,
  ): Promise<T> {
    const threadKeys = messages.map(({ message }) => threadKeysOf(message.head))
    return await this.#withBlobs(
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
            seenBy: message.seenBy,
          }))
          return work(tx, items, now)
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
    const { reader } = edit
    if (reader === undefined) return this.#change((tx, now) => setFlags(tx, { accountId, mailboxId, uids, edit, now }))
    return this.#change((tx, now) => setReaderFlags(tx, { accountId, mailboxId, uids, edit, reader, now }))
  }

  expunge(accountId: number, mailboxId: number, uids: readonly number[], options: { readonly onlyDeleted: boolean }) {
    return this.#change((tx, now) => expunge(tx, { accountId, mailboxId, uids, ...options, now }))
  }

  vanished(
    accountId: number,
    mailboxId: number,
    options: { readonly since: number; readonly uids?: readonly UidRange[] | undefined },
  ) {
    return this.#database.read(tx => vanished(tx, { accountId, mailboxId, ...options }))
  }

  async raiseUidValidity(only?: number): Promise<number> {
    if (only !== undefined) return await this.#change((tx, now) => raiseUidValidity(tx, only, now))
    let mailboxes = 0
    const next = (last: number) => this.#database.read(tx => accountAfter(tx, last))
    for (let accountId = await next(0); accountId !== undefined; accountId = await next(accountId))
      mailboxes += await this.raiseUidValidity(accountId)
    return mailboxes
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

  urlKey(place: UrlKeyPlace) {
    return this.#database.read(tx => urlKeyOf(tx, place))
  }

  makeUrlKey(place: UrlKeyPlace) {
    const fresh = new Uint8Array(this.#random.bytes(limits.urlKeyBytes))
    return this.#database.write(tx => makeUrlKey(tx, place, fresh))
  }

  resetUrlKeys(accountId: number, mailbox?: Pick<UrlKeyPlace, 'ownerId' | 'mailboxId'>): Promise<void> {
    return this.#database.write(tx => dropUrlKeys(tx, accountId, mailbox))
  }

  messagesWithoutEnd(accountId: number) {
    return this.#database.read(tx => messagesWithoutEnd(tx, accountId))
  }

  lockMaildrop(accountId: number): AsyncDisposable | undefined {
    return this.#maildrops.lock(accountId)
  }

  subscribe(accountId: number, onChange: (change: Change) => void): Disposable {
    return this.#feed.subscribe(accountId, onChange)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.search[Symbol.asyncDispose]()
    await this.#collector.close()
    await this.#space.idle()
  }
}
