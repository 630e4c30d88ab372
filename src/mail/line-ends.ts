// Lines of a stored message end with CRLF, the last one too: a bare LF becomes one and a missing one is added, so that IMAP, POP3 and the
// quota agree on the size for ever. A bare CR stays: it ends no line.

import { concat } from '#text/bytes.ts'

const lineFeed = 10
const carriageReturn = 13
const lineEnd = new Uint8Array([carriageReturn, lineFeed])
const nothing = new Uint8Array(0)

export class LineEnds {
  #lastOctet = 0
  #isEmpty = true

  /** The next octets with their line ends put right; the same array when nothing was wrong. */
  put(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes
    this.#isEmpty = false
    const pieces: Uint8Array[] = []
    let start = 0
    let before = this.#lastOctet
    for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
      if (at > 0) before = bytes[at - 1] ?? 0
      if (before === carriageReturn) continue
      pieces.push(bytes.subarray(start, at), lineEnd)
      start = at + 1
    }
    this.#lastOctet = bytes[bytes.length - 1] ?? 0
    if (pieces.length === 0) return bytes
    pieces.push(bytes.subarray(start))
    return concat(pieces)
  }

  /** The next octets as they are. */
  pass(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes
    this.#isEmpty = false
    this.#lastOctet = bytes[bytes.length - 1] ?? 0
    return bytes
  }

  get lacksEnd(): boolean {
    return this.#lastOctet !== lineFeed && !this.#isEmpty
  }

  /** What the last line lacks of its end: POP3 would have to send it, and give a size that is not the message's. */
  end(): Uint8Array {
    if (!this.lacksEnd) return nothing
    return this.#lastOctet === carriageReturn ? lineEnd.subarray(1) : lineEnd
  }
}

/** Looks for what lines do not hold. */
export class LineFaults {
  #hasNul = false
  #hasBareLf = false
  #hasBareCr = false
  /** -1: there was none. */
  #lastOctet = -1
  #lastOctetButOne = -1

  get hasNul(): boolean {
    return this.#hasNul
  }

  get hasBareLf(): boolean {
    return this.#hasBareLf
  }

  /** One at the end counts. */
  get hasBareCr(): boolean {
    return this.#hasBareCr || this.#lastOctet === carriageReturn
  }

  /** Also of nothing. */
  get endsInCrlf(): boolean {
    return this.#lastOctet === lineFeed ? this.#lastOctetButOne === carriageReturn : this.#lastOctet === -1
  }

  push(bytes: Uint8Array): void {
    const { length } = bytes
    if (length === 0) return
    // Buffer's search is several times as fast as an array's.
    const octets = Buffer.from(bytes.buffer, bytes.byteOffset, length)
    this.#hasNul ||= octets.indexOf(0) >= 0
    if (this.#lastOctet === carriageReturn && octets[0] !== lineFeed) this.#hasBareCr = true
    if (!this.#hasBareLf) this.#hasBareLf = this.#findsBareLf(octets)
    if (!this.#hasBareCr) this.#hasBareCr = findsBareCr(octets)
    this.#lastOctetButOne = length > 1 ? (octets[length - 2] ?? 0) : this.#lastOctet
    this.#lastOctet = octets[length - 1] ?? 0
  }

  #findsBareLf(octets: Buffer): boolean {
    for (let at = octets.indexOf(lineFeed); at >= 0; at = octets.indexOf(lineFeed, at + 1)) {
      const before = at === 0 ? this.#lastOctet : octets[at - 1]
      if (before !== carriageReturn) return true
    }
    return false
  }
}

/** But for the last octet, which the next one decides on. */
function findsBareCr(octets: Buffer): boolean {
  for (let at = octets.indexOf(carriageReturn); at >= 0; at = octets.indexOf(carriageReturn, at + 1)) {
    if (at + 1 < octets.length && octets[at + 1] !== lineFeed) return true
  }
  return false
}
