// How far a long command is, told now and then (RFC 9585), so that clients and people do not take it for dead.

import type { Clock } from '#io/clock.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import { progressMs } from './limits.ts'

export class Progress {
  readonly #clock: Clock
  #tag = ''
  #toldMs = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A command begins. */
  begin(tag: string): void {
    this.#tag = tag
    this.#toldMs = this.#clock.monotonicMs()
  }

  /** The response, if it is time for one; `total` undefined: nobody knows. */
  response(done: number, total: number | undefined): string | undefined {
    const now = this.#clock.monotonicMs()
    if (now - this.#toldMs < progressMs) return undefined
    this.#toldMs = now
    const code = { code: 'INPROGRESS', tag: this.#tag, done, total } as const
    return printStatusResponse({ tag: '*', status: 'OK', code, text: 'Still at work' })
  }
}
