// Which messages' bodies this session has fetched, so that each is counted once. A bit for each message: a client that fetches a million of them
// costs 128 kB; beyond that the oldest are forgotten, and would be counted again.

import { fetchedBlocks } from './limits.ts'

/** UIDs of one block. */
const blockUids = 4_096

interface Last {
  readonly mailboxId: number
  readonly number: number
  readonly block: Uint8Array
}

export class FetchedOnce {
  /** By mailbox and the UIDs' upper part; in the order in which they were made. */
  readonly #blocks = new Map<string, Uint8Array>()
  /** The one that was asked for last: messages are mostly fetched in order. */
  #last: Last = { mailboxId: 0, number: -1, block: new Uint8Array(0) }

  /** False if it was there already. */
  add(mailboxId: number, uid: number): boolean {
    const block = this.#blockOf(mailboxId, uid)
    const place = (uid % blockUids) >>> 3
    const bit = 1 << (uid & 7)
    const had = ((block[place] ?? 0) & bit) !== 0
    block[place] = (block[place] ?? 0) | bit
    return !had
  }

  #blockOf(mailboxId: number, uid: number): Uint8Array {
    const number = Math.floor(uid / blockUids)
    if (this.#last.mailboxId === mailboxId && this.#last.number === number) return this.#last.block
    const key = `${mailboxId} ${number}`
    const block = this.#blocks.get(key) ?? this.#newBlock(key)
    this.#last = { mailboxId, number, block }
    return block
  }

  #newBlock(key: string): Uint8Array {
    const [oldest] = this.#blocks.keys()
    if (this.#blocks.size >= fetchedBlocks && oldest !== undefined) this.#blocks.delete(oldest)
    const block = new Uint8Array(blockUids / 8)
    this.#blocks.set(key, block)
    return block
  }
}
