// The columns of a mailbox view with one reader's own \Seen in its flags. All columns but flags and MODSEQ are the shared ones.

import { flag } from '#mail/flags.ts'
import type { Origin } from './change.ts'
import { indexOfUid, type Snapshot } from './mailbox-view.ts'
import type { SeenRow } from './seen.ts'

export class ReaderColumns implements Snapshot {
  readonly base: Snapshot
  flags = new Uint8Array(0)
  modseqs = new Float64Array(0)
  /** The reader's marks, at the places of the base. */
  #seen = new Uint8Array(0)
  #seenModseqs = new Float64Array(0)
  /** The base has changed since `follow`. */
  isBehind = true

  constructor(base: Snapshot) {
    this.base = base
    this.#makeRoom()
  }

  get count(): number {
    return this.base.count
  }

  get uids(): Uint32Array {
    return this.base.uids
  }

  get keywords(): readonly string[] {
    return this.base.keywords
  }

  get hasKeywords(): boolean {
    return this.base.hasKeywords
  }

  get entryIds(): Float64Array {
    return this.base.entryIds
  }

  get messageIds(): Float64Array {
    return this.base.messageIds
  }

  get threadIds(): Float64Array {
    return this.base.threadIds
  }

  get sizes(): Float64Array {
    return this.base.sizes
  }

  get dates(): Float64Array {
    return this.base.dates
  }

  get savedDates(): Float64Array {
    return this.base.savedDates
  }

  get origins(): ReadonlyMap<number, Origin> | undefined {
    return this.base.origins
  }

  /** Rows of all messages that the reader ever touched, some of which may be gone. */
  load(rows: readonly SeenRow[]): void {
    for (const [uid, seen, modseq] of rows) this.mark(uid, seen !== 0, modseq)
  }

  mark(uid: number, seen: boolean, modseq: number): void {
    const at = indexOfUid(this.base, uid)
    if (at < 0) return
    this.#makeRoom()
    this.#seen[at] = seen ? 1 : 0
    this.#seenModseqs[at] = modseq
    this.isBehind = true
  }

  /** Flags and MODSEQs as the base has them now. */
  follow(): void {
    if (!this.isBehind) return
    this.isBehind = false
    this.#makeRoom()
    const { base, flags, modseqs } = this
    for (let at = 0; at < base.count; at += 1) {
      flags[at] = ((base.flags[at] ?? 0) & ~flag.seen) | (this.#seen[at] === 1 ? flag.seen : 0)
      modseqs[at] = Math.max(base.modseqs[at] ?? 0, this.#seenModseqs[at] ?? 0)
    }
  }

  /** The same marks upon other columns: messages have gone, or come. This object stays as it is. */
  onto(base: Snapshot): ReaderColumns {
    const next = new ReaderColumns(base)
    let at = 0
    for (let from = 0; from < this.#seen.length && from < this.base.count; from += 1) {
      const uid = this.base.uids[from] ?? 0
      while (at < base.count && (base.uids[at] ?? 0) < uid) at += 1
      if (base.uids[at] !== uid) continue
      next.#seen[at] = this.#seen[from] ?? 0
      next.#seenModseqs[at] = this.#seenModseqs[from] ?? 0
    }
    return next
  }

  /** As much room as the base has: it grows in place. */
  #makeRoom(): void {
    const size = this.base.uids.length
    if (this.flags.length >= size) return
    this.flags = grown(this.flags, new Uint8Array(size))
    this.modseqs = grown(this.modseqs, new Float64Array(size))
    this.#seen = grown(this.#seen, new Uint8Array(size))
    this.#seenModseqs = grown(this.#seenModseqs, new Float64Array(size))
  }
}

function grown<T extends Uint8Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}
