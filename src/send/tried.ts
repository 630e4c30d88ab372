// A try as the queue keeps it. Its transcript is made into text when somebody asks, which after most tries nobody does.

import type { Try } from '#mail/outcome.ts'
import type { Transcript } from './transcript.ts'

export class Tried implements Try {
  readonly at: number
  readonly tookMs: number
  readonly host: string
  readonly address: string | undefined
  readonly tls: string | undefined
  readonly #transcript: Transcript

  constructor(facts: Omit<Try, 'transcript'>, transcript: Transcript) {
    this.at = facts.at
    this.tookMs = facts.tookMs
    this.host = facts.host
    this.address = facts.address
    this.tls = facts.tls
    this.#transcript = transcript
  }

  get transcript(): string {
    return this.#transcript.print()
  }
}
