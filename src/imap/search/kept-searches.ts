// What a session keeps of its searches in the selected mailbox: the saved result (RFC 5182) and the results to keep up to date (RFC 5267 4.3).

import type { Snapshot } from '#store/mailbox-view.ts'
import type { FetchItem, SearchKey, SortKey } from '#wire/imap/command.ts'

export class KeptSearches {
  /** UIDs of what `$` stands for, ascending; some may be expunged by now. */
  saved: readonly number[] = []
  readonly contexts: SearchContext[] = []

  /** A search that should have saved its result has failed. */
  forget(): void {
    this.saved = []
  }
}

/** A result that the client is told the changes of. */
export interface SearchContext {
  /** Of the command that asked for it: names it from then on. */
  readonly tag: string
  readonly uid: boolean
  readonly key: SearchKey
  /** UIDs of the result in its order, which for SEARCH is ascending. */
  members: number[]
  /** Undefined: a SEARCH. */
  readonly order: SortedOrder | undefined
  /** Changes up to this MODSEQ, and messages up to this UID, are in `members`. */
  modseq: number
  highestUid: number
  /** What is fetched of each new message that comes into it (RFC 5465 7). */
  readonly items: readonly FetchItem[] | undefined
  /** The mailbox as it was when expunged members were looked for last; undefined: it must be looked at. */
  lookedAt: Snapshot | undefined
}

export interface SortedOrder {
  readonly by: readonly SortKey[]
  /** By UID. */
  readonly rows: Map<number, SortRow>
  compare(a: SortRow, b: SortRow): number
}

/** What SORT compares of one message: a value for each of its keys. */
export interface SortRow {
  readonly uid: number
  readonly values: readonly (string | number)[]
}
