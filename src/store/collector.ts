// Lets go of what was expunged long enough ago: the tombstone keeps uid and modseq alone, the bytes go when nothing else names them,
// and much later the tombstone goes too.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { type Database, sql, type Tx } from '#io/sql/database.ts'
import type { Blobs } from './blobs.ts'
import { limits } from './limits.ts'
import { releaseMessage } from './remove-messages.ts'
import { noteGone } from './search/rows.ts'
import { forgetThread } from './threads.ts'
import { forgetTombstones } from './tombstones.ts'

export interface CollectorOptions {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly blobs: Blobs
  readonly keepMs: number
  /** Whether a session may still show messages of the account that are expunged. */
  isOpen(accountId: number): boolean
}

type Tombstone = [
  expungedAt: number,
  accountId: number,
  mailboxId: number,
  uid: number,
  messageId: number,
  threadId: number,
]

export class Collector {
  readonly #options: CollectorOptions
  #timer: Disposable | undefined
  #round: Promise<void> | undefined
  #closed = false

  constructor(options: CollectorOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = this.#options.clock.after(limits.collectEveryMs, () => {
      this.#round = this.#collectAndLog().finally(() => {
        this.#round = undefined
        if (!this.#closed) this.start()
      })
    })
  }

  /** A fault here harms nobody: what was not collected is collected in a later round. */
  async #collectAndLog(): Promise<void> {
    try {
      const collected = await this.collect()
      if (collected > 0) this.#options.log.info('store.collected', { messages: collected })
    } catch (error) {
      this.#options.log.error('store.collect-failed', { reason: String(error) })
    }
  }

  /** One round. Settles with the number of tombstones purged. */
  async collect(): Promise<number> {
    const now = this.#options.clock.now()
    const before = now - this.#options.keepMs
    let collected = 0
    let after: Tombstone | undefined
    while (!this.#closed) {
      const found = await this.#options.database.read(tx => expungedBefore(tx, before, after))
      const free = found.filter(([, accountId]) => !this.#options.isOpen(accountId))
      if (free.length > 0) await this.#options.database.write(tx => purge(tx, free, now))
      collected += free.length
      after = found.at(-1)
      if (found.length < limits.collectedPerWrite) break
    }
    await this.#options.blobs.removeGone()
    await this.#forget()
    return collected
  }

  async #forget(): Promise<void> {
    const before = this.#options.clock.now() - limits.keepTombstonesMs
    for (let found: number = limits.collectedPerWrite; !this.#closed && found === limits.collectedPerWrite; )
      found = await forgetTombstones(this.#options.database, before)
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    await this.#round
  }
}

/** The next tombstones in the order of their age; those of open accounts are passed over, so a round goes on behind the last one it saw. */
function expungedBefore(tx: Tx, before: number, after: Tombstone | undefined): Promise<Tombstone[]> {
  const [expungedAt, accountId, mailboxId, uid] = after ?? [-1, -1, -1, -1]
  return tx.all<Tombstone>(sql`
    SELECT expunged_at, account_id, mailbox_id, uid, message_id, thread_id FROM expunged
    WHERE message_id IS NOT NULL AND expunged_at < ${before}
      AND (expunged_at, account_id, mailbox_id, uid) > (${expungedAt}, ${accountId}, ${mailboxId}, ${uid})
    ORDER BY expunged_at, account_id, mailbox_id, uid LIMIT ${limits.collectedPerWrite}`)
}

async function purge(tx: Tx, tombstones: readonly Tombstone[], now: number): Promise<void> {
  for (const [, accountId, mailboxId, uid, messageId, threadId] of tombstones) {
    // Counts its rows: the account may have been removed meanwhile.
    const purged = await tx.run(sql`
      UPDATE expunged SET entry_id = NULL, message_id = NULL, thread_id = NULL, flags = NULL, keywords = NULL,
        internal_date = NULL, saved_at = NULL, size_bytes = NULL, removed_by = NULL
      WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND uid = ${uid} AND message_id = ${messageId}`)
    if (purged === 0 || !(await releaseMessage(tx, accountId, messageId, 1))) continue
    await forgetThread(tx, accountId, threadId)
    await noteGone(tx, accountId, messageId, now)
  }
}
