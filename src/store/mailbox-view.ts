// One open mailbox, shared by every session of this process that has it open: compact columns, kept current by the change feed.
// A session keeps a reference to the Snapshot that its client knows; an expunge makes a new Snapshot, so the old one stays readable.

import type { Origin } from './change.ts'

export interface Snapshot {
  /** Messages in this snapshot: only the first `count` items of each column belong to it. */
  readonly count: number
  /** Ascending. */
  readonly uids: Uint32Array
  readonly flags: Uint8Array
  /** Names joined by single spaces; '' for none. */
  readonly keywords: readonly string[]
  /** False: no message has keywords. True: some have, or had. */
  readonly hasKeywords: boolean
  readonly modseqs: Float64Array
  readonly entryIds: Float64Array
  readonly messageIds: Float64Array
  readonly threadIds: Float64Array
  readonly sizes: Float64Array
  /** INTERNALDATE, milliseconds. */
  readonly dates: Float64Array
  /** When each came into the mailbox, milliseconds. */
  readonly savedDates: Float64Array
  /** By message id: of those that came from other accounts. Undefined: none did. Others may be in it, too. */
  readonly origins: ReadonlyMap<number, Origin> | undefined
}

export interface MailboxView extends Disposable {
  /** The owner. */
  readonly accountId: number
  readonly mailboxId: number
  /** Who reads it, where that is not the owner: \Seen and its MODSEQ are this reader's own. */
  readonly readerId: number | undefined
  /** What may be done with it now, letters of RFC 4314 (mail/rights.ts). */
  readonly rights: string
  readonly uidValidity: number
  /** What the mailbox holds now. Added messages and flag changes show in the same columns; an expunge replaces the object. */
  readonly current: Snapshot
  readonly uidNext: number
  readonly highestModseq: number
  /** Whether the mailbox was deleted under the sessions that have it open. */
  readonly gone: boolean
  /** Calls `onChange` after every change of this mailbox, until disposed of. */
  watch(onChange: () => void): Disposable
}

/** The place of `uid` in a snapshot, or, when it is not there, `-(where it would stand) - 1`. */
export function indexOfUid(snapshot: Pick<Snapshot, 'uids' | 'count'>, uid: number): number {
  let low = 0
  let high = snapshot.count - 1
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = snapshot.uids[middle] as number // middle < count <= length
    if (found === uid) return middle
    if (found < uid) low = middle + 1
    else high = middle - 1
  }
  return -low - 1
}
