// Bytes to lines (RFC 1939 3). A line ends with LF, CR before it or not: old clients send it alone, and nothing
// can be smuggled by it, for a POP3 client sends no messages. At STLS the receiver is thrown away.

import { latin1 } from '#text/bytes.ts'
import { authLineOctets, commandLineOctets } from './limits.ts'

export type Pop3Event =
  /** One character for each octet, without the line end. */
  | { readonly kind: 'line'; readonly text: string }
  /** Said once for each such line, of which nothing is kept. */
  | { readonly kind: 'too-long' }

const carriageReturn = 13
const lineFeed = 10
const nothing = new Uint8Array(0)

export class Pop3Receiver {
  #bytes: Uint8Array = nothing
  /** Where the line begins that is to come next. */
  #at = 0
  /** No line feed stands from #at to here. */
  #searched = 0
  /** Inside the rest of a line that was too long. */
  #swallows = false
  #expectsResponse = false

  /** Takes what came. Not to be changed afterwards. Cheap when `next` has given undefined before. */
  push(bytes: Uint8Array): void {
    const rest = this.#bytes.length - this.#at
    if (rest === 0) {
      this.#bytes = bytes
    } else {
      const joined = new Uint8Array(rest + bytes.length)
      joined.set(this.#bytes.subarray(this.#at))
      joined.set(bytes, rest)
      this.#bytes = joined
    }
    this.#searched = rest === 0 ? 0 : this.#searched - this.#at
    this.#at = 0
  }

  /** The next event; undefined: needs more bytes. */
  next(): Pop3Event | undefined {
    for (;;) {
      const end = this.#bytes.indexOf(lineFeed, this.#searched)
      if (end < 0) return this.#wait()
      const start = this.#at
      const fits = end + 1 - start <= this.#longest()
      this.#at = end + 1
      this.#searched = this.#at
      if (this.#swallows) {
        this.#swallows = false
        continue
      }
      this.#expectsResponse = false
      if (!fits) return { kind: 'too-long' }
      const textEnd = end > start && this.#bytes[end - 1] === carriageReturn ? end - 1 : end
      return { kind: 'line', text: latin1(this.#bytes, start, textEnd) }
    }
  }

  /** The next line is a SASL response: it may be long. */
  expectResponse(): void {
    this.#expectsResponse = true
  }

  /** Octets that came and were not given out. */
  get buffered(): number {
    return this.#bytes.length - this.#at
  }

  #wait(): Pop3Event | undefined {
    const tooLong = !this.#swallows && this.buffered >= this.#longest()
    if (tooLong || this.#swallows || this.buffered === 0) {
      this.#bytes = nothing
      this.#at = 0
    }
    this.#searched = this.#bytes.length
    if (!tooLong) return undefined
    this.#swallows = true
    this.#expectsResponse = false
    return { kind: 'too-long' }
  }

  #longest(): number {
    return this.#expectsResponse || this.#isAuth() ? authLineOctets : commandLineOctets
  }

  #isAuth(): boolean {
    return latin1(this.#bytes, this.#at, Math.min(this.#at + 5, this.#bytes.length)).toUpperCase() === 'AUTH '
  }
}
