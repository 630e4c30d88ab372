// What a session hears: the channel read through the receiver, and one bell that wakes a waiting session for another reason
// (a change of the mailbox in IDLE, the server's shutdown, a timer). A read goes on while the session does something else.

import { type Channel, ChannelError } from '#io/channel.ts'
import { ImapReceiver } from '#wire/imap/receiver.ts'

type Arrival =
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | { readonly kind: 'failed'; readonly error: unknown }

export type Heard = 'bytes' | 'end' | 'timeout' | 'rung'

export class Input {
  readonly receiver = new ImapReceiver()
  readonly #channel: Pick<Channel, 'read'>
  #reading = false
  #arrival: Arrival | undefined
  #rung = false
  #waiter: (() => void) | undefined

  constructor(channel: Pick<Channel, 'read'>) {
    this.#channel = channel
  }

  /** Ends the present or the next `wait` with 'rung'. */
  ring(): void {
    this.#rung = true
    this.#wake()
  }

  /**
   * Waits for more octets (pushed into the receiver), the peer's end, silence of `timeoutMs` since the read began, or the bell: the bell goes first.
   * Rejects with ChannelError when the connection breaks.
   */
  async wait(timeoutMs: number): Promise<Heard> {
    for (;;) {
      if (this.#rung) {
        this.#rung = false
        return 'rung'
      }
      if (this.#arrival !== undefined) return this.#take(this.#arrival)
      if (!this.#reading) this.#read(timeoutMs)
      await new Promise<void>(resolve => {
        this.#waiter = resolve
      })
      this.#waiter = undefined
    }
  }

  #take(arrival: Arrival): Heard {
    this.#arrival = undefined
    if (arrival.kind === 'end') return 'end'
    if (arrival.kind === 'bytes') {
      this.receiver.push(arrival.bytes)
      return 'bytes'
    }
    if (arrival.error instanceof ChannelError && arrival.error.reason === 'timeout') return 'timeout'
    throw arrival.error
  }

  #read(timeoutMs: number): void {
    this.#reading = true
    this.#channel.read(timeoutMs).then(
      bytes => this.#arrived(bytes === undefined ? { kind: 'end' } : { kind: 'bytes', bytes }),
      error => this.#arrived({ kind: 'failed', error }),
    )
  }

  #arrived(arrival: Arrival): void {
    this.#reading = false
    this.#arrival = arrival
    this.#wake()
  }

  #wake(): void {
    this.#waiter?.()
  }
}
