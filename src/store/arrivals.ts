// How messages come into the store: their bytes are readied before the transaction that names them, and cleared away where none came to do so.

import type { Tx } from '#io/sql/database.ts'
import type { AppendItem } from './append.ts'
import type { NewBlob } from './blob-row.ts'
import type { Blobs } from './blobs.ts'
import type { Changed } from './changed.ts'
import type { FreeSpace } from './disk.ts'
import type { SpooledMessage } from './spool.ts'
import type { Appended } from './store.ts'
import { threadKeysOf } from './threads.ts'

export interface ArrivalsNeeds {
  readonly blobs: Blobs
  readonly space: FreeSpace
  /** Runs work in a transaction, and publishes what it changed. */
  change<T>(work: (tx: Tx, now: number) => Promise<Changed<T>>): Promise<T>
}

export class Arrivals {
  readonly #needs: ArrivalsNeeds

  constructor(needs: ArrivalsNeeds) {
    this.#needs = needs
  }

  /** `work` gets one item for each message. */
  async withItems<T>(
    messages: readonly Appended[],
    work: (tx: Tx, items: readonly AppendItem[], now: number) => Promise<Changed<T>>,
  ): Promise<T> {
    const threadKeys = messages.map(({ message }) => threadKeysOf(message.head))
    return await this.#withBlobs(
      messages.map(({ message }) => message),
      blobs =>
        this.#needs.change((tx, now) => {
          const items = messages.map((message, index) => ({
            blob: blobs[index] as NewBlob, // one blob for each message
            threadKeys: threadKeys[index] ?? [],
            flags: message.flags,
            keywords: message.keywords,
            internalDate: message.internalDate ?? now,
            prefix: message.prefix ?? new Uint8Array(0),
            seenBy: message.seenBy,
            uidl: message.uidl,
            alongside: message.message.alongside,
          }))
          return work(tx, items, now)
        }),
    )
  }

  withBlob<T>(message: SpooledMessage, store: (blob: NewBlob) => Promise<T>): Promise<T> {
    return this.#withBlobs([message], ([blob]) => store(blob as NewBlob)) // one message, one blob
  }

  /** Readies the blobs, stores them, and clears away the files of those that no transaction came to name. */
  async #withBlobs<T>(
    messages: readonly SpooledMessage[],
    store: (blobs: readonly NewBlob[]) => Promise<T>,
  ): Promise<T> {
    const { blobs: place, space } = this.#needs
    space.check()
    const blobs: NewBlob[] = []
    try {
      for (const message of messages) blobs.push(await place.place(message))
      return await store(blobs)
    } finally {
      for (const blob of blobs) if (blob.place === 'file') await place.settle(blob)
    }
  }
}
