// Mailboxes of others as their readers have them open: the shared view of all, with the reader's own \Seen laid over it. One for all
// sessions of a reader in this process.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { modseqOf } from './account-row.ts'
import { aclOf } from './acl.ts'
import type { Change } from './change.ts'
import type { Feed } from './feed.ts'
import { limits } from './limits.ts'
import type { MailboxView, Snapshot } from './mailbox-view.ts'
import { ReaderColumns } from './reader-columns.ts'
import { type Reader, readerCounts, type SeenRow } from './seen.ts'
import { rightsOf } from './shared-mailbox.ts'
import type { Views } from './views.ts'

interface Kept {
  readonly key: string
  readonly view: Promise<ReaderView | undefined>
  users: number
}

export class ReaderViews {
  readonly #database: Database
  readonly #feed: Feed
  readonly #views: Views
  readonly #open = new Map<string, Kept>()

  constructor(database: Database, feed: Feed, views: Views) {
    this.#database = database
    this.#feed = feed
    this.#views = views
  }

  /** Undefined if there is no such mailbox, or the reader has no right to read it. */
  async open(reader: Reader): Promise<MailboxView | undefined> {
    const key = `${reader.accountId}/${reader.mailboxId}/${reader.readerId}`
    const known = this.#open.get(key)
    const kept = known ?? { key, view: this.#load(reader), users: 0 }
    if (known === undefined) this.#open.set(key, kept)
    kept.users += 1
    let view: ReaderView | undefined
    try {
      view = await kept.view
    } finally {
      if (view === undefined || view.gone) await this.#release(kept)
    }
    return view === undefined || view.gone ? undefined : new OpenReaderView(view, () => void this.#release(kept))
  }

  /** Subscribes before it reads, as Views does: what the read saw is left out by its MODSEQ. */
  async #load(reader: Reader): Promise<ReaderView | undefined> {
    using undo = new DisposableStack()
    const early: Change[] = []
    let apply = (change: Change) => void early.push(change)
    undo.use(this.#feed.subscribe(reader.accountId, change => apply(change)))
    const base = await this.#views.open(reader.accountId, reader.mailboxId)
    if (base === undefined) return undefined
    undo.use(base)
    const loaded = await this.#database.read(tx => load(tx, reader))
    if (!loaded.rights.includes('r')) return undefined
    await this.#database.durable()
    const view = new ReaderView(reader, base, loaded)
    undo.use(base.watch(() => view.changed()))
    apply = change => {
      if (change.modseq > loaded.accountModseq) view.apply(change)
    }
    for (const change of early) apply(change)
    view.owns(undo.move())
    return view
  }

  async #release(kept: Kept): Promise<void> {
    kept.users -= 1
    if (kept.users > 0) return
    if (this.#open.get(kept.key) === kept) this.#open.delete(kept.key)
    const view = await kept.view.catch(() => undefined)
    view?.[Symbol.dispose]()
  }
}

interface Loaded {
  readonly rights: string
  readonly seen: readonly SeenRow[]
  readonly highestModseq: number
  readonly accountModseq: number
}

async function load(tx: Tx, reader: Reader): Promise<Loaded> {
  const { accountId, readerId } = reader
  const seen: SeenRow[] = []
  for (let last = 0, full = true; full; ) {
    const rows = await piece(tx, reader, last)
    for (const row of rows) seen.push(row)
    last = rows.at(-1)?.[0] ?? last
    full = rows.length === limits.rowsPerRead
  }
  return {
    rights: rightsOf(await aclOf(tx, reader), readerId),
    seen,
    highestModseq: (await readerCounts(tx, reader)).highestModseq,
    accountModseq: (await modseqOf(tx, accountId)) ?? 0,
  }
}

function piece(tx: Tx, { accountId, mailboxId, readerId }: Reader, afterUid: number): Promise<SeenRow[]> {
  return tx.all<SeenRow>(sql`
    SELECT uid, seen, modseq FROM reader_seen
    WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND reader_id = ${readerId} AND uid > ${afterUid}
    ORDER BY uid LIMIT ${limits.rowsPerRead}`)
}

/** What all sessions of one reader share. */
class ReaderView implements MailboxView {
  readonly #reader: Reader
  readonly #base: MailboxView
  readonly #watchers = new Set<() => void>()
  #columns: ReaderColumns
  #highestModseq: number
  #rights: string
  #owned: Disposable | undefined

  constructor(reader: Reader, base: MailboxView, loaded: Loaded) {
    this.#reader = reader
    this.#base = base
    this.#columns = new ReaderColumns(base.current)
    this.#columns.load(loaded.seen)
    this.#highestModseq = loaded.highestModseq
    this.#rights = loaded.rights
  }

  get accountId(): number {
    return this.#base.accountId
  }

  get mailboxId(): number {
    return this.#base.mailboxId
  }

  get readerId(): number {
    return this.#reader.readerId
  }

  get rights(): string {
    return this.#rights
  }

  get uidValidity(): number {
    return this.#base.uidValidity
  }

  get uidNext(): number {
    return this.#base.uidNext
  }

  get highestModseq(): number {
    return Math.max(this.#base.highestModseq, this.#highestModseq)
  }

  /** To one who may read it no more the mailbox is as if it had been deleted. */
  get gone(): boolean {
    return this.#base.gone || !this.#rights.includes('r')
  }

  get current(): Snapshot {
    const { current } = this.#base
    if (this.#columns.base !== current) this.#columns = this.#columns.onto(current)
    this.#columns.follow()
    return this.#columns
  }

  /** The shared view has changed. */
  changed(): void {
    this.#columns.isBehind = true
    for (const watcher of this.#watchers) watcher()
  }

  /** A change of the owner's account: only what concerns this reader alone, the shared view follows the rest. */
  apply(change: Change): void {
    if (change.kind !== 'rights' && change.kind !== 'seen') return
    if (change.mailboxId !== this.mailboxId) return
    if (change.kind === 'rights') this.#rights = rightsOf(change.entries, this.readerId)
    else if (change.readerId === this.readerId) {
      this.#highestModseq = change.modseq
      // Before the marks are set the columns stand upon what is there now.
      void this.current
      for (const { uid, seen } of change.entries) this.#columns.mark(uid, seen, change.modseq)
    }
    this.changed()
  }

  watch(onChange: () => void): Disposable {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) }
  }

  owns(owned: Disposable): void {
    this.#owned = owned
  }

  [Symbol.dispose](): void {
    this.#owned?.[Symbol.dispose]()
    this.#owned = undefined
  }
}

/** One session's hold on a reader's view. */
class OpenReaderView implements MailboxView {
  readonly #view: ReaderView
  #release: (() => void) | undefined
  /** Once its messages were announced as gone they do not come back, whatever becomes of the rights. */
  #gone = false

  constructor(view: ReaderView, release: () => void) {
    this.#view = view
    this.#release = release
  }

  get accountId(): number {
    return this.#view.accountId
  }

  get mailboxId(): number {
    return this.#view.mailboxId
  }

  get readerId(): number {
    return this.#view.readerId
  }

  get rights(): string {
    return this.#view.rights
  }

  get uidValidity(): number {
    return this.#view.uidValidity
  }

  get uidNext(): number {
    return this.#view.uidNext
  }

  get highestModseq(): number {
    return this.#view.highestModseq
  }

  get gone(): boolean {
    this.#gone ||= this.#view.gone
    return this.#gone
  }

  get current(): Snapshot {
    return this.#view.current
  }

  watch(onChange: () => void): Disposable {
    return this.#view.watch(onChange)
  }

  [Symbol.dispose](): void {
    this.#release?.()
    this.#release = undefined
  }
}
