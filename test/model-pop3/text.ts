// A message's octets (a character each), and what POP3 must make of them: what is stored, its last line ended; without UTF8 a surrogate, where a header
// has octets over 127 (RFC 6856 2.1). The surrogate is learned from what is sent first: it is the same ever after, and so is what LIST says.

import assert from 'node:assert/strict'

export class Text {
  readonly stored: string
  readonly #isAscii: boolean
  readonly #sizes = new Map<boolean, number>()
  #surrogate: string | undefined

  constructor(stored: string) {
    this.stored = stored
    this.#isAscii = isAscii(stored)
    this.#sizes.set(true, this.whole.length)
    if (this.#isAscii) this.#sizes.set(false, this.whole.length)
  }

  /** As it is sent after UTF8. */
  get whole(): string {
    return this.stored.endsWith('\r\n') || this.stored === '' ? this.stored : `${this.stored}\r\n`
  }

  /** What RETR sends, as far as it is known. */
  sent(utf8: boolean): string | undefined {
    return utf8 || this.#isAscii ? this.whole : this.#surrogate
  }

  /** What LIST and STAT count; undefined: it is to be told yet. */
  size(utf8: boolean): number | undefined {
    return this.#sizes.get(utf8)
  }

  /** LIST has said it. */
  noteSize(utf8: boolean, octets: number): void {
    assert.equal(octets, this.#sizes.get(utf8) ?? octets, `octets of ${JSON.stringify(this.stored.slice(0, 200))}`)
    this.#sizes.set(utf8, octets)
  }

  /** RETR has sent it. */
  noteSent(utf8: boolean, text: string): void {
    assert.equal(text.length, this.#sizes.get(utf8), 'octets of RETR are those of LIST')
    const known = this.sent(utf8)
    if (known !== undefined) {
      assert.equal(text, known)
      return
    }
    assert.ok(isAscii(headerOf(text)), 'a header that is not ASCII')
    if (!/^content-type: *(multipart|message)/im.test(headerOf(this.whole))) this.#checkPlain(text)
    this.#surrogate = text
  }

  /** Only the header of a message without parts is ever changed. */
  #checkPlain(text: string): void {
    if (isAscii(headerOf(this.whole))) assert.equal(text, this.whole)
    else assert.equal(text.slice(headerOf(text).length), this.whole.slice(headerOf(this.whole).length), 'the body')
  }
}

/** With the blank line. */
export function headerOf(text: string): string {
  if (text.startsWith('\r\n')) return '\r\n'
  const end = text.indexOf('\r\n\r\n')
  return end < 0 ? text : text.slice(0, end + 4)
}

/** What TOP sends of it. */
export function topOf(text: string, lines: number): string {
  const header = headerOf(text)
  const body = text.slice(header.length).split('\r\n')
  const wanted = body.slice(0, lines).join('\r\n')
  return lines >= body.length ? text : header + (lines === 0 ? '' : `${wanted}\r\n`)
}

function isAscii(text: string): boolean {
  // Whatever is not ASCII is above it.
  return !/[^\0-\x7f]/.test(text)
}
