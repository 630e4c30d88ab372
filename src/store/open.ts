// The post office's door: each verb of Store runs the file of its name in a transaction, and publishes what that changed once it is durable.

import { AsyncLocalStorage } from 'node:async_hooks'
import { mkdir } from 'node:fs/promises'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { type AppendItem, append } from './append.ts'
import { Arrivals } from './arrivals.ts'
import { envelopeOf, messagesWithoutEnd } from './blob-row.ts'
import { Blobs } from './blobs.ts'
import { buried } from './buried.ts'
import type { Author, Change } from './change.ts'
import type { Changed } from './changed.ts'
import { claimRecent, recentOf } from './claim-recent.ts'
import { Collector } from './collector.ts'
import { copy, move } from './copy.ts'
import { deleteMailbox } from './delete-mailbox.ts'
import { deliver } from './deliver.ts'
import { FreeSpace } from './disk.ts'
import { expunge } from './expunge.ts'
import { Feed, type Listener } from './feed.ts'
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
  type UseEdit,
} from './metadata.ts'
import { storeMigrations } from './migrations.ts'
import { normalName } from './names.ts'
import { openShares } from './open-shares.ts'
import { Quotas } from './quotas.ts'
import { accountAfter, raiseUidValidity } from './raise-uidvalidity.ts'
import { ReaderViews } from './reader-views.ts'
import { removeAccount } from './remove-account.ts'
import { renameMailbox } from './rename-mailbox.ts'
import { replace } from './replace.ts'
import { restore } from './restore.ts'
import { SearchIndex } from './search/search-index.ts'
import { setFlags } from './set-flags.ts'
import { setReaderFlags } from './set-reader-flags.ts'
import type { CopyPlace, Shares } from './shares.ts'
import type { Spool, SpooledMessage } from './spool.ts'
import { SpoolFolder } from './spool-folder.ts'
import type {
  Appended,
  BuriedFilter,
  Delivery,
  FlagEdit,
  Limited,
  MessagePlace,
  RestoreOptions,
  Store,
  UidRange,
} from './store.ts'
import { setSubscribed, subscriptionsOf } from './subscriptions.ts'
import { setSurrogates, surrogatesOf } from './surrogates.ts'
import { take } from './take.ts'
import { threadKeysOf } from './threads.ts'
import { type EntryUidl, Uidls } from './uidls.ts'
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
  readonly #keepMs: number
  readonly #random: Random
  readonly #blobs: Blobs
  readonly #space: FreeSpace
  readonly #arrivals: Arrivals
  readonly #feed: Feed
  readonly #views: Views
  readonly #collector: Collector
  readonly #quotas: Quotas
  readonly #uidls: Uidls
  readonly #maildrops = new MaildropLocks()
  readonly #author = new AsyncLocalStorage<Author>()

  constructor(options: StoreOptions, blobs: Blobs, space: FreeSpace) {
    const { database, clock, log } = options
    this.#database = database
    this.#quotas = new Quotas(database)
    this.#uidls = new Uidls(database)
    this.#keepMs = options.keepExpungedMs ?? limits.keepExpungedMs
    this.#clock = clock
    this.#random = options.random
    this.#blobs = blobs
    this.#space = space
    this.#arrivals = new Arrivals({ blobs, space, change: work => this.#change(work) })
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
      keepMs: this.#keepMs,
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
    const author = this.#author.getStore()
    const publish = ({ changes }: { readonly changes: readonly Change[] }) => {
      this.#feed.publish(changes, author)
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
    return this.#quotas.of(accountId)
  }

  limitOf(accountId: number): Promise<Limited | undefined> {
    return this.#quotas.limitOf(accountId)
  }

  setQuota(accountId: number, limitBytes: number | undefined): Promise<void> {
    return this.#quotas.setBytes(accountId, limitBytes)
  }

  setMessageQuota(accountId: number, limitMessages: number | undefined): Promise<void> {
    return this.#quotas.setMessages(accountId, limitMessages)
  }

  noteFull(accountId: number, fullSince: number | undefined): Promise<void> {
    return this.#quotas.noteFull(accountId, fullSince)
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

  metadata(place: MetadataPlace) {
    return this.#database.read(tx => metadataOf(tx, place))
  }

  metadataOfAll(question: MetadataQuestion) {
    return this.#database.read(tx => metadataOfAll(tx, question))
  }

  setMetadata(place: MetadataPlace, edits: readonly AnnotationEdit[], use?: UseEdit) {
    return this.#change((tx, now) => setMetadata(tx, { ...place, edits, use, now }))
  }

  async deliver(message: SpooledMessage, deliveries: readonly Delivery[]) {
    if (deliveries.length === 0) return []
    const threadKeys = threadKeysOf(message.head)
    const { alongside } = message
    return this.#arrivals.withBlob(message, blob =>
      this.#change((tx, now) => deliver(tx, { blob, threadKeys, deliveries, now, alongside })),
    )
  }

  keep<T>(message: SpooledMessage, work: (tx: Tx, blobId: number) => Promise<T>): Promise<T> {
    return this.#arrivals.withBlob(message, blob =>
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
    const appending = (tx: Tx, items: readonly AppendItem[], now: number) =>
      append(tx, { accountId, mailboxId, items, now })
    const appended = await this.#arrivals.withItems(messages, appending)
    if (messages.some(({ uidl }) => uidl !== undefined)) this.#uidls.cameTo(accountId)
    return appended
  }

  replace(old: MessagePlace, { message, ...to }: CopyPlace & { readonly message: Appended }) {
    return this.#arrivals.withItems([message], (tx, [item], now) => {
      if (item === undefined) throw new Error('one message, one item')
      return replace(tx, { old, to, item, now })
    })
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

  expunge(accountId: number, mailboxId: number, uids: readonly number[], options: Parameters<Store['expunge']>[3]) {
    return this.#change((tx, now) => expunge(tx, { accountId, mailboxId, uids, ...options, now }))
  }

  buried(accountId: number, filter: BuriedFilter) {
    return this.#database.read(tx => buried(tx, { accountId, keepMs: this.#keepMs, ...filter }))
  }

  restore(accountId: number, entryIds: readonly number[], options: RestoreOptions) {
    return this.#change((tx, now) => restore(tx, { accountId, entryIds, ...options, now }))
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

  take(accountId: number, mailboxId: number, uids: readonly number[], { taken }: { readonly taken: boolean }) {
    return this.#change((tx, now) => take(tx, { accountId, mailboxId, uids, taken, now }))
  }

  uidls(accountId: number) {
    return this.#uidls.of(accountId)
  }

  setUidls(accountId: number, entries: readonly EntryUidl[]) {
    return this.#uidls.set(accountId, entries)
  }

  surrogates(accountId: number, among?: ArrayLike<number>) {
    return this.#database.read(tx => surrogatesOf(tx, accountId, among))
  }

  setSurrogates(accountId: number, sizes: ReadonlyMap<number, number | undefined>): Promise<void> {
    return this.#database.write(tx => setSurrogates(tx, accountId, sizes))
  }

  lockMaildrop(accountId: number): AsyncDisposable | undefined {
    return this.#maildrops.lock(accountId)
  }

  subscribe(accountId: number, onChange: Listener): Disposable {
    return this.#feed.subscribe(accountId, onChange)
  }

  authored<T>(author: Author, work: () => Promise<T>): Promise<T> {
    return this.#author.run(author, work)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.search[Symbol.asyncDispose]()
    await this.#collector.close()
    await this.#space.idle()
  }
}
