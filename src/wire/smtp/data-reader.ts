// The octets after DATA (RFC 5321 4.1.1.4, 4.5.2): dots unstuffed, the end found. The end is CRLF.CRLF and nothing else, so that no
// next hop can see two messages where we saw one (SMTP smuggling); a bare CR or LF is content here, noted for the verdict.

import { cr, lf, nextLineEnd } from './line-end.ts'

const dot = 46

/** Where the last octet left us. In `dot` and `dotCr` the octets named were taken in and not put out. */
type Place = 'lineStart' | 'middle' | 'cr' | 'dot' | 'dotCr'

export class DataReader {
  /** Octets of content so far. */
  sizeBytes = 0
  /** The first octet that was a line end on its own. */
  bareLineEnd: 'CR' | 'LF' | undefined
  /** The end was found; `consumed` is the offset after it. */
  ended = false
  /** After `read`: how far into its bytes it went. */
  consumed = 0

  #place: Place = 'lineStart'
  #at = 0
  /** Octets before `#at` that must not be put out with this piece: the end's mark, or a CR that may begin it. */
  #withheld = 0
  readonly #output = new Output()

  /** The content in `bytes` from `start`: a view of them, or, if dots had to go, a copy. After the end, the rest is left alone. */
  read(bytes: Uint8Array, start: number): Uint8Array {
    const octets = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    this.#at = start
    this.#output.begin(octets, start)
    this.#withheld = 0
    while (this.#at < octets.length && !this.ended) this.#step(octets)
    const content = this.#output.end(this.#at - this.#withheld)
    this.consumed = this.#at
    this.sizeBytes += content.length
    return content
  }

  #step(octets: Buffer): void {
    const octet = octets[this.#at]
    switch (this.#place) {
      case 'lineStart':
        if (octet !== dot) break
        if (octets[this.#at + 1] === cr && octets[this.#at + 2] === lf) {
          this.#end(3)
          return
        }
        this.#output.drop(this.#at, 1)
        this.#at += 1
        this.#place = 'dot'
        return
      case 'middle':
        break
      case 'cr':
        if (octet !== lf) {
          this.bareLineEnd ??= 'CR'
          this.#place = 'middle'
          return
        }
        this.#at += 1
        this.#place = 'lineStart'
        return
      case 'dot':
        if (octet !== cr) {
          this.#place = 'middle'
          return
        }
        this.#at += 1
        this.#withheld = 1
        this.#place = 'dotCr'
        return
      case 'dotCr':
        this.#afterDotCr(octet)
        return
    }
    this.#place = this.#throughLines(octets)
  }

  #afterDotCr(octet: number | undefined): void {
    if (octet !== lf) {
      this.#withheld = 0
      this.#output.putBack(this.#at - 1, cr)
      this.#place = 'cr'
      return
    }
    this.#output.drop(this.#at - 1, 1)
    this.#end(1)
  }

  /** The next `count` octets are (the last of) the end's mark. */
  #end(count: number): void {
    this.#at += count
    this.#withheld = count
    this.ended = true
  }

  /** Whole lines at a time, up to one that starts with a dot or the end of the octets. */
  #throughLines(octets: Buffer): Place {
    let at = this.#at
    for (;;) {
      at = nextLineEnd(octets, at)
      if (octets[at] === cr && octets[at + 1] === lf) {
        at += 2
        this.#at = at
        if (at === octets.length || octets[at] === dot) return 'lineStart'
      } else if (at + 1 < octets.length) {
        this.#noteBare(octets[at])
        at += 1
      } else {
        this.#at = octets.length
        if (octets[at] === cr) return 'cr'
        this.#noteBare(octets[at])
        return 'middle'
      }
    }
  }

  #noteBare(octet: number | undefined): void {
    if (octet === cr) this.bareLineEnd ??= 'CR'
    if (octet === lf) this.bareLineEnd ??= 'LF'
  }
}

/** Content of one piece of input with octets left out of it: a view as long as nothing was. */
class Output {
  #octets: Buffer = empty
  /** What was copied, once something had to be left out in the middle. */
  #copied: Buffer | undefined
  #copiedBytes = 0
  /** From here on nothing has been put out yet. */
  #from = 0

  begin(octets: Buffer, start: number): void {
    this.#octets = octets
    this.#copied = undefined
    this.#copiedBytes = 0
    this.#from = start
  }

  /** Leaves out `count` octets at `at`; those before the piece's start were left out by the piece before. */
  drop(at: number, count: number): void {
    this.#copyTo(at)
    this.#from = Math.max(this.#from, at + count)
  }

  /** Puts out the octet at `at` after all, which may have been in the piece before. */
  putBack(at: number, octet: number): void {
    if (at >= this.#from) return
    this.#copied ??= Buffer.allocUnsafe(this.#octets.length + 1)
    this.#copied[this.#copiedBytes] = octet
    this.#copiedBytes += 1
  }

  end(at: number): Uint8Array {
    if (this.#copied === undefined) return this.#octets.subarray(this.#from, Math.max(this.#from, at))
    this.#copyTo(at)
    return this.#copied.subarray(0, this.#copiedBytes)
  }

  #copyTo(at: number): void {
    if (at <= this.#from) return
    // One octet more than the piece: `putBack` may add one of the piece before.
    this.#copied ??= Buffer.allocUnsafe(this.#octets.length + 1)
    if (at - this.#from > nearOctets) {
      this.#copiedBytes += this.#octets.copy(this.#copied, this.#copiedBytes, this.#from, at)
      this.#from = at
      return
    }
    for (; this.#from < at; this.#from += 1) {
      // from < at <= length
      this.#copied[this.#copiedBytes] = this.#octets[this.#from] as number
      this.#copiedBytes += 1
    }
  }
}

const empty = Buffer.alloc(0)

/** So few are copied quicker one by one. */
const nearOctets = 8
