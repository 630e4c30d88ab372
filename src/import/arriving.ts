// A message of an import on its way into the spool: its lines get CRLF, and what lines can't hold is encoded (store/as-lines.ts).

import { LineEnds } from '#mail/line-ends.ts'
import { asLines } from '#store/as-lines.ts'
import type { Spool, SpooledMessage, SpoolWriter } from '#store/spool.ts'

export class Arriving implements AsyncDisposable {
  readonly #spool: Spool
  readonly #writer: SpoolWriter
  readonly #lineEnds = new LineEnds()
  #hasNul = false

  constructor(spool: Spool) {
    this.#spool = spool
    this.#writer = spool.open()
  }

  write(octets: Uint8Array): Promise<void> | undefined {
    this.#hasNul ||= octets.includes(0)
    return this.#writer.write(this.#lineEnds.put(octets))
  }

  /** Nothing may be written any more. */
  async finish(): Promise<SpooledMessage> {
    // Whether the last line of a binary message wants an end depends on what it is.
    if (!this.#hasNul) await this.#writer.write(this.#lineEnds.end())
    const message = await this.#writer.finish()
    if (!this.#hasNul) return message
    const lines = await asLines(this.#spool, message)
    if (lines === undefined) return message
    await message[Symbol.asyncDispose]()
    return lines
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]()
  }
}
