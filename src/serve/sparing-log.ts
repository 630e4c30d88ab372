// Writes an event of which a flood makes thousands once in a while, and says how many it stands for.

import type { Clock } from '#io/clock.ts'
import type { Log, LogFields } from '#io/log.ts'

export class SparingLog {
  readonly #log: Log
  readonly #clock: Clock
  readonly #everyMs: number
  readonly #unsaid = new Map<string, number>()
  readonly #saidMs = new Map<string, number>()

  constructor(needs: { readonly log: Log; readonly clock: Clock; readonly everyMs: number }) {
    this.#log = needs.log
    this.#clock = needs.clock
    this.#everyMs = needs.everyMs
  }

  /** @param event one of a few fixed names: each is remembered */
  warn(event: string, fields: LogFields): void {
    const nowMs = this.#clock.monotonicMs()
    const unsaid = this.#unsaid.get(event) ?? 0
    const saidMs = this.#saidMs.get(event)
    if (saidMs !== undefined && nowMs - saidMs < this.#everyMs) {
      this.#unsaid.set(event, unsaid + 1)
      return
    }
    this.#saidMs.set(event, nowMs)
    this.#unsaid.set(event, 0)
    this.#log.warn(event, unsaid === 0 ? fields : { ...fields, unsaidBefore: unsaid })
  }
}
