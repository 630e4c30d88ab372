// An mbox file, one pass over it: where each message stands, and its header. A message begins with a `From ` line, behind an empty line and with a date
// (the first needs neither), and ends before the empty line that stands before the next.

import { limits } from './limits.ts'

export interface MboxPlace {
  /** Of its header, behind the `From ` line. */
  readonly start: number
  /** Behind the empty line that ends the header. */
  readonly bodyStart: number
  readonly end: number
  /** Milliseconds since 1970, of its `From ` line. */
  readonly arrivedAt: number | undefined
  /** A character for each octet. */
  readonly header: string
}

const lineFeed = 10
const separator = Buffer.from('From ')

export class MboxScanner {
  readonly #found: MboxPlace[] = []
  #open: Omit<MboxPlace, 'end' | 'header'> | undefined
  #header: string[] = []
  #headerBytes = 0
  #isInHeader = false
  /** Octets of the empty line just before; 0: there was none. */
  #emptyBytes = 0
  /** Where the unfinished line begins, and its octets. */
  #lineStart = 0
  #line: Buffer = Buffer.alloc(0)

  /** The messages that are whole; each is told once. */
  take(): readonly MboxPlace[] {
    return this.#found.splice(0)
  }

  push(octets: Buffer): void {
    let at = 0
    for (let end = octets.indexOf(lineFeed); end >= 0; end = octets.indexOf(lineFeed, at)) {
      const piece = octets.subarray(at, end + 1)
      this.#takeLine(this.#line.length === 0 ? piece : Buffer.concat([this.#line, piece]))
      this.#line = Buffer.alloc(0)
      at = end + 1
    }
    if (at === octets.length) return
    const rest = octets.subarray(at)
    this.#line = this.#line.length === 0 ? Buffer.from(rest) : Buffer.concat([this.#line, rest])
    // Such a line is none of a header, nor a separator: what is known of its beginning is enough.
    if (this.#line.length > limits.lineBytes) this.#takePart()
  }

  end(): void {
    if (this.#line.length > 0) this.#takeLine(this.#line)
    this.#line = Buffer.alloc(0)
    this.#finish(this.#lineStart)
  }

  #takePart(): void {
    this.#isInHeader = false
    this.#emptyBytes = 0
    this.#lineStart += this.#line.length
    this.#line = Buffer.alloc(0)
  }

  #takeLine(line: Buffer): void {
    const start = this.#lineStart
    this.#lineStart += line.length
    if (this.#beginsMessage(start, line)) return
    const isEmpty = line.length === 1 || (line.length === 2 && line[0] === 13)
    if (this.#isInHeader) this.#takeHeaderLine(line, isEmpty)
    else this.#emptyBytes = isEmpty ? line.length : 0
  }

  #beginsMessage(start: number, line: Buffer): boolean {
    const mayBe = this.#open === undefined || this.#emptyBytes > 0
    if (!mayBe || !line.subarray(0, separator.length).equals(separator)) return false
    const arrivedAt = dateOf(line.toString('latin1'))
    if (arrivedAt === undefined && this.#open !== undefined) return false
    this.#finish(start)
    this.#open = { start: this.#lineStart, bodyStart: this.#lineStart, arrivedAt }
    this.#isInHeader = true
    this.#emptyBytes = 0
    return true
  }

  #takeHeaderLine(line: Buffer, isEmpty: boolean): void {
    if (isEmpty || this.#headerBytes > limits.headerBytes) {
      this.#isInHeader = false
      if (this.#open !== undefined) this.#open = { ...this.#open, bodyStart: this.#lineStart }
      // The next message may follow at once: this empty line ends the header and stands before it.
      this.#emptyBytes = isEmpty ? line.length : 0
      return
    }
    this.#headerBytes += line.length
    this.#header.push(line.toString('latin1'))
  }

  #finish(at: number): void {
    const { start, bodyStart, arrivedAt } = this.#open ?? {}
    const header = this.#header.join('')
    this.#header = []
    this.#headerBytes = 0
    this.#open = undefined
    if (start === undefined || bodyStart === undefined) return
    const end = Math.max(at - this.#emptyBytes, bodyStart, start)
    // A header without an empty line behind it is all that there is.
    this.#found.push({
      start,
      bodyStart: this.#isInHeader ? at : bodyStart,
      end: this.#isInHeader ? at : end,
      arrivedAt,
      header,
    })
  }
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const fromLine =
  /^From .*?\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? +([A-Z][a-z]{2}) +(\d{1,2}) +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: +[A-Z]{1,5})?(?: +([+-]\d{4}))? +(\d{4})(?: +([+-]\d{4}))?\s*$/

/** Where no zone is told, the time is this machine's. */
function dateOf(line: string): number | undefined {
  const match = fromLine.exec(line)
  if (match === null) return undefined
  const [, monthName = '', day, hour, minute, second = '0', before, year, after] = match
  const month = months.indexOf(monthName)
  if (month < 0) return undefined
  const numbers = [Number(year), month, Number(day), Number(hour), Number(minute), Number(second)] as const
  const zone = before ?? after
  if (zone === undefined) return new Date(...numbers).getTime()
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3))]
  const offset = (hours * 60 + minutes) * (zone.startsWith('-') ? -1 : 1)
  return Date.UTC(...numbers) - offset * 60_000
}
