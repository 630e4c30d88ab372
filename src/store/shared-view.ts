// One mailbox as all sessions of this process see it: loaded once, then kept current by the feed.

import type { Change } from './change.ts'
import type { Columns } from './columns.ts'
import type { Snapshot } from './mailbox-view.ts'

/** What a load brings: the mailbox as one transaction saw it, and the account's MODSEQ there. */
export interface Loaded {
  readonly uidValidity: number
  readonly uidNext: number
  readonly highestModseq: number
  readonly accountModseq: number
  readonly columns: Columns
}

export class SharedView {
  readonly accountId: number
  readonly mailboxId: number
  readonly uidValidity: number
  uidNext: number
  highestModseq: number
  gone = false
  #columns: Columns
  // Expunged since `current` was last asked for: many expunges in a row copy the columns once.
  #expunged: number[] = []
  readonly #watchers = new Set<() => void>()

  constructor(accountId: number, mailboxId: number, loaded: Loaded) {
    this.accountId = accountId
    this.mailboxId = mailboxId
    this.uidValidity = loaded.uidValidity
    this.uidNext = loaded.uidNext
    this.highestModseq = loaded.highestModseq
    this.#columns = loaded.columns
  }

  get current(): Snapshot {
    if (this.#expunged.length > 0) {
      this.#columns = this.#columns.without(this.#expunged.sort((a, b) => a - b))
      this.#expunged = []
    }
    return this.#columns
  }

  get messages(): number {
    return this.#columns.count
  }

  /** Applies a change of this mailbox that is newer than what is shown, and tells the watchers. */
  apply(change: Change): void {
    // Others follow these: reader-views.ts.
    if (change.kind === 'seen' || change.kind === 'rights' || change.kind === 'shared') return
    // No session is told.
    if (change.kind === 'taken') {
      this.#columns.setTaken(change.uids, change.taken)
      return
    }
    if (change.kind === 'added') {
      for (const entry of change.entries) this.#columns.add(entry)
      this.uidNext = (change.entries.at(-1)?.uid ?? this.uidNext - 1) + 1
    } else if (change.kind === 'flags') {
      for (const entry of change.entries) this.#columns.setFlags(entry, change.modseq)
    } else if (change.kind === 'expunged') {
      for (const uid of change.uids) this.#expunged.push(uid)
    } else if (change.kind === 'mailbox-gone') {
      this.gone = true
    }
    if (raisesModseq(change)) this.highestModseq = change.modseq
    for (const watcher of this.#watchers) watcher()
  }

  watch(onChange: () => void): Disposable {
    const watcher = () => onChange()
    this.#watchers.add(watcher)
    return { [Symbol.dispose]: () => void this.#watchers.delete(watcher) }
  }
}

/** Whether the mailbox's own HIGHESTMODSEQ has risen with it. */
function raisesModseq(change: Change): boolean {
  const { kind } = change
  if (kind === 'mailbox-changed') return change.changed === 'use'
  return kind === 'added' || kind === 'flags' || kind === 'expunged' || kind === 'mailbox-gone' || kind === 'metadata'
}
