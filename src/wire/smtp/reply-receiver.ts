// A server's replies out of its octets (RFC 5321 4.2), as a client reads them: `push` what came, then take `next` until it is undefined.
// Lenient where real servers are: a bare LF ends a line, a text may be missing or in UTF-8, the last line's code counts.

import { ParseError } from '#base/parse-error.ts'
import { latin1, utf8 } from '#text/bytes.ts'
import { peerReplyLineOctets, peerReplyLines, peerReplyOctets } from './limits.ts'

export interface PeerReply {
  /** 200 to 599. */
  readonly code: number
  /** `5.1.1` (RFC 2034), of the same class as the code. */
  readonly enhanced: string | undefined
  /** The lines behind the codes, no control character in them; never empty. */
  readonly lines: readonly string[]
}

/** What the peer sent is no reply, or never ends: nothing that follows can be understood. */
export class ReplyError extends ParseError {
  constructor(message: string) {
    super(message, 0)
    this.name = 'ReplyError'
  }
}

/** In one line, without the codes. */
export function replyText({ lines }: PeerReply): string {
  return lines.length === 1 ? (lines[0] ?? '') : lines.filter(line => line !== '').join(' ')
}

/** In one line: `550 5.1.1 <x@example.org>: no such user`. */
export function replyLine(reply: PeerReply): string {
  const status = reply.enhanced === undefined ? '' : `${reply.enhanced} `
  return `${reply.code} ${status}${replyText(reply)}`.trimEnd()
}

export class ReplyReceiver {
  /** Octets of a line that has no end yet, latin1. */
  #rest = ''
  #isCut = false
  #lines: string[] = []
  /** Octets of the reply that is under way, those dropped too. */
  #octets = 0
  readonly #replies: PeerReply[] = []
  #taken = 0
  #fault: ReplyError | undefined

  get hasReply(): boolean {
    return this.#taken < this.#replies.length
  }

  /** Whether something came that no reply has been made of, or none was taken. */
  get hasMore(): boolean {
    return this.hasReply || this.#rest !== '' || this.#lines.length > 0
  }

  /** What came of a reply that is not whole: for the transcript. */
  get unfinished(): string {
    return [...this.#lines, this.#rest].join('\n').trimEnd()
  }

  /** Throws ReplyError, now and from then on. Replies before the fault can be taken all the same. */
  push(bytes: Uint8Array): void {
    if (this.#fault !== undefined) throw this.#fault
    const text = latin1(bytes)
    let at = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', at)) {
      this.#keep(text.slice(at, end))
      at = end + 1
      this.#endLine()
    }
    this.#keep(text.slice(at))
  }

  /** Undefined: more input is needed. */
  next(): PeerReply | undefined {
    const reply = this.#replies[this.#taken]
    if (reply === undefined) return undefined
    this.#taken += 1
    if (this.#taken === this.#replies.length) {
      this.#replies.length = 0
      this.#taken = 0
    }
    return reply
  }

  #keep(piece: string): void {
    this.#octets += piece.length
    if (this.#octets > peerReplyOctets) throw this.#broken('a reply without end')
    if (this.#isCut) return
    this.#rest = this.#rest === '' ? piece : this.#rest + piece
    if (this.#rest.length <= peerReplyLineOctets) return
    this.#rest = this.#rest.slice(0, peerReplyLineOctets)
    this.#isCut = true
  }

  #endLine(): void {
    const line = this.#rest.endsWith('\r') ? this.#rest.slice(0, -1) : this.#rest
    this.#rest = ''
    this.#isCut = false
    this.#octets += 1
    if (!wellFormed.test(line)) throw this.#broken(`no reply: ${shown(line.slice(0, 100))}`)
    if (line.charAt(3) === '-') {
      if (this.#lines.length === peerReplyLines) throw this.#broken('a reply of too many lines')
      this.#lines.push(line)
      return
    }
    this.#replies.push(this.#lines.length === 0 ? shortReply(line) : replyOf([...this.#lines, line]))
    this.#lines = []
    this.#octets = 0
  }

  #broken(message: string): ReplyError {
    this.#fault = new ReplyError(message)
    return this.#fault
  }
}

const wellFormed = /^[2-5]\d\d(?:[ -]|$)/
const enhancedCode = /^([245]\.\d{1,3}\.\d{1,3})(?: |$)/

function shortReply(line: string): PeerReply {
  const text = shown(line.slice(4))
  const enhanced = enhancedOf(line, text)
  return { code: Number(line.slice(0, 3)), enhanced, lines: [without(text, enhanced)] }
}

function replyOf(lines: readonly string[]): PeerReply {
  const texts = lines.map(line => shown(line.slice(4)))
  const last = lines.at(-1) ?? ''
  const enhanced = enhancedOf(last, texts.at(-1) ?? '') ?? enhancedOf(last, texts[0] ?? '')
  return { code: Number(last.slice(0, 3)), enhanced, lines: texts.map(text => without(text, enhanced)) }
}

/** RFC 2034 4: one of another class than the code is a word of the text. */
function enhancedOf(line: string, text: string): string | undefined {
  const enhanced = enhancedCode.exec(text)?.[1]
  return enhanced?.charAt(0) === line.charAt(0) ? enhanced : undefined
}

function without(text: string, enhanced: string | undefined): string {
  return enhanced !== undefined && text.startsWith(enhanced) ? text.slice(enhanced.length + 1).trimStart() : text
}

/** What a peer writes reaches terminals, logs and reports. */
function shown(line: string): string {
  if (!unusual.test(line)) return line
  return utf8(Buffer.from(line, 'latin1'))
    .replace(/[\0-\x1f\x7f-\x9f\u2028\u2029]/g, '?')
    .toWellFormed()
}

const unusual = /[^ -~]/
