// Hears of each outcome from the queue (its witness) and writes down what follows, many in one transaction and a little later: what a crash takes away is a
// note that the next try or the next report writes anew.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { limits } from './limits.ts'
import { isNotable, type SettledOutcome } from './outcome-rows.ts'
import type { Suppressions } from './suppressions.ts'

export interface OutcomeNotesNeeds {
  readonly suppressions: Pick<Suppressions, 'noteOutcomes'>
  readonly clock: Clock
  readonly log: Log
}

export class OutcomeNotes implements AsyncDisposable {
  readonly #needs: OutcomeNotesNeeds
  #waiting: SettledOutcome[] = []
  #timer: Disposable | undefined
  #writing: Promise<void> | undefined

  constructor(needs: OutcomeNotesNeeds) {
    this.#needs = needs
  }

  /** Never throws. */
  settled(outcome: SettledOutcome): void {
    // Of what comes faster than it can be written, the rest is not noted: it costs a suppression, never mail.
    if (!isNotable(outcome) || this.#waiting.length >= limits.waitingOutcomes) return
    this.#waiting.push(outcome)
    if (this.#isFull) void this.#write()
    else this.#later()
  }

  /** Settles when all that was heard is written down, or could not be. */
  async idle(): Promise<void> {
    while (this.#writing !== undefined || this.#waiting.length > 0) await this.#write()
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.idle()
  }

  get #isFull(): boolean {
    return this.#waiting.length >= limits.outcomesAtOnce
  }

  #later(): void {
    this.#timer ??= this.#needs.clock.after(limits.notedAfterMs, () => {
      this.#timer = undefined
      void this.#write()
    })
  }

  /** One transaction, and others while there is enough for them; the rest a little later. */
  #write(): Promise<void> {
    this.#writing ??= this.#written().finally(() => {
      this.#writing = undefined
      if (this.#waiting.length > 0) this.#later()
    })
    return this.#writing
  }

  async #written(): Promise<void> {
    do {
      const outcomes = this.#waiting.splice(0, limits.outcomesAtOnce)
      try {
        await this.#needs.suppressions.noteOutcomes(outcomes)
      } catch (error) {
        this.#needs.log.error('suppression.not-noted', { outcomes: outcomes.length, reason: String(error) })
      }
    } while (this.#isFull)
  }
}
