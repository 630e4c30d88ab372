// Quoted-printable as a body has it (RFC 2045 6.7): lines of at most 76 characters, from octets in pieces of any size. Line ends are those of
// CRLF; a CR or an LF alone is content.

import { fromLatin1 } from './bytes.ts'

const lineCharacters = 76
const lineFeed = 0x0a
const carriageReturn = 0x0d

export class QuotedPrintableLines {
  /** Of the line that is under way, without what waits. */
  #length = 0
  /** White space, which is written as it is unless the line ends behind it; or a CR, which may begin a line end. */
  #waiting = -1

  push(bytes: Uint8Array): Uint8Array {
    let text = ''
    for (const octet of bytes) text += this.#take(octet)
    return fromLatin1(text)
  }

  end(): Uint8Array {
    const { text } = { text: this.#waiting < 0 ? '' : this.#put(encoded(this.#waiting)) }
    this.#waiting = -1
    return fromLatin1(text)
  }

  #take(octet: number): string {
    const before = this.#waiting
    this.#waiting = -1
    if (before === carriageReturn && octet === lineFeed) {
      this.#length = 0
      return '\r\n'
    }
    // White space before what may be a line end is encoded: that costs a little where it is none, and nothing has to be kept.
    const isBreak = octet === carriageReturn
    const settled = before < 0 ? '' : this.#put(before === carriageReturn || isBreak ? encoded(before) : plain(before))
    if (octet === 0x20 || octet === 0x09 || isBreak) {
      this.#waiting = octet
      return settled
    }
    return settled + this.#put(isPlain(octet) ? plain(octet) : encoded(octet))
  }

  /** With a soft line break before it where the line has no room: its own last character is one. */
  #put(written: string): string {
    const fits = this.#length + written.length < lineCharacters
    this.#length = (fits ? this.#length : 0) + written.length
    return fits ? written : `=\r\n${written}`
  }
}

function isPlain(octet: number): boolean {
  return octet > 0x20 && octet < 0x7f && octet !== 0x3d
}

function plain(octet: number): string {
  return characters[octet] ?? ''
}

function encoded(octet: number): string {
  return escapes[octet] ?? ''
}

const characters = Array.from({ length: 128 }, (_, octet) => String.fromCharCode(octet))
const escapes = Array.from({ length: 256 }, (_, octet) => `=${octet.toString(16).toUpperCase().padStart(2, '0')}`)
