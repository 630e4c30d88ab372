// Bytes to events (RFC 3501 2.2, 4.3; RFC 7888; RFC 3516's `~{n}`). Lines end with CRLF and nothing else. Each literal is announced
// by an event, and the session must accept or refuse it before it asks for the next one; it also writes the `+ ` itself.

import { latin1 } from '#text/bytes.ts'
import { limitsBeforeLogin, type ReceiverLimits, tagLengthMax } from './limits.ts'

export type ImapEvent =
  /** A whole command without its last CRLF, one character per octet: a literal stands in it as `{n}CRLF` and n octets, a streamed one as `{0}CRLF`, each with `~` before it if it had one. */
  | { readonly kind: 'command'; readonly text: string }
  | LiteralEvent
  /** A piece of a streamed literal, at least one event for each literal: the last may be empty. */
  | { readonly kind: 'literal-bytes'; readonly bytes: Uint8Array; readonly last: boolean }
  /** What `expectLine` asked for, without its CRLF. */
  | { readonly kind: 'line'; readonly text: string }
  /** The line, or the command, is over the limit. The rest of it goes by unseen: answer BAD and go on. */
  | { readonly kind: 'too-long'; readonly tag: string | undefined }
  /** The rest of a command with a refused `{n+}` is gone. No event follows a refused `{n}`: there the command is over at once. */
  | { readonly kind: 'refused-literal-swallowed' }

export interface LiteralEvent {
  readonly kind: 'literal'
  readonly size: number
  /** `{n}`: the client waits for `+ `. Not so after `{n+}`. */
  readonly synchronizing: boolean
  /** `~{n}` (RFC 3516): may hold NUL. */
  readonly binary: boolean
  /** Whether `acceptLiteral('memory')` is possible within the limits. */
  readonly fits: boolean
  /** The command's text up to the `{` or `~{`. */
  readonly soFar: string
}

interface Literal {
  readonly size: number
  readonly synchronizing: boolean
  readonly binary: boolean
  /** Where it begins in its line. */
  readonly at: number
}

/** `line`: reading a command. `decide`: a literal was announced. `swallow-…`: what was refused goes by. */
type Mode = 'line' | 'expect' | 'decide' | 'memory' | 'stream' | 'swallow-literal' | 'swallow-line'

const lineFeed = 10
const carriageReturn = 13
const nothing = new Uint8Array(0)
/** The longest literal announcement that is looked for at a line's end. */
const announcementBytesMax = 32

export class ImapReceiver {
  limits: ReceiverLimits
  // What is read and not yet told: [#start, #end) of #buffer. Nothing before #start is ever written again: streamed pieces are views of it.
  #buffer: Uint8Array = nothing
  #start = 0
  #end = 0
  /** No line ends before here. */
  #scanned = 0
  #mode: Mode = 'line'
  /** The command so far, up to and without the line being read. */
  #text = ''
  #literal: Literal | undefined
  /** Literals of this command kept in memory. */
  #literals = 0
  /** Octets still to come of a literal that is streamed or swallowed. */
  #left = 0
  /** Whether the end of what is swallowed is told. */
  #tellSwallowed = false

  constructor(limits: ReceiverLimits = limitsBeforeLogin) {
    this.limits = limits
  }

  /** Octets pushed and not yet part of an event: must be 0 when TLS starts (RFC 3501 6.2.1; command injection). */
  get buffered(): number {
    return this.#end - this.#start
  }

  /** Takes what came. The array must not change afterwards. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    if (this.#start === this.#end) {
      this.#buffer = bytes
      this.#start = 0
      this.#scanned = 0
      this.#end = bytes.length
      return
    }
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length)
    this.#buffer.set(bytes, this.#end)
    this.#end += bytes.length
  }

  /** The next event; undefined: needs more bytes. Throws an Error if a literal waits for a decision. */
  next(): ImapEvent | undefined {
    for (;;) {
      switch (this.#mode) {
        case 'line':
          return this.#readCommandLine()
        case 'expect':
          return this.#readExpectedLine()
        case 'decide':
          throw new Error('a literal was announced: accept or refuse it before asking for more')
        case 'memory':
          if (!this.#readMemoryLiteral()) return undefined
          break
        case 'stream':
          return this.#readStream()
        case 'swallow-literal':
          if (!this.#swallowLiteral()) return undefined
          break
        case 'swallow-line': {
          const progress = this.#swallowLine()
          if (progress === 'needs-more') return undefined
          if (progress === 'command-is-gone' && this.#tellSwallowed) return { kind: 'refused-literal-swallowed' }
          break
        }
      }
    }
  }

  /** Takes the announced literal: into the command's text, or as `literal-bytes` events. Throws RangeError if it does not fit into memory. */
  acceptLiteral(how: 'memory' | 'stream'): void {
    const literal = this.#announced()
    if (how === 'stream') {
      this.#text += literal.binary ? '~{0}\r\n' : '{0}\r\n'
      this.#left = literal.size
      this.#mode = 'stream'
      return
    }
    if (!this.#fits(literal)) throw new RangeError('this literal is over the limit: refuse it')
    this.#literals += 1
    this.#text += `${literal.binary ? '~' : ''}{${literal.size}}\r\n`
    this.#mode = 'memory'
  }

  /** Drops the command. What the client sends of it nevertheless (`{n+}`, and all that follows up to the command's end) goes by unseen. */
  refuseLiteral(): void {
    const literal = this.#announced()
    this.#forgetCommand()
    this.#tellSwallowed = true
    this.#left = literal.size
    this.#mode = literal.synchronizing ? 'line' : 'swallow-literal'
  }

  /** The next line is no command but an answer: a SASL response, DONE. Call it between two commands. */
  expectLine(): void {
    if (this.#mode !== 'line' || this.#text !== '') throw new Error('a line can only be expected between two commands')
    this.#mode = 'expect'
  }

  #forgetCommand(): void {
    this.#text = ''
    this.#literal = undefined
    this.#literals = 0
  }

  #announced(): Literal {
    if (this.#mode !== 'decide' || this.#literal === undefined) throw new Error('no literal was announced')
    return this.#literal
  }

  #fits(literal: Literal): boolean {
    const sizeBytes = this.#text.length + literal.size + announcementBytesMax
    return sizeBytes <= this.limits.commandBytes && this.#literals < this.limits.literals
  }

  #readCommandLine(): ImapEvent | undefined {
    const end = this.#findLineEnd()
    if (this.#lineIsTooLong(end)) return this.#giveUp()
    if (end === undefined) return undefined
    const line = this.#takeLine(end)
    const literal = announcedLiteral(line)
    if (literal === undefined) {
      const text = this.#text + line
      this.#forgetCommand()
      return { kind: 'command', text }
    }
    this.#text += line.slice(0, literal.at)
    this.#literal = literal
    this.#mode = 'decide'
    const { size, synchronizing, binary } = literal
    return { kind: 'literal', size, synchronizing, binary, fits: this.#fits(literal), soFar: this.#text }
  }

  #readExpectedLine(): ImapEvent | undefined {
    const end = this.#findLineEnd()
    if (this.#lineIsTooLong(end)) return this.#giveUp()
    if (end === undefined) return undefined
    this.#mode = 'line'
    return { kind: 'line', text: this.#takeLine(end) }
  }

  #lineIsTooLong(end: number | undefined): boolean {
    // A CR at the very end may be the line end's.
    const length = end === undefined ? this.buffered - 1 : end - this.#start
    return length > this.limits.lineBytes || this.#text.length + length > this.limits.commandBytes
  }

  /** Drops the command and lets the rest of its line go by, with the `{n+}` it may end in. */
  #giveUp(): ImapEvent {
    const from = this.#text || latin1(this.#buffer, this.#start, Math.min(this.#end, this.#start + tagLengthMax + 1))
    const tag = this.#mode === 'expect' ? undefined : tagBeforeSpace.exec(from.slice(0, tagLengthMax + 1))?.[1]
    this.#forgetCommand()
    this.#tellSwallowed = false
    this.#mode = 'swallow-line'
    return { kind: 'too-long', tag }
  }

  #readMemoryLiteral(): boolean {
    const size = this.#literal?.size ?? 0
    if (this.buffered < size) return false
    this.#text += latin1(this.#buffer, this.#start, this.#start + size)
    this.#advance(size)
    this.#mode = 'line'
    return true
  }

  #readStream(): ImapEvent | undefined {
    if (this.#left > 0 && this.buffered === 0) return undefined
    const size = Math.min(this.#left, this.buffered)
    const bytes = this.#buffer.subarray(this.#start, this.#start + size)
    this.#advance(size)
    this.#left -= size
    const last = this.#left === 0
    if (last) this.#mode = 'line'
    return { kind: 'literal-bytes', bytes, last }
  }

  #swallowLiteral(): boolean {
    const size = Math.min(this.#left, this.buffered)
    this.#advance(size)
    this.#left -= size
    if (this.#left > 0) return false
    this.#mode = 'swallow-line'
    return true
  }

  /** Steps over the rest of the line. Holds only as much of it as may announce another literal. */
  #swallowLine(): 'needs-more' | 'literal-follows' | 'command-is-gone' {
    const end = this.#findLineEnd()
    const stop = end ?? this.#end
    if (stop - this.#start > announcementBytesMax) this.#advance(stop - this.#start - announcementBytesMax)
    if (end === undefined) return 'needs-more'
    const literal = announcedLiteral(this.#takeLine(end))
    // After `{n}` the client waits for `+ `, which never comes: the command is over.
    if (literal === undefined || literal.synchronizing) {
      this.#mode = 'line'
      return 'command-is-gone'
    }
    this.#left = literal.size
    this.#mode = 'swallow-literal'
    return 'literal-follows'
  }

  /** Where the line's CR stands; undefined if its CRLF is not there yet. */
  #findLineEnd(): number | undefined {
    // The room behind #end must not be searched: each single octet that comes would cost a walk through it.
    const filled = this.#end === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, this.#end)
    let at = filled.indexOf(lineFeed, Math.max(this.#scanned, this.#start))
    while (at !== -1) {
      if (at > this.#start && filled[at - 1] === carriageReturn) return at - 1
      at = filled.indexOf(lineFeed, at + 1)
    }
    this.#scanned = this.#end
    return undefined
  }

  #takeLine(end: number): string {
    const line = latin1(this.#buffer, this.#start, end)
    this.#advance(end + 2 - this.#start)
    return line
  }

  #advance(size: number): void {
    this.#start += size
    if (this.#start < this.#end) return
    this.#buffer = nothing
    this.#start = 0
    this.#end = 0
    this.#scanned = 0
  }

  /** Moves what is unread to a new buffer, twice as large as needed, so that bytes coming one by one are copied a few times only. */
  #makeRoom(size: number): void {
    const unread = this.#buffer.subarray(this.#start, this.#end)
    const buffer = new Uint8Array((unread.length + size) * 2)
    buffer.set(unread)
    this.#buffer = buffer
    this.#scanned = Math.max(0, this.#scanned - this.#start)
    this.#end = unread.length
    this.#start = 0
  }
}

/** As in the parser, RFC 3501 9: any ASTRING-CHAR except `+`. */
const tagBeforeSpace = /^([!#$&',-Z[\]^-z|}~]+) /

const announcement = /(~?)\{(\d{1,20})(\+?)\}$/

/** The literal that a line ends in (RFC 3501 9; RFC 7888 8; RFC 3516 4.4). */
function announcedLiteral(line: string): Literal | undefined {
  if (!line.endsWith('}')) return undefined
  const from = Math.max(0, line.length - announcementBytesMax)
  const found = announcement.exec(line.slice(from))
  if (found === null) return undefined
  return { size: Number(found[2]), synchronizing: found[3] === '', binary: found[1] === '~', at: from + found.index }
}
