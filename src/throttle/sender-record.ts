// What one account has sent, in memory: the slots of yesterday and today one by one, what was usual before as its most.

import { limits } from './limits.ts'
import { type Ends, type Usual, usualOf } from './sender-burst.ts'
import type { Amounts } from './sender-limits.ts'
import type { Counts, GuardRow, OwnLimits, Slot } from './sender-rows.ts'

const none: Counts = { messages: 0, recipients: 0, outMessages: 0, outRecipients: 0 }
const noEnds: Ends = { delivered: 0, failed: 0 }

export class SenderRecord {
  /** Of days since 1970: when it was read. */
  readonly day: number
  readonly usual: Usual
  guard: GuardRow
  own: OwnLimits
  readonly #slots = new Map<number, Counts>()
  readonly #dirty = new Set<number>()
  #ends = noEnds
  #endsSinceMs = Number.NEGATIVE_INFINITY

  constructor({
    day,
    slots,
    guard,
    own,
  }: {
    readonly day: number
    readonly slots: readonly Slot[]
    readonly guard: GuardRow
    readonly own: OwnLimits
  }) {
    this.day = day
    this.guard = guard
    this.own = own
    const today = day * limits.slotsPerDay
    const { slotsPerHour: perHour, slotsPerDay: perDay } = limits
    // Today is not usual yet: else a burst would make way for the next.
    const past = slots.filter(([slot]) => slot < today)
    this.usual = usualOf(past, { perHour, perDay })
    for (const [slot, counts] of slots) if (slot >= today - perDay - 1) this.#slots.set(slot, counts)
  }

  get ends(): Ends {
    return this.#ends
  }

  count(slot: number, more: Counts): void {
    const { messages, recipients, outMessages, outRecipients } = this.#slots.get(slot) ?? none
    this.#slots.set(slot, {
      messages: messages + more.messages,
      recipients: recipients + more.recipients,
      outMessages: outMessages + more.outMessages,
      outRecipients: outRecipients + more.outRecipients,
    })
    this.#dirty.add(slot)
  }

  /** What went to other servers in it is not looked at any more. */
  forgetOut(slot: number): void {
    const counts = this.#slots.get(slot)
    if (counts === undefined) return
    this.#slots.set(slot, { ...counts, outMessages: 0, outRecipients: 0 })
    this.#dirty.add(slot)
  }

  /** Of the slots from `first` to `last`, both included. */
  sum(first: number, last: number): Amounts {
    return this.#sum(first, last, ({ messages, recipients }) => ({ messages, recipients }))
  }

  /** The same of what went to other servers. */
  sumOut(first: number, last: number): Amounts {
    return this.#sum(first, last, ({ outMessages, outRecipients }) => ({
      messages: outMessages,
      recipients: outRecipients,
    }))
  }

  /** What was counted since it was asked last. */
  takeDirty(): readonly Slot[] {
    const slots = [...this.#dirty].map((slot): Slot => [slot, this.#slots.get(slot) ?? none])
    this.#dirty.clear()
    return slots
  }

  /** The past fades: after a day, and by half when there is much of it. */
  noteEnd(end: keyof Ends, nowMs: number): void {
    if (nowMs - this.#endsSinceMs > limits.endsMs) {
      this.#ends = noEnds
      this.#endsSinceMs = nowMs
    }
    this.#ends = { ...this.#ends, [end]: this.#ends[end] + 1 }
    const { delivered, failed } = this.#ends
    if (delivered + failed >= limits.ends)
      this.#ends = { delivered: Math.floor(delivered / 2), failed: Math.floor(failed / 2) }
  }

  forgetEnds(): void {
    this.#ends = noEnds
  }

  #sum(first: number, last: number, read: (counts: Counts) => Amounts): Amounts {
    let [messages, recipients] = [0, 0]
    for (const [slot, counts] of this.#slots) {
      if (slot < first || slot > last) continue
      const more = read(counts)
      messages += more.messages
      recipients += more.recipients
    }
    return { messages, recipients }
  }
}
