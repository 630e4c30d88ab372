// What accounts send: counted, held against the limits, and against what is usual for each (the burst guard). The counts are in memory and follow
// into the database some seconds later; that an account is held is durable when it is told.

import { Remembered } from '#base/remembered.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import { limits } from './limits.ts'
import { migrations } from './migrations.ts'
import { burstIn, failsTooOften, type GuardLimits } from './sender-burst.ts'
import { type Amounts, type SenderLimits, type Spent, spentLimit } from './sender-limits.ts'
import { SenderRecord } from './sender-record.ts'
import * as rows from './sender-rows.ts'

export interface SendersNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  /** Undefined: there are none but those set for single accounts. */
  readonly limits: SenderLimits | undefined
  /** Undefined: nothing is held. */
  readonly guard: GuardLimits | undefined
}

/** One message. */
export interface Sending {
  readonly recipients: number
  /** Of those, at other servers. */
  readonly elsewhere: number
}

export type Judgement =
  | { readonly kind: 'goes' }
  | ({ readonly kind: 'spent' } & Spent)
  /** `isNew`: this message is the first; its owner and the operator are to be told. */
  | { readonly kind: 'held'; readonly reason: string; readonly isNew: boolean }

export interface SenderShown {
  readonly guard: rows.GuardState
  /** '' unless it is held. */
  readonly reason: string
  /** Milliseconds since 1970; 0: never. */
  readonly changedAt: number
  readonly limits: SenderLimits | undefined
  readonly own: rows.OwnLimits
  readonly hour: Amounts
  readonly day: Amounts
}

export class Senders implements AsyncDisposable {
  readonly #needs: SendersNeeds
  readonly #known: Remembered<Promise<SenderRecord>>
  /** Not yet in the database. */
  readonly #dirty = new Map<number, SenderRecord>()
  #timer: Disposable | undefined
  #writing: Promise<void> = Promise.resolve()
  #isClosed = false

  /** Brings the tables up to date first. */
  static async open(needs: SendersNeeds): Promise<Senders> {
    await migrate(needs.database, 'throttle', migrations)
    return new Senders(needs)
  }

  private constructor(needs: SendersNeeds) {
    this.#needs = needs
    const { clock } = needs
    this.#known = new Remembered({ clock, mostKeys: limits.remembered, forgetMs: limits.forgetSenderMs })
  }

  /** Whether so much more may be sent now: asked before the message comes. Counts nothing. */
  async spent(accountId: number, more: Amounts): Promise<Spent | undefined> {
    return this.#spent(await this.#record(accountId), more)
  }

  /** Counts a message that is whole. */
  async take(accountId: number, { recipients, elsewhere }: Sending): Promise<Judgement> {
    const { limits: most, guard } = this.#needs
    const record = await this.#record(accountId)
    if (most === undefined && guard === undefined && !hasOwn(record)) return { kind: 'goes' }
    // From here on nothing waits: messages on many connections are counted one after the other.
    const spent = this.#spent(record, { messages: 1, recipients })
    if (spent !== undefined) return { kind: 'spent', ...spent }
    const slot = this.#slot()
    const isWatched = guard !== undefined && record.guard.state !== 'off'
    const reason = isWatched ? burstIn(guard, record.usual, this.#withMore(record, elsewhere)) : undefined
    const wasHeld = isWatched && record.guard.state === 'held'
    const isHeld = wasHeld || (reason !== undefined && elsewhere > 0)
    const out = isHeld || elsewhere === 0 ? 0 : 1
    record.count(slot, { messages: 1, recipients, outMessages: out, outRecipients: out * elsewhere })
    this.#note(accountId, record)
    if (!isHeld) return { kind: 'goes' }
    if (wasHeld) return { kind: 'held', reason: record.guard.reason, isNew: false }
    await this.#hold(accountId, record, reason ?? '')
    return { kind: 'held', reason: reason ?? '', isNew: true }
  }

  /** The end of one recipient at another server. Settles with the reason if the account is held from now on for how much fails. */
  async noteEnd(accountId: number, end: 'delivered' | 'failed'): Promise<string | undefined> {
    const { guard } = this.#needs
    if (guard === undefined) return undefined
    const record = await this.#record(accountId)
    record.noteEnd(end, this.#needs.clock.monotonicMs())
    const reason = failsTooOften(guard, record.ends)
    if (reason === undefined || record.guard.state !== 'on') return undefined
    await this.#hold(accountId, record, reason)
    return reason
  }

  // For operators

  async show(accountId: number): Promise<SenderShown> {
    const record = await this.#record(accountId)
    const { state, reason, changedAt } = record.guard
    const { limits: most } = this.#needs
    const sent = this.#sent(record)
    return { guard: state, reason, changedAt, limits: most && limitsOf(record, most), own: record.own, ...sent }
  }

  /** `on` ends a hold, too: what was sent up to now counts no more against the account, and what it sends from now on does at once. */
  async setGuard(accountId: number, state: 'on' | 'off'): Promise<void> {
    const record = await this.#record(accountId)
    const countsFrom = this.#slot()
    record.forgetOut(countsFrom)
    this.#note(accountId, record)
    record.guard = { state, reason: '', changedAt: this.#needs.clock.now(), countsFrom }
    record.forgetEnds()
    await this.#needs.database.write(tx => rows.putGuard(tx, accountId, record.guard))
  }

  /** In the place of what was set before; undefined: as the configuration says. */
  async setLimits(accountId: number, own: rows.OwnLimits): Promise<void> {
    const record = await this.#record(accountId)
    record.own = own
    await this.#needs.database.write(tx => rows.putLimits(tx, accountId, own))
  }

  /** The account is gone. */
  async forget(accountId: number): Promise<void> {
    this.#dirty.delete(accountId)
    this.#known.delete(String(accountId))
    await this.#needs.database.write(tx => rows.forgetSender(tx, accountId))
  }

  /** What is set for the account itself holds where there are no limits for all, too. */
  #spent(record: SenderRecord, more: Amounts): Spent | undefined {
    const most = this.#needs.limits ?? (hasOwn(record) ? noLimits : undefined)
    return most && spentLimit(limitsOf(record, most), this.#sent(record), more)
  }

  #sent(record: SenderRecord) {
    const slot = this.#slot()
    return { hour: record.sum(slot - limits.slotsPerHour, slot), day: record.sum(slot - limits.slotsPerDay, slot) }
  }

  /** What goes out, with one message more. */
  #withMore(record: SenderRecord, elsewhere: number) {
    const slot = this.#slot()
    const after = (slots: number) => {
      // A clock that was wrong and is right again may have put it into what is to come.
      const { countsFrom } = record.guard
      const first = countsFrom > slot ? slot - slots : Math.max(slot - slots, countsFrom)
      const { messages, recipients } = record.sumOut(first, slot)
      return { messages: messages + 1, recipients: recipients + elsewhere }
    }
    return { hour: after(limits.slotsPerHour), day: after(limits.slotsPerDay) }
  }

  async #hold(accountId: number, record: SenderRecord, reason: string): Promise<void> {
    const changedAt = this.#needs.clock.now()
    record.guard = { ...record.guard, state: 'held', reason, changedAt }
    this.#needs.log.warn('sender.held', { accountId, reason })
    await this.#needs.database.write(tx => rows.putGuard(tx, accountId, record.guard))
  }

  #slot(): number {
    return Math.floor(this.#needs.clock.now() / limits.slotMs)
  }

  /** Read anew each day, for what is usual is what was before. */
  async #record(accountId: number): Promise<SenderRecord> {
    const key = String(accountId)
    const today = Math.floor(this.#slot() / limits.slotsPerDay)
    const dirty = this.#dirty.get(accountId)
    const known = dirty ?? (await this.#known.get(key))
    if (known?.day === today) return known
    // What is dirty is not lost: it is written before it is read again.
    if (dirty !== undefined) await this.#flush()
    const again = this.#known.get(key)
    const current = again && (await again)
    if (current?.day === today) return current
    const reading = this.#read(accountId, today)
    this.#known.set(key, reading)
    reading.catch(() => this.#known.delete(key))
    return await reading
  }

  async #read(accountId: number, today: number): Promise<SenderRecord> {
    const from = (today - limits.senderDays) * limits.slotsPerDay
    return await this.#needs.database.read(async tx => {
      const slots = await rows.slotsOf(tx, accountId, from)
      const guard = await rows.guardOf(tx, accountId)
      return new SenderRecord({ day: today, slots, guard, own: await rows.limitsOf(tx, accountId) })
    })
  }

  #note(accountId: number, record: SenderRecord): void {
    this.#dirty.set(accountId, record)
    if (this.#timer !== undefined || this.#isClosed) return
    this.#timer = this.#needs.clock.after(limits.flushSendersMs, () => {
      this.#timer = undefined
      void this.#flush()
    })
  }

  /** Never rejects: the counts of some seconds are no reason to stop. */
  #flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write())
    return this.#writing
  }

  async #write(): Promise<void> {
    if (this.#dirty.size === 0) return
    const dirty = [...this.#dirty].map(([accountId, record]) => ({ accountId, slots: record.takeDirty() }))
    this.#dirty.clear()
    const from = this.#slot() - limits.senderDays * limits.slotsPerDay
    try {
      await this.#needs.database.write(async tx => {
        for (const { accountId, slots } of dirty) await rows.putSlots(tx, accountId, { slots, from })
      })
    } catch (error) {
      this.#needs.log.error('sender.counts-lost', { reason: String(error) })
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true
    this.#timer?.[Symbol.dispose]()
    await this.#flush()
  }
}

const noLimits: SenderLimits = {
  messagesPerHour: Number.POSITIVE_INFINITY,
  messagesPerDay: Number.POSITIVE_INFINITY,
  recipientsPerHour: Number.POSITIVE_INFINITY,
  recipientsPerDay: Number.POSITIVE_INFINITY,
}

function hasOwn({ own }: SenderRecord): boolean {
  const { messagesPerHour, messagesPerDay, recipientsPerHour, recipientsPerDay } = own
  return (messagesPerHour ?? messagesPerDay ?? recipientsPerHour ?? recipientsPerDay) !== undefined
}

function limitsOf({ own }: SenderRecord, most: SenderLimits): SenderLimits {
  return {
    messagesPerHour: own.messagesPerHour ?? most.messagesPerHour,
    messagesPerDay: own.messagesPerDay ?? most.messagesPerDay,
    recipientsPerHour: own.recipientsPerHour ?? most.recipientsPerHour,
    recipientsPerDay: own.recipientsPerDay ?? most.recipientsPerDay,
  }
}
