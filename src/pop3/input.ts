// What a session hears: lines, in order, until the client or the server has had enough.

import { type Channel, ChannelError } from '#io/channel.ts'
import { type Pop3Event, Pop3Receiver } from '#wire/pop3/receiver.ts'
import { idleTimeoutMs } from './limits.ts'

export type Heard =
  | Pop3Event
  /** The client ended its side, or was silent for too long. */
  | { readonly kind: 'end' }
  /** The server shuts down. */
  | { readonly kind: 'drain' }
  /** `hangUp` was called. */
  | { readonly kind: 'gone' }

type Came = Uint8Array | 'end' | 'rung'

export class Input implements Disposable {
  readonly #channel: Channel
  readonly #drain: AbortSignal
  #receiver = new Pop3Receiver()
  #wake: (() => void) | undefined
  #hungUp = false

  constructor(channel: Channel, drain: AbortSignal) {
    this.#channel = channel
    this.#drain = drain
    drain.addEventListener('abort', this.#ring)
  }

  /** Octets that came behind the last line. */
  get buffered(): number {
    return this.#receiver.buffered
  }

  /** The next line is a SASL response: it may be long. */
  expectResponse(): void {
    this.#receiver.expectResponse()
  }

  /** Forgets all that was heard (STLS). */
  startOver(): void {
    this.#receiver = new Pop3Receiver()
  }

  /** The present or the next `next` says 'gone', whatever the client has sent. */
  hangUp(): void {
    this.#hungUp = true
    this.#ring()
  }

  /** Rejects with ChannelError when the connection breaks. */
  async next(): Promise<Heard> {
    for (;;) {
      if (this.#drain.aborted) return { kind: 'drain' }
      if (this.#hungUp) return { kind: 'gone' }
      const event = this.#receiver.next()
      if (event !== undefined) return event
      const came = await this.#read()
      if (came === 'end') return { kind: 'end' }
      if (came !== 'rung') this.#receiver.push(came)
    }
  }

  [Symbol.dispose](): void {
    this.#drain.removeEventListener('abort', this.#ring)
  }

  readonly #ring = (): void => this.#wake?.()

  /** A ring leaves the channel's read behind; nothing is read after it. */
  async #read(): Promise<Came> {
    const { promise, resolve, reject } = Promise.withResolvers<Came>()
    this.#wake = () => resolve('rung')
    this.#channel.read(idleTimeoutMs).then(
      bytes => resolve(bytes ?? 'end'),
      error => (isTimeout(error) ? resolve('end') : reject(error)),
    )
    return await promise
  }
}

/** RFC 1939 3: the connection is closed without a word then. */
function isTimeout(error: unknown): boolean {
  return error instanceof ChannelError && error.reason === 'timeout'
}
