// Where RETR and TOP get messages from: small ones whole, those that follow read along in the same read of the database
// for a client that takes one after the other; large ones piece by piece.

import { surrogateOf } from '#mail/surrogate.ts'
import type { MessageBytes, Store } from '#store/store.ts'
import { pieceOctets, readAheadMessages, readAheadOctets, wholeMessageOctets } from './limits.ts'
import type { Maildrop } from './maildrop.ts'
import { surrogatePieces } from './surrogate-pieces.ts'

/** A message: whole, or in pieces that are read when they are asked for. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>

/** The reading ahead grows by this factor with each read that was in sequence. */
const growth = 4

export class MessageSource {
  readonly #store: Store
  readonly #maildrop: Maildrop
  #ahead = new Map<number, Uint8Array>()
  /** The last number that the last read looked at. */
  #end = 0
  #window = 1

  constructor(store: Store, maildrop: Maildrop) {
    this.#store = store
    this.#maildrop = maildrop
  }

  /** The octets of message `number`, which the maildrop has, or of its surrogate; undefined if they are gone for good. */
  async read(number: number): Promise<Content | undefined> {
    const isSurrogate = this.#maildrop.isSurrogate(number)
    if (this.#maildrop.sizeOf(number) <= wholeMessageOctets) {
      const whole = this.#ahead.get(number) ?? (await this.#readAhead(number))
      if (whole !== undefined) return isSurrogate ? (surrogateOf(whole) ?? whole) : whole
    }
    const { account } = this.#maildrop
    const message = await this.#store.message(account.accountId, this.#maildrop.messageIdOf(number))
    return message && (isSurrogate ? surrogatePieces(message) : pieces(message))
  }

  /** Undefined if the store keeps this message elsewhere. */
  async #readAhead(number: number): Promise<Uint8Array | undefined> {
    this.#window = number === this.#end + 1 ? Math.min(this.#window * growth, readAheadMessages) : 1
    const numbers = this.#choose(number)
    this.#ahead.clear()
    const { account } = this.#maildrop
    const ids = numbers.map(each => this.#maildrop.messageIdOf(each))
    const found = await this.#store.messagesInline(account.accountId, ids)
    for (const [index, each] of numbers.entries()) {
      const bytes = found[index]
      if (bytes !== undefined) this.#ahead.set(each, bytes)
    }
    return this.#ahead.get(number)
  }

  /** `first` and small messages after it, as many and as large as may be read ahead. */
  #choose(first: number): readonly number[] {
    const numbers = [first]
    let octets = this.#maildrop.sizeOf(first)
    this.#end = first
    for (let next = first + 1; next <= this.#maildrop.last && numbers.length < this.#window; next += 1) {
      const wanted = this.#maildrop.has(next) && this.#maildrop.sizeOf(next) <= wholeMessageOctets
      if (wanted) octets += this.#maildrop.sizeOf(next)
      if (octets > readAheadOctets) break
      if (wanted) numbers.push(next)
      this.#end = next
    }
    return numbers
  }
}

async function* pieces(message: MessageBytes): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < message.sizeBytes; start += pieceOctets) {
    yield await message.read(start, Math.min(start + pieceOctets, message.sizeBytes))
  }
}
