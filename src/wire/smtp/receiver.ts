// SMTP's input as events: lines, and after `expectData` the octets of a message. Never holds more than one line.
// `push` bytes, then take `next` until it is undefined. At STARTTLS the receiver is thrown away, a new one begins under TLS.

import { latin1 } from '#text/bytes.ts'
import { isBdat } from './command.ts'
import { DataReader } from './data-reader.ts'
import { commandLineOctets, commandLineOctetsOf, longestLineOctets, saslLineOctets, verbCharacters } from './limits.ts'

export type SmtpEvent =
  /** A line without its end, a character per octet. */
  | { readonly kind: 'line'; readonly text: string }
  /** A line that was too long and was swallowed (RFC 5321 4.5.3.1.4), or that ended in a bare LF. Never a BDAT: that is `brokenBdat`. */
  | { readonly kind: 'bad-line'; readonly fault: 'too-long' | 'bare-lf' }
  /** Unstuffed content; a view of what was pushed wherever possible. Never empty. */
  | { readonly kind: 'data'; readonly bytes: Uint8Array }
  /** The end of the message; `sizeBytes` of content in all. */
  | { readonly kind: 'data-end'; readonly sizeBytes: number; readonly bareLineEnd: 'CR' | 'LF' | undefined }
  /** All octets of the chunk were given. */
  | { readonly kind: 'chunk-end' }

const lf = 10
const cr = 13
const nothing = new Uint8Array(0)

/** Stands for a bad line that began with BDAT: its parser refuses it so that the connection ends, for a chunk may follow. */
const brokenBdat: SmtpEvent = { kind: 'line', text: 'BDAT' }

export class Receiver {
  #bytes: Uint8Array = nothing
  /** The first octet not yet taken. */
  #at = 0
  /** No LF stands before this place. */
  #searched = 0
  /** The rest of a line that is too long already. */
  #swallowing: { readonly isBdat: boolean } | undefined
  #saslLine = false
  #data: DataReader | undefined
  /** Octets of a chunk that are still to come; undefined outside one. */
  #chunkBytes: number | undefined

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
    if (this.#data !== undefined) return this.#nextData(this.#data)
    if (this.#chunkBytes !== undefined) return this.#nextOfChunk(this.#chunkBytes)
    return this.#nextLine()
  }

  /** What follows is a message (after 354), up to its `data-end`. */
  expectData(): void {
    this.#data = new DataReader()
  }

  /** The next `sizeBytes` octets are content, whatever they are (after BDAT), up to `chunk-end`. */
  expectChunk(sizeBytes: number): void {
    this.#chunkBytes = sizeBytes
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
    const fault = this.#faultOf(start, end)
    const isBrokenBdat = fault !== undefined && (this.#swallowing?.isBdat ?? this.#beginsBdat(start))
    this.#swallowing = undefined
    this.#saslLine = false
    if (fault !== undefined) return isBrokenBdat ? brokenBdat : { kind: 'bad-line', fault }
    return { kind: 'line', text: latin1(this.#bytes, start, end - 1) }
  }

  #faultOf(start: number, end: number): 'too-long' | 'bare-lf' | undefined {
    if (this.#swallowing !== undefined || end + 1 - start > this.#lineLimit(start, end)) return 'too-long'
    return end === start || this.#bytes[end - 1] !== cr ? 'bare-lf' : undefined
  }

  #unfinishedLine(): undefined {
    if (this.#swallowing !== undefined || this.buffered > longestLineOctets) {
      this.#swallowing ??= { isBdat: this.#beginsBdat(this.#at) }
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
    const [verb = ''] = /^[a-z]*/i.exec(latin1(this.#bytes, start, start + verbCharacters)) ?? []
    return commandLineOctetsOf[verb.toUpperCase()] ?? commandLineOctets
  }

  #beginsBdat(start: number): boolean {
    return !this.#saslLine && isBdat(latin1(this.#bytes, start, start + 'BDAT '.length))
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

  #nextOfChunk(left: number): SmtpEvent | undefined {
    if (left === 0) {
      this.#chunkBytes = undefined
      this.#searched = this.#at
      return { kind: 'chunk-end' }
    }
    if (this.buffered === 0) {
      this.#bytes = nothing
      this.#at = 0
      return undefined
    }
    const start = this.#at
    this.#at = Math.min(start + left, this.#bytes.length)
    this.#chunkBytes = left - (this.#at - start)
    return { kind: 'data', bytes: this.#bytes.subarray(start, this.#at) }
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
