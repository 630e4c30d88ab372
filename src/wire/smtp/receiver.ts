// SMTP's input as events: lines, and after `expectData` the octets of a message. Never holds more than one line.
// `push` bytes, then take `next` until it is undefined. At STARTTLS the receiver is thrown away, a new one begins under TLS.

import { latin1 } from '#text/bytes.ts'
import { DataReader } from './data-reader.ts'
import { commandLineOctets, commandLineOctetsOf, longestLineOctets, saslLineOctets } from './limits.ts'

export type SmtpEvent =
  /** A line without its end, a character per octet. */
  | { readonly kind: 'line'; readonly text: string }
  /** A line that was too long and was swallowed (RFC 5321 4.5.3.1.4), or that ended in a bare LF. */
  | { readonly kind: 'bad-line'; readonly fault: 'too-long' | 'bare-lf' }
  /** Unstuffed content; a view of what was pushed wherever possible. Never empty. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** The end of the message; `sizeBytes` of content in all. */
  | { readonly kind: 'data-end'; readonly sizeBytes: number; readonly bareLineEnd: 'CR' | 'LF' | undefined }

const lf = 10
const cr = 13
const nothing = new Uint8Array(0)

export class Receiver {
  #bytes: Uint8Array = nothing
  /** The first octet not yet taken. */
  #at = 0
  /** No LF stands before this place. */
  #searched = 0
  #swallowing = false
  #saslLine = false
  #data: DataReader | undefined

  /** Octets pushed and not yet taken. */
  get buffered(): number {
    return this.#bytes.length - this.#at
  }

  /** `bytes` must not be changed until what they gave was used. */
  push(bytes: Uint8Array): void {
    const rest = this.buffered
    this.#searched = Math.max(0, this.#searched - this.#at)
    this.#bytes = rest === 0 ? bytes : joined(this.#bytes.subarray(this.#at), bytes)
    this.#at = 0
  }

  /** The next event; undefined: more input is needed. */
  next(): SmtpEvent | undefined {
    return this.#data === undefined ? this.#nextLine() : this.#nextData(this.#data)
  }

  /** What follows is a message (after 354), up to its `data-end`. */
  expectData(): void {
    this.#data = new DataReader()
  }

  /** The next line is a SASL response, which may be longer than a command. */
  expectSaslLine(): void {
    this.#saslLine = true
  }

  #nextLine(): SmtpEvent | undefined {
    const end = this.#bytes.indexOf(lf, Math.max(this.#at, this.#searched))
    if (end < 0) return this.#unfinishedLine()
    const start = this.#at
    this.#at = end + 1
    this.#searched = this.#at
    if (this.#swallowing) {
      this.#swallowing = false
      this.#saslLine = false
      return { kind: 'bad-line', fault: 'too-long' }
    }
    const limit = this.#lineLimit(start, end)
    this.#saslLine = false
    if (end + 1 - start > limit) return { kind: 'bad-line', fault: 'too-long' }
    if (end === start || this.#bytes[end - 1] !== cr) return { kind: 'bad-line', fault: 'bare-lf' }
    return { kind: 'line', text: latin1(this.#bytes, start, end - 1) }
  }

  #unfinishedLine(): undefined {
    if (this.#swallowing || this.buffered > longestLineOctets) {
      this.#swallowing = true
      this.#bytes = nothing
    } else {
      // A copy, so that a few octets don't keep a whole socket buffer alive.
      this.#bytes = this.buffered === 0 ? nothing : this.#bytes.slice(this.#at)
    }
    this.#at = 0
    this.#searched = this.#bytes.length
  }

  #lineLimit(start: number, end: number): number {
    if (this.#saslLine) return saslLineOctets
    if (end - start < commandLineOctets) return commandLineOctets
    return commandLineOctetsOf[latin1(this.#bytes, start, start + 4).toUpperCase()] ?? commandLineOctets
  }

  #nextData(data: DataReader): SmtpEvent | undefined {
    if (!data.ended) {
      if (this.#at === this.#bytes.length) {
        this.#bytes = nothing
        this.#at = 0
        return undefined
      }
      const bytes = data.read(this.#bytes, this.#at)
      this.#at = data.consumed
      if (bytes.length > 0) return { kind: 'data', bytes }
      if (!data.ended) return this.#nextData(data)
    }
    this.#data = undefined
    this.#searched = this.#at
    return { kind: 'data-end', sizeBytes: data.sizeBytes, bareLineEnd: data.bareLineEnd }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
