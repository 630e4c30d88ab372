// Line ends of a message that comes in pieces (RFC 5321 2.3.8): told, and mended. What DATA's reader does on its way, these do for
// chunks and for what is sent on; splits between pieces change nothing.

import { cr, lf, nextLineEnd } from './line-end.ts'

export class LineEnds {
  #bare: 'CR' | 'LF' | undefined
  #place: Place = 'line-start'

  /** The first octet that was a line end on its own; a CR counts as one until an LF comes behind it. */
  get bareLineEnd(): 'CR' | 'LF' | undefined {
    return this.#bare ?? (this.#place === 'cr' ? 'CR' : undefined)
  }

  /** Also of a message without an octet. */
  get endsInCrlf(): boolean {
    return this.#place === 'line-start'
  }

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#bare === undefined) this.#bare = this.#firstBare(bytes)
    this.#place = placeAfter(bytes, this.#place)
  }

  #firstBare(bytes: Uint8Array): 'CR' | 'LF' | undefined {
    if (this.#place === 'cr' && bytes[0] !== lf) return 'CR'
    const finder = new BareEnds(bytes, this.#place === 'cr' ? 1 : 0)
    const at = finder.next()
    if (at === bytes.length) return undefined
    return bytes[at] === cr ? 'CR' : 'LF'
  }
}

/** Every bare CR and bare LF becomes CRLF; a missing last CRLF is added. A message without an octet stays so. */
export class LineEndMender {
  #place: Place = 'line-start'

  /** A view of `bytes` if there was nothing to mend. */
  push(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes
    const owesLf = this.#place === 'cr' && bytes[0] !== lf
    const ends = new BareEnds(bytes, this.#place === 'cr' && !owesLf ? 1 : 0)
    this.#place = placeAfter(bytes, this.#place)
    // A bare LF as the last octet is mended here and now, so that the place is a line's start all the same.
    if (bytes[bytes.length - 1] === lf) this.#place = 'line-start'
    let end = ends.next()
    if (!owesLf && end === bytes.length) return bytes
    // Each octet may become two, and one may be owed.
    const mended = Buffer.allocUnsafe(2 * bytes.length + 1)
    let length = owesLf ? mended.writeUInt8(lf, 0) : 0
    let from = 0
    for (; end < bytes.length; end = ends.next()) {
      length = append(mended, length, bytes.subarray(from, end))
      length = mended.writeUInt8(cr, length)
      length = mended.writeUInt8(lf, length)
      from = end + 1
    }
    length = append(mended, length, bytes.subarray(from))
    return mended.subarray(0, length)
  }

  /** What is missing at the message's end. */
  end(): Uint8Array {
    if (this.#place === 'line-start') return nothing
    return this.#place === 'cr' ? justLf : crlf
  }
}

const nothing = new Uint8Array(0)
const justLf = Uint8Array.of(lf)
const crlf = Uint8Array.of(cr, lf)

/** Where the last octet left us. A bare LF leaves us in the middle. */
type Place = 'line-start' | 'middle' | 'cr'

/** `bytes` is not empty. */
function placeAfter(bytes: Uint8Array, before: Place): Place {
  const last = bytes[bytes.length - 1]
  if (last === cr) return 'cr'
  if (last !== lf) return 'middle'
  const afterCr = bytes.length === 1 ? before === 'cr' : bytes[bytes.length - 2] === cr
  return afterCr ? 'line-start' : 'middle'
}

function append(target: Buffer, at: number, bytes: Uint8Array): number {
  target.set(bytes, at)
  return at + bytes.length
}

/** The places of the CRs and LFs in one piece that are line ends on their own; a CR as its last octet is left for the next piece. */
class BareEnds {
  readonly #octets: Buffer
  #at: number

  constructor(bytes: Uint8Array, start: number) {
    this.#octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = start
  }

  /** The length of the piece once there is none. */
  next(): number {
    const { length } = this.#octets
    for (;;) {
      const at = nextLineEnd(this.#octets, this.#at)
      const isCr = this.#octets[at] === cr
      if (at === length || (isCr && at + 1 === length)) return length
      const isPair = isCr && this.#octets[at + 1] === lf
      this.#at = at + (isPair ? 2 : 1)
      if (!isPair) return at
    }
  }
}
