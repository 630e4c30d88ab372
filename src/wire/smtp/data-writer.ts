// A message as it goes out after DATA (RFC 5321 4.5.2): dots stuffed, every bare CR or LF made CRLF, CRLF.CRLF at its end and nowhere
// else, so that no next hop can see two messages where one was sent.

import { LineEndMender } from './line-ends.ts'

const lf = 10
const dot = 46

export class DataWriter {
  readonly #mender = new LineEndMender()
  /** The next octet is a line's first. */
  #atLineStart = true

  /** A view of `bytes` if they can go as they are. */
  push(bytes: Uint8Array): Uint8Array {
    return this.#stuffed(this.#mender.push(bytes))
  }

  end(): Uint8Array {
    return Buffer.concat([this.#mender.end(), endOfData])
  }

  /** `bytes` have clean line ends, of which the last may be cut in two. */
  #stuffed(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes
    const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const pieces: Uint8Array[] = this.#atLineStart && octets[0] === dot ? [oneDot] : []
    this.#atLineStart = octets[octets.length - 1] === lf
    let from = 0
    for (let at = octets.indexOf(lineStartDot); at >= 0; at = octets.indexOf(lineStartDot, from)) {
      pieces.push(octets.subarray(from, at + 1), oneDot)
      from = at + 1
    }
    if (pieces.length === 0) return bytes
    return Buffer.concat([...pieces, octets.subarray(from)])
  }
}

const oneDot = Uint8Array.of(dot)
const lineStartDot = Buffer.from('\n.')
const endOfData = Buffer.from('.\r\n')
