// Whether a message, or a part of one, has a line that no mail server has to take: more than 998 octets and CRLF (RFC 5321 4.5.3.1.6). In pieces of any size.

/** Without its CRLF. */
export const maxLineOctets = 998

/** The line feed is the last of so many octets, or stands before. */
const withLineEnd = maxLineOctets + 2
const lineFeed = 10

export class LongLines {
  #found = false
  /** Octets of the line that is under way. */
  #length = 0

  /** Once all was pushed: a last line without an end counts. */
  get found(): boolean {
    return this.#found || this.#length > maxLineOctets
  }

  /** Looks at one octet in some hundred: from a line's start the last line end that may be its own, or one behind it, is looked for backwards. */
  push(bytes: Uint8Array): void {
    if (this.#found) return
    const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
    let start = -this.#length
    while (start + withLineEnd <= octets.length) {
      const end = octets.lastIndexOf(lineFeed, start + withLineEnd - 1)
      if (end < Math.max(start, 0)) {
        this.#found = true
        return
      }
      start = end + 1
    }
    const last = octets.lastIndexOf(lineFeed)
    this.#length = octets.length - (last >= Math.max(start, 0) ? last + 1 : start)
  }
}
