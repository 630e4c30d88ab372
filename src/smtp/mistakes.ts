// What a client gets wrong between two messages taken: too many bad commands end the session, and the tarpit makes further errors slow.

import type { Reply } from '#wire/smtp/reply.ts'
import type { SmtpLimits } from './limits.ts'

/** Replies that make a bad command: syntax, sequence, failed logins. */
const badCommandCodes: readonly number[] = [500, 501, 502, 503, 504, 525, 535, 538, 555]

export class Mistakes {
  readonly #limits: SmtpLimits
  #badCommands = 0
  #errors = 0

  constructor(limits: SmtpLimits) {
    this.#limits = limits
  }

  get areTooMany(): boolean {
    return this.#badCommands >= this.#limits.badCommands
  }

  /** Counts `reply`; how long it has to wait, milliseconds. Guessing addresses costs as much as guessing commands. */
  count({ code }: Reply): number {
    if (code < 500) return 0
    if (badCommandCodes.includes(code)) this.#badCommands += 1
    this.#errors += 1
    const { tarpitAfter, tarpitFirstMs, tarpitLongestMs } = this.#limits
    if (this.#errors <= tarpitAfter) return 0
    return Math.min(tarpitFirstMs * 2 ** (this.#errors - tarpitAfter - 1), tarpitLongestMs)
  }

  forget(): void {
    this.#badCommands = 0
    this.#errors = 0
  }
}
