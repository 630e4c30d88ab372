// Where the bytes of a message wait while they stream in. Small ones stay in memory, larger ones go to a file: nothing ever holds a whole large message in memory.

import type { Tx } from '#io/sql/database.ts'

/** A whole message, complete and immutable, not yet in any mailbox. Dispose of it when it was not stored (doing so after it was stored is harmless). */
export interface SpooledMessage extends AsyncDisposable {
  readonly sizeBytes: number
  /** The first octets of the message, up to `limits.headBytes`: enough for the header of every honest message. */
  readonly head: Uint8Array
  /** Octets `start` up to, not including, `end`; fewer past the end. */
  read(start: number, end: number): Promise<Uint8Array>
  /** What else is to happen in each transaction that delivers or appends it: a queue strikes out its recipients there. */
  alongside?: Alongside | undefined
}

/** Awaits nothing but `tx`, and may run again (Database.write). `accountIds`: who gets the message in this transaction; `blobId`: its bytes, which `keepToo` of kept.ts keeps as well. */
export type Alongside = (tx: Tx, accountIds: ReadonlySet<number>, blobId: number) => Promise<void>

export interface SpoolWriter extends AsyncDisposable {
  readonly sizeBytes: number
  /** Takes bytes (copies what it keeps). Settles at once while there is room in memory: awaiting it is the back-pressure. Rejects with DiskFullError. */
  write(bytes: Uint8Array): Promise<void> | undefined
  /** Ends the message. For a large one its file is on the disk for good when this settles. */
  finish(): Promise<SpooledMessage>
}

export interface Spool {
  open(): SpoolWriter
  /** Whether the disk has room to speak of: asked before a message is sent. */
  hasRoom(): boolean
}
