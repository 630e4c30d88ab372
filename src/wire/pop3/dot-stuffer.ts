// The body of a multi-line reply (RFC 1939 3): a dot that begins a line is doubled, and CRLF . CRLF ends it.
// Works on chunks of any size; a chunk without such dots goes through as it is.

import { latin1 } from '#text/bytes.ts'

const lineFeed = 10
const dot = 46
const dotLine = Buffer.from('\n.', 'latin1')

export class DotStuffer {
  /** The last two octets; at first as if a line had just ended, so that a first dot is doubled too. */
  #end = '\r\n'

  /** The octets to send for `chunk`: `chunk` itself when there is nothing to double. */
  push(chunk: Uint8Array): Uint8Array {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    const dots = this.#dots(bytes)
    this.#end = (this.#end + latin1(bytes, Math.max(0, bytes.length - 2))).slice(-2)
    return dots.length === 0 ? chunk : doubled(bytes, dots)
  }

  /** What ends the reply. A message whose last line has no CRLF gets one. */
  finish(): string {
    return this.#end === '\r\n' ? '.\r\n' : '\r\n.\r\n'
  }

  /** Where dots begin lines. After LF alone too: most clients end lines at any LF, and `\n.\r\n` must not end the message for them. */
  #dots(bytes: Buffer): readonly number[] {
    const dots: number[] = []
    if (bytes[0] === dot && this.#end.charCodeAt(1) === lineFeed) dots.push(0)
    let at = bytes.indexOf(dotLine)
    while (at >= 0) {
      dots.push(at + 1)
      at = bytes.indexOf(dotLine, at + 2)
    }
    return dots
  }
}

function doubled(bytes: Buffer, dots: readonly number[]): Uint8Array {
  const stuffed = Buffer.allocUnsafe(bytes.length + dots.length)
  let from = 0
  let to = 0
  for (const at of dots) {
    to += bytes.copy(stuffed, to, from, at)
    stuffed[to] = dot
    to += 1
    from = at
  }
  bytes.copy(stuffed, to, from)
  return stuffed
}
