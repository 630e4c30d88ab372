// Lines of an APPENDed message end with CRLF: a bare LF becomes one, so that IMAP, POP3 and the quota agree on the size for ever.

import { concat } from '#text/bytes.ts'

const lineFeed = 10
const carriageReturn = 13
const lineEnd = new Uint8Array([carriageReturn, lineFeed])

export class LineEnds {
  #lastOctet = 0

  /** The next octets with their line ends put right; the same array when nothing was wrong. */
  put(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes
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
}
