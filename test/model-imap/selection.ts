// The mailbox that a client of the model has selected, as it was told of it.

import type { Box } from './world.ts'

export interface Selection {
  readonly box: Box
  readonly readOnly: boolean
  /** UIDs by message number, from 1 at place 0, as the client was told. */
  view: number[]
  highestUid: number
  readonly recent: Set<number>
  /** What EXAMINE found. */
  readonly recentFrom: number
  /** Told at some time, though not the last state. */
  readonly staleFlags: Set<number>
  readonly staleModseq: Set<number>
  toldKeywords: ReadonlySet<string>
  /** Flags by UID as the client remembers them. */
  readonly known: Map<number, ReadonlySet<string>>
  /** All up to here the client knows. */
  safeModseq: number
}
