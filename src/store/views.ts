// The mailbox views of this process: one a mailbox however many sessions have it open; a few closed ones stay current for their reopening.

import type { Database } from '#io/sql/database.ts'
import { allRights } from '#mail/rights.ts'
import type { Change } from './change.ts'
import type { Feed } from './feed.ts'
import { limits } from './limits.ts'
import { loadView } from './load-view.ts'
import type { MailboxView, Snapshot } from './mailbox-view.ts'
import { SharedView } from './shared-view.ts'

interface Kept {
  readonly key: string
  readonly accountId: number
  readonly view: Promise<SharedView | undefined>
  /** Once loaded. */
  loaded: SharedView | undefined
  readonly subscription: Disposable
  /** Sessions that have it open. */
  users: number
  /** While it is closed: what it counts for in the limits. */
  messages: number
}

export class Views {
  readonly #database: Database
  readonly #feed: Feed
  readonly #open = new Map<string, Kept>()
  // The first one was closed the longest ago.
  readonly #closed = new Map<string, Kept>()
  #closedMessages = 0
  readonly #usersByAccount = new Map<number, number>()

  constructor(database: Database, feed: Feed) {
    this.#database = database
    this.#feed = feed
  }

  async open(accountId: number, mailboxId: number): Promise<MailboxView | undefined> {
    const key = `${accountId}/${mailboxId}`
    const kept = this.#opened(key) ?? this.#reopened(key) ?? this.#load(key, accountId, mailboxId)
    this.#use(kept, 1)
    let view: SharedView | undefined
    try {
      view = await kept.view
    } finally {
      // A mailbox that is gone is shown to those who have it open, to nobody else.
      if (view === undefined || view.gone) this.#release(kept)
    }
    return view === undefined || view.gone ? undefined : new OpenView(view, () => this.#release(kept))
  }

  /** Whether a session of this process has a mailbox of the account open. */
  isOpen(accountId: number): boolean {
    return this.#usersByAccount.has(accountId)
  }

  /** Subscribes before it reads: what commits meanwhile waits, and what the read already saw is left out by its MODSEQ. */
  #load(key: string, accountId: number, mailboxId: number): Kept {
    const early: Change[] = []
    let apply = (change: Change) => void early.push(change)
    const subscription = this.#feed.subscribe(accountId, change => {
      if (change.mailboxId === mailboxId) apply(change)
    })
    const load = async () => {
      const loaded = await this.#database.read(tx => loadView(tx, accountId, mailboxId))
      if (loaded === undefined) return undefined
      // What a client has seen under a UID must not be undone by a loss of power.
      await this.#database.durable()
      const view = new SharedView(accountId, mailboxId, loaded)
      apply = change => {
        if (change.modseq > loaded.accountModseq) view.apply(change)
      }
      for (const change of early) apply(change)
      kept.loaded = view
      return view
    }
    const kept: Kept = { key, accountId, view: load(), loaded: undefined, subscription, users: 0, messages: 0 }
    this.#open.set(key, kept)
    return kept
  }

  /** A mailbox that is gone may be there anew, under the same id: after a backup was put back. */
  #opened(key: string): Kept | undefined {
    const kept = this.#open.get(key)
    return kept?.loaded?.gone === true ? undefined : kept
  }

  #reopened(key: string): Kept | undefined {
    const kept = this.#closed.get(key)
    if (kept === undefined) return undefined
    this.#forgetClosed(kept)
    if (kept.loaded?.gone === true) {
      kept.subscription[Symbol.dispose]()
      return undefined
    }
    this.#open.set(key, kept)
    return kept
  }

  #use(kept: Kept, users: 1 | -1): void {
    kept.users += users
    const ofAccount = (this.#usersByAccount.get(kept.accountId) ?? 0) + users
    if (ofAccount === 0) this.#usersByAccount.delete(kept.accountId)
    else this.#usersByAccount.set(kept.accountId, ofAccount)
  }

  #release(kept: Kept): void {
    this.#use(kept, -1)
    if (kept.users > 0) return
    if (this.#open.get(kept.key) === kept) this.#open.delete(kept.key)
    // Not loaded: the read failed, or there is no such mailbox.
    if (kept.loaded === undefined || kept.loaded.gone) kept.subscription[Symbol.dispose]()
    else this.#keepClosed(kept, kept.loaded)
  }

  /** Keeps a closed view, and drops those that were closed the longest ago beyond the limits. */
  #keepClosed(kept: Kept, view: SharedView): void {
    kept.messages = view.messages
    this.#closedMessages += kept.messages
    this.#closed.set(kept.key, kept)
    for (const oldest of this.#closed.values()) {
      if (this.#closed.size <= limits.closedViews && this.#closedMessages <= limits.closedViewMessages) return
      this.#forgetClosed(oldest)
      oldest.subscription[Symbol.dispose]()
    }
  }

  #forgetClosed(kept: Kept): void {
    this.#closed.delete(kept.key)
    this.#closedMessages -= kept.messages
  }
}

/** One session's hold on a shared view. */
class OpenView implements MailboxView {
  readonly #view: SharedView
  #release: (() => void) | undefined

  constructor(view: SharedView, release: () => void) {
    this.#view = view
    this.#release = release
  }

  get accountId(): number {
    return this.#view.accountId
  }

  get mailboxId(): number {
    return this.#view.mailboxId
  }

  get readerId(): undefined {
    return undefined
  }

  get rights(): string {
    return allRights
  }

  get uidValidity(): number {
    return this.#view.uidValidity
  }

  get current(): Snapshot {
    return this.#view.current
  }

  get uidNext(): number {
    return this.#view.uidNext
  }

  get highestModseq(): number {
    return this.#view.highestModseq
  }

  get gone(): boolean {
    return this.#view.gone
  }

  watch(onChange: () => void): Disposable {
    return this.#view.watch(onChange)
  }

  [Symbol.dispose](): void {
    this.#release?.()
    this.#release = undefined
  }
}
