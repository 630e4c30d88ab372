// Outcomes on their way to the disk: gathered while the transaction before is being synced, written down in the order in which they came.
// Whoever brings mail does not wait for it, but for room here when too much is not written down yet.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import { type Settlement, settle } from './settle.ts'

export interface RecorderNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Of our leases. */
  readonly holder: string
  /** They are durable. @param reportAt when the first report is due that they ask for */
  recorded(settlements: readonly Settlement[], reportAt: number | undefined): void
}

export class Recorder {
  readonly #needs: RecorderNeeds
  readonly #waiting: Settlement[] = []
  /** What could not be written down: tried again later, so that it holds up nothing else. */
  readonly #aside: Settlement[] = []
  #writing: Promise<void> | undefined
  #inHand = 0
  #timer: Disposable | undefined
  #room: PromiseWithResolvers<void> | undefined
  #closed = false

  constructor(needs: RecorderNeeds) {
    this.#needs = needs
  }

  add(settlement: Settlement): void {
    if (settlement.results.length === 0) return
    this.#waiting.push(settlement)
    this.#writing ??= this.#writeAll()
  }

  /** Undefined: there is room. */
  room(): Promise<void> | undefined {
    if (this.#closed || this.#unrecorded < limits.unrecorded) return undefined
    this.#room ??= Promise.withResolvers()
    return this.#room.promise
  }

  /** Settles when all is written down but what is put aside. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing
  }

  get isIdle(): boolean {
    return this.#writing === undefined
  }

  /** What is not written down by then never is by us: it is still leased, and the next start takes it up. */
  async close(): Promise<void> {
    await this.idle()
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    this.#room?.resolve()
  }

  get #unrecorded(): number {
    return this.#waiting.length + this.#inHand + this.#aside.length
  }

  async #writeAll(): Promise<void> {
    // What comes in the same turn goes together.
    await undefined
    while (this.#waiting.length > 0 && !this.#closed) {
      const batch = this.#nextBatch()
      this.#inHand = batch.length
      if (!(await this.#write(batch))) await this.#writeEach(batch)
      this.#inHand = 0
      if (this.#unrecorded < limits.unrecorded) {
        this.#room?.resolve()
        this.#room = undefined
      }
    }
    this.#writing = undefined
  }

  /** At least one, and so many that their recipients are not too many for one transaction. */
  #nextBatch(): readonly Settlement[] {
    let count = 0
    let recipients = 0
    for (const { results } of this.#waiting) {
      recipients += results.length
      if (count > 0 && (recipients > limits.pageOfFate || count === limits.recordedAtOnce)) break
      count += 1
    }
    return this.#waiting.splice(0, count)
  }

  /** False: nothing of it happened. */
  async #write(batch: readonly Settlement[]): Promise<boolean> {
    const { database, clock, log, holder, recorded } = this.#needs
    try {
      const reportAt = await database.write(tx => settle(tx, batch, { holder, now: clock.now() }))
      recorded(batch, reportAt)
      return true
    } catch (error) {
      log.error('queue.not-recorded', {
        messages: batch.length,
        message: batch[0]?.message.messageId,
        reason: String(error),
      })
      return false
    }
  }

  async #writeEach(batch: readonly Settlement[]): Promise<void> {
    for (const one of batch) if (batch.length === 1 || !(await this.#write([one]))) this.#aside.push(one)
    if (this.#aside.length > 0 && !this.#closed)
      this.#timer ??= this.#needs.clock.after(limits.afterFaultMs, () => {
        this.#timer = undefined
        for (const one of this.#aside.splice(0)) this.add(one)
      })
  }
}
