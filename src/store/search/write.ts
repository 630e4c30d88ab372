// Writes a segment's rows in transactions of a few milliseconds each, and removes them likewise.

import type { Database, Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import { insertFields, insertWords, removeFields, removeWords } from './rows.ts'
import { type SegmentRows, wordKind } from './segment.ts'

export interface SegmentKey {
  readonly accountId: number
  readonly segmentId: number
}

type Write = (tx: Tx) => Promise<void>

/** Gathers changes of rows until they are worth a transaction. While the disk is busy with one, the next is made ready. */
export class RowWriter {
  readonly #database: Database
  #writes: Write[] = []
  #bytes = 0
  #last: Promise<void> = Promise.resolve()

  constructor(database: Database) {
    this.#database = database
  }

  async add(bytes: number, write: Write): Promise<void> {
    this.#writes.push(write)
    this.#bytes += bytes
    if (this.#bytes >= limits.writeBytes) await this.#begin()
  }

  /** Settles when all is written. */
  async end(): Promise<void> {
    await this.#begin()
    await this.#last
  }

  async #begin(): Promise<void> {
    const before = this.#last
    const writes = this.#writes
    this.#writes = []
    this.#bytes = 0
    if (writes.length > 0) this.#last = this.#write(writes)
    // Its fault is told to whoever awaits the next.
    this.#last.catch(() => {})
    await before
  }

  async #write(writes: readonly Write[]): Promise<void> {
    await this.#database.write(async tx => {
      for (const write of writes) await write(tx)
    })
  }
}

export interface RowsTo extends SegmentKey {
  readonly breathe: () => Promise<void>
}

export async function writeRows(writer: RowWriter, to: RowsTo, rows: Partial<SegmentRows>): Promise<void> {
  for (const { kind, list } of rows.words ?? []) {
    await writer.add(list.words.length + list.postings.length, tx => insertWords(tx, { ...to, kind }, list))
    await to.breathe()
  }
  for (const row of rows.fields ?? []) {
    await writer.add(row.texts.length, tx => insertFields(tx, to, row))
    await to.breathe()
  }
}

/** Removes the words and fields of segments that no row names. */
export async function removeRows(database: Database, accountId: number, segmentIds: readonly number[]): Promise<void> {
  const writer = new RowWriter(database)
  for (const segmentId of segmentIds) {
    for (const kind of Object.values(wordKind)) {
      await writer.add(limits.writeBytes, tx => removeWords(tx, { accountId, segmentId, kind }))
    }
    await writer.add(limits.writeBytes, tx => removeFields(tx, accountId, segmentId))
  }
  await writer.end()
}
