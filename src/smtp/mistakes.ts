// What a client gets wrong between two messages taken: too many bad commands end the session, and the tarpit makes further errors slow.

import type { Verb } from '#wire/smtp/command.ts'
import type { Reply } from '#wire/smtp/reply.ts'
import { mostTarpitMs, type SmtpLimits } from './limits.ts'

/** Replies that make a bad command: syntax, sequence, failed logins. */
const badCommandCodes: readonly number[] = [500, 501, 502, 503, 504, 525, 535, 538, 555]

/** Commands that cost us and bring no message on its way. */
const emptyVerbs: readonly Verb[] = ['NOOP', 'RSET', 'HELP', 'VRFY', 'EXPN', 'HELO', 'EHLO', 'LHLO', 'XFORWARD']

export class Mistakes {
  readonly #limits: SmtpLimits
  #badCommands = 0
  #emptyCommands = 0
  #errors = 0

  constructor(limits: SmtpLimits) {
    this.#limits = limits
  }

  get areTooMany(): boolean {
    return this.#badCommands >= this.#limits.badCommands
  }

  /** A client that only keeps us busy. */
  get emptyAreTooMany(): boolean {
    return this.#emptyCommands >= this.#limits.emptyCommands
  }

  countCommand(verb: Verb): void {
    if (emptyVerbs.includes(verb)) this.#emptyCommands += 1
  }

  /** Counts `reply`; how long it has to wait, milliseconds. Guessing addresses costs as much as guessing commands. */
  count({ code }: Reply): number {
    if (code < 500) return 0
    if (badCommandCodes.includes(code)) this.#badCommands += 1
    this.#errors += 1
    const { tarpitAfter, tarpitFirstMs, tarpitLongestMs } = this.#limits
    if (this.#errors <= tarpitAfter) return 0
    return Math.min(tarpitFirstMs * 2 ** (this.#errors - tarpitAfter - 1), tarpitLongestMs, mostTarpitMs)
  }

  forget(): void {
    this.#badCommands = 0
    this.#emptyCommands = 0
    this.#errors = 0
  }
}
