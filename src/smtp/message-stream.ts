// A message that streams in, by DATA or in chunks: unwanted header fields go, line ends are mended where the intake says so, and the
// rest is spooled. What goes wrong is kept for later: the input has to be read to its true end first.

import { HeaderFilter } from '#mail/header-filter.ts'
import type { Transaction } from '#receive/intake.ts'
import type { SpooledMessage, SpoolWriter } from '#store/spool.ts'
import { LineEndMender, LineEnds } from '#wire/smtp/line-ends.ts'
import type { MailParameters } from '#wire/smtp/parameters.ts'

export interface MessageStreamParts {
  /** Owned from here on. */
  readonly writer: SpoolWriter
  readonly intake: Pick<Transaction, 'unwanted' | 'bareLineEnds'>
  readonly parameters: Pick<MailParameters, 'body'>
  /** Octets. */
  readonly limitBytes: number
  /** In DATA the receiver looks after the line ends. */
  readonly way: 'DATA' | 'BDAT'
}

const crlf = new Uint8Array([13, 10])

export class MessageStream implements AsyncDisposable {
  /** Bare CR and LF are content of the message (BINARYMIME), or were made CRLF: no danger either way. */
  readonly mayHoldBareLineEnds: boolean
  readonly #isBinary: boolean
  readonly #lineEnds: LineEnds | undefined
  readonly #writer: SpoolWriter
  readonly #filter: HeaderFilter
  readonly #mender: LineEndMender | undefined
  readonly #limitBytes: number
  #sizeBytes = 0
  #fault: { readonly error: unknown } | undefined

  constructor({ writer, intake, parameters, limitBytes, way }: MessageStreamParts) {
    this.#isBinary = parameters.body === 'BINARYMIME'
    this.#lineEnds = way === 'BDAT' ? new LineEnds() : undefined
    this.#mender = intake.bareLineEnds === 'normalise' && !this.#isBinary ? new LineEndMender() : undefined
    this.mayHoldBareLineEnds = this.#isBinary || this.#mender !== undefined
    this.#filter = new HeaderFilter(intake.unwanted)
    this.#limitBytes = limitBytes
    this.#writer = writer
  }

  /** Octets that came. */
  get sizeBytes(): number {
    return this.#sizeBytes
  }

  get isTooLarge(): boolean {
    return this.#sizeBytes > this.#limitBytes
  }

  /** The first line end that was one octet, once `finish` was called. Undefined too where the receiver looks after them. */
  get bareLineEnd(): 'CR' | 'LF' | undefined {
    return this.#lineEnds?.bareLineEnd
  }

  /** Settles at once, or when there is room for more. */
  push(bytes: Uint8Array): Promise<void> | undefined {
    this.#sizeBytes += bytes.length
    if (this.isTooLarge || this.#fault !== undefined) return undefined
    try {
      this.#lineEnds?.push(bytes)
      // The mender goes first: what it makes a line of its own must not pass the filter as part of another.
      return this.#write(this.#mender === undefined ? bytes : this.#mender.push(bytes))
    } catch (error) {
      this.#fault = { error }
      return undefined
    }
  }

  /** Throws what went wrong on the way, if anything did. */
  check(): void {
    if (this.#fault !== undefined) throw this.#fault.error
  }

  async finish(): Promise<SpooledMessage> {
    if (this.#mender !== undefined) await this.#write(this.#mender.end())
    // In BINARYMIME every octet is content, the last ones too.
    else if (this.#lineEnds?.endsInCrlf === false && !this.#isBinary) await this.#write(crlf)
    const room = this.#spool(this.#filter.end())
    if (room !== undefined) await room
    this.check()
    return await this.#writer.finish()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer[Symbol.asyncDispose]()
  }

  #write(bytes: Uint8Array): Promise<void> | undefined {
    return this.#spool(this.#filter.push(bytes))
  }

  #spool(bytes: Uint8Array): Promise<void> | undefined {
    if (bytes.length === 0) return undefined
    return this.#writer.write(bytes)?.catch(error => {
      this.#fault = { error }
    })
  }
}
