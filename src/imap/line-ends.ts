// Lines of an APPENDed message end with CRLF, the last one too: a bare LF becomes one and a missing one is added, so that IMAP, POP3 and the quota agree on the size for ever.

import { concat } from '#text/bytes.ts'

const lineFeed = 10
const carriageReturn = 13
const lineEnd = new Uint8Array([carriageReturn, lineFeed])
const nothing = new Uint8Array(0)

export class LineEnds {
  #lastOctet = 0
  #isEmpty = true
  #isBinary = false

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

  /** The next octets as they are. `binary`: they need not be lines at all, so the last one gets no end. */
  pass(bytes: Uint8Array, binary: boolean): Uint8Array {
    if (binary) this.#isBinary = true
    if (bytes.length === 0) return bytes
    this.#isEmpty = false
    this.#lastOctet = bytes[bytes.length - 1] ?? 0
    return bytes
  }

  /** What the last line lacks of its end: POP3 would have to send it, and give a size that is not the message's. */
  end(): Uint8Array {
    if (this.#lastOctet === lineFeed || this.#isEmpty || this.#isBinary) return nothing
    return this.#lastOctet === carriageReturn ? lineEnd.subarray(1) : lineEnd
  }
}
