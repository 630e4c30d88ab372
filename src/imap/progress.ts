// How far a long command is, told now and then (RFC 9585), so that clients and people do not take it for dead.

import type { Clock } from '#io/clock.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import { progressMs } from './limits.ts'

export class Progress {
  readonly #clock: Clock
  #tag: string | undefined
  #toldMs = 0
  /** What was told last; 'uncounted' once a second round of the work began, whose numbers would fall back. */
  #told: { readonly done: number; readonly total: number | undefined } | 'uncounted' | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Work begins, of the command with this tag or of none. */
  begin(tag: string | undefined): void {
    this.#tag = tag
    this.#told = undefined
    this.#toldMs = this.#clock.monotonicMs()
  }

  /** The response, if it is time for one; `total` undefined: nobody knows. What is done is done: nothing is said of the last step. */
  response(done: number, total: number | undefined): string | undefined {
    const now = this.#clock.monotonicMs()
    if (now - this.#toldMs < progressMs || done >= (total ?? Number.POSITIVE_INFINITY)) return undefined
    this.#toldMs = now
    this.#told = this.#goesOn(done, total) ? { done, total } : 'uncounted'
    const numbers = this.#told === 'uncounted' ? { done: undefined, total: undefined } : this.#told
    const code = { code: 'INPROGRESS', tag: this.#tag, ...numbers } as const
    return printStatusResponse({ tag: '*', status: 'OK', code, text: 'Still at work' })
  }

  /** RFC 9585 4: of one tag the numbers rise, and the goal stays. */
  #goesOn(done: number, total: number | undefined): boolean {
    if (this.#told === undefined) return true
    return this.#told !== 'uncounted' && total === this.#told.total && done > this.#told.done
  }
}
