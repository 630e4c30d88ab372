// Finds every part of a message and its place, from bytes in chunks of any size (RFC 2046 5.1, RFC 5322 2.1).
// Holds the header it is reading and at most one short line, never a body. Every input has a structure.

import { latin1 } from '#text/bytes.ts'
import { maxBoundaryLineBytes, maxHeaderBytes } from './limits.ts'
import type { Part } from './part.ts'
import { PartStack, type Place } from './part-stack.ts'

const lineFeed = 0x0a
const carriageReturn = 0x0d
const hyphen = 0x2d

/** The structure of a whole message. */
export function parseStructure(message: Uint8Array): Part {
  const scanner = new StructureScanner()
  scanner.push(message)
  return scanner.finish()
}

export class StructureScanner {
  readonly #parts = new PartStack()
  /** Octets and line ends read so far. */
  #offset = 0
  #lines = 0
  /** What was read of the current line where it is kept: in a header, and in a body where it may be a boundary. */
  #line = ''
  /** Inside a body line that is no boundary. */
  #midLine = false
  /** Octets of the line end before the kept line. */
  #lineEndBefore = 0
  /** The last octet of the earlier pushes, and the one before it. */
  #lastOctet = 0
  #lastOctetButOne = 0

  /** Takes the next octets. They are not kept. */
  push(bytes: Uint8Array): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#line === '') at = this.#parts.inHeader ? this.#passFields(bytes, at) : this.#passLines(bytes, at)
      if (at < bytes.length) at = this.#keepLine(bytes, at)
    }
    if (bytes.length === 0) return
    this.#lastOctetButOne = bytes[bytes.length - 2] ?? this.#lastOctet
    this.#lastOctet = bytes[bytes.length - 1] ?? 0
  }

  /** The structure of all that was pushed. The scanner is used up. */
  finish(): Part {
    if (this.#line !== '') this.#endLine()
    return this.#parts.finish({ offset: this.#offset, lines: this.#lines, boundaryLineEnd: 0 })
  }

  /** The hot loop: steps over body lines up to one that may be a boundary, or to the end of `bytes`. */
  #passLines(bytes: Uint8Array, from: number): number {
    let at = from
    let midLine = this.#midLine
    while (at < bytes.length && (midLine || bytes[at] !== hyphen || (bytes[at + 1] ?? hyphen) !== hyphen)) {
      const newline = bytes.indexOf(lineFeed, at)
      midLine = newline < 0
      at = midLine ? bytes.length : newline + 1
      if (!midLine) this.#lines += 1
    }
    this.#midLine = midLine
    this.#offset += at - from
    return at
  }

  /** Takes whole header lines at once, up to one that may end the header: an empty line, a boundary, the last that fits, or the end of `bytes`. */
  #passFields(bytes: Uint8Array, from: number): number {
    const limit = from + maxHeaderBytes - this.#parts.headerLength
    let at = from
    for (let lines = this.#lines; ; lines += 1) {
      const first = bytes[at]
      const newline = bytes.indexOf(lineFeed, at)
      const isEmpty = newline === at || (newline === at + 1 && first === carriageReturn)
      if (newline < 0 || newline >= limit || isEmpty || first === hyphen) {
        this.#lines = lines
        break
      }
      at = newline + 1
    }
    if (at > from) this.#parts.addHeaderLines(latin1(bytes, from, at))
    this.#offset += at - from
    return at
  }

  /** Adds to the kept line, up to its end or that of `bytes`, or as far as it may grow. */
  #keepLine(bytes: Uint8Array, from: number): number {
    if (this.#line === '') this.#lineEndBefore = this.#lineEndAt(bytes, from)
    const newline = bytes.indexOf(lineFeed, from)
    const lineEnd = newline < 0 ? bytes.length : newline + 1
    const end = Math.min(lineEnd, from + this.#room)
    this.#line += latin1(bytes, from, end)
    this.#offset += end - from
    if (end === newline + 1) this.#endLine()
    else this.#letGo()
    return end
  }

  /** One more than the kept line may grow by: reaching it, it is known to be too long. */
  get #room(): number {
    const limit = this.#parts.inHeader ? maxHeaderBytes - this.#parts.headerLength : maxBoundaryLineBytes
    return limit + 1 - this.#line.length
  }

  /** Stops keeping a line without its end yet, if it is too long for a header or can be no boundary. */
  #letGo(): void {
    while (this.#parts.inHeader && this.#room <= 0) this.#parts.endHeader(this.#lineStart)
    if (this.#parts.inHeader || (this.#room > 0 && mayBeBoundary(this.#line))) return
    this.#line = ''
    this.#midLine = true
  }

  /** The kept line has come to its end. */
  #endLine(): void {
    const parts = this.#parts
    const line = this.#line
    const boundary = line.startsWith('--') && line.length <= maxBoundaryLineBytes ? parts.boundaryIn(line) : undefined
    if (boundary !== undefined) parts.endParts(boundary, this.#lineStart)
    else while (parts.inHeader && this.#room <= 0) parts.endHeader(this.#lineStart)
    this.#line = ''
    if (line.endsWith('\n')) this.#lines += 1
    if (boundary !== undefined) {
      if (!boundary.closes) parts.beginPart(this.#offset)
    } else if (parts.inHeader) {
      if (line === '\n' || line === '\r\n') {
        parts.endHeader({ offset: this.#offset, lines: this.#lines, boundaryLineEnd: 0 })
      } else parts.addHeaderLines(line)
    }
  }

  /** Before the kept line, which is not counted yet. */
  get #lineStart(): Place {
    return { offset: this.#offset - this.#line.length, lines: this.#lines, boundaryLineEnd: this.#lineEndBefore }
  }

  /** Octets of the line end before `at`. */
  #lineEndAt(bytes: Uint8Array, at: number): number {
    const last = at > 0 ? bytes[at - 1] : this.#lastOctet
    if (last !== lineFeed) return 0
    const lastButOne = at > 1 ? bytes[at - 2] : at === 1 ? this.#lastOctet : this.#lastOctetButOne
    return lastButOne === carriageReturn ? 2 : 1
  }
}

function mayBeBoundary(lineStart: string): boolean {
  return lineStart === '-' || lineStart.startsWith('--')
}
