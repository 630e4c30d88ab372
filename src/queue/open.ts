// The queue at work: one timer for what is due next, rounds that take up what is due, the operator's verbs. It waits for no poll and reads only what is due.

import { migrate } from '#io/sql/migrate.ts'
import type { Refusal } from '#wire/smtp/refusals.ts'
import { refuse } from '#wire/smtp/refusals.ts'
import { Attempt, type AttemptNeeds } from './attempt.ts'
import { limits } from './limits.ts'
import { listed, shown } from './list.ts'
import { migrations } from './migrations.ts'
import type { Filter, HeldMessage, Place, Queue } from './queue.ts'
import { Reporter } from './reports.ts'
import { type DueKey, dueKeys, firstDue, heldOf, insert, messageOf, removeMessage, setDueNow, setNext } from './rows.ts'
import { waitMs } from './schedule.ts'

export interface QueueNeeds extends AttemptNeeds {
  /** That of limits.ts unless told. */
  readonly heldBytesPerAccount?: number | undefined
}

/** Brings the tables up to date, and begins with what fell due while nothing ran. */
export async function openQueue(needs: QueueNeeds): Promise<Queue> {
  await migrate(needs.database, 'queue', migrations, needs.clock)
  const queue = new Rounds(needs)
  await queue.start()
  return queue
}

class Rounds implements Queue {
  readonly #needs: QueueNeeds
  readonly #reporter: Reporter
  /** When something is due as far as is known; Infinity: never. Too early does no harm. */
  #nextAt = Number.POSITIVE_INFINITY
  #timer: Disposable | undefined
  #round: Promise<void> | undefined
  #closed = false

  constructor(needs: QueueNeeds) {
    this.#needs = needs
    this.#reporter = new Reporter(needs)
  }

  async start(): Promise<void> {
    this.#due((await this.#needs.database.read(firstDue)) ?? Number.POSITIVE_INFINITY)
  }

  async hold(message: HeldMessage): Promise<Refusal | undefined> {
    const { database, store, clock, log } = this.#needs
    const { sender, messageId, releaseAt, recipients } = message
    const { heldPerAccount: limit } = limits
    const limitBytes = this.#needs.heldBytesPerAccount ?? limits.heldBytesPerAccount
    // Two at the same moment may both be the last one: the limits are no promise to anybody.
    const held = await database.read(tx => heldOf(tx, sender.accountId))
    if (held.count >= limit) return refuse('too-many-held', { user: sender.address, limit })
    if (held.bytes + message.spooled.sizeBytes > limitBytes)
      return refuse('too-much-held', { user: sender.address, limitBytes })
    await store.keep(message.spooled, (tx, blobId) => insert(tx, message, blobId, clock.now()))
    log.info('queue.held', {
      message: messageId,
      accountId: sender.accountId,
      recipients: recipients.length,
      releaseAt,
    })
    this.#due(releaseAt)
    return undefined
  }

  list(filter: Filter = {}, after?: Place) {
    return this.#needs.database.read(tx => listed(tx, filter, after))
  }

  show(messageId: string) {
    return shown(this.#needs, messageId)
  }

  async release(messageId: string): Promise<boolean> {
    const { database, clock, log } = this.#needs
    const now = clock.now()
    if (!(await database.write(tx => setDueNow(tx, messageId, now)))) return false
    log.info('queue.released', { message: messageId })
    this.#due(now)
    return true
  }

  async drop(messageId: string): Promise<boolean> {
    const { database, log } = this.#needs
    const isDropped = await database.write(async tx => {
      const message = await messageOf(tx, messageId)
      return message !== undefined && (await removeMessage(tx, message))
    })
    if (isDropped) log.info('queue.dropped', { message: messageId })
    return isDropped
  }

  async idle(): Promise<void> {
    while (this.#round !== undefined) await this.#round
  }

  /** Something is due at `at`. */
  #due(at: number): void {
    this.#nextAt = Math.min(this.#nextAt, at)
    if (this.#round === undefined) this.#arm()
  }

  #arm(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    if (this.#closed || this.#nextAt === Number.POSITIVE_INFINITY) return
    const { clock } = this.#needs
    const delayMs = Math.min(limits.longestSleepMs, Math.max(0, this.#nextAt - clock.now()))
    this.#timer = clock.after(delayMs, () => {
      if (clock.now() < this.#nextAt) this.#arm()
      else this.#begin()
    })
  }

  #begin(): void {
    this.#nextAt = Number.POSITIVE_INFINITY
    this.#round = this.#run().then(at => {
      this.#round = undefined
      this.#due(at)
    })
  }

  /** Settles with when the next is due. Never rejects. */
  async #run(): Promise<number> {
    const { database, clock, log } = this.#needs
    try {
      while (!this.#closed) {
        const keys = await database.read(tx => dueKeys(tx, clock.now(), limits.atOnce))
        if (keys.length === 0) break
        const settled = await Promise.allSettled(keys.map(key => this.#attempt(key)))
        for (const one of settled) if (one.status === 'rejected') throw one.reason
      }
      return (await database.read(firstDue)) ?? Number.POSITIVE_INFINITY
    } catch (error) {
      // Not even the fault could be written down (a full disk): everything is as it was, and is tried again.
      log.error('queue.round-failed', { reason: String(error) })
      return clock.now() + limits.afterFaultMs
    }
  }

  async #attempt(key: DueKey): Promise<void> {
    try {
      await Attempt.run(this.#needs, this.#reporter, key)
    } catch (error) {
      if (await this.#postpone(key))
        this.#needs.log.error('queue.fault', { message: key.messageId, reason: String(error) })
    }
  }

  /** A fault of ours must not come back at once, nor hold up the others. False when the message is gone: dropped while it was in hand. */
  #postpone(key: DueKey): Promise<boolean> {
    const { database, clock } = this.#needs
    // Its row may be what the fault is about: nothing more of it is read.
    return database.write(tx => setNext(tx, key, clock.now() + waitMs(key), key.tries + 1))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    await this.idle()
  }
}
