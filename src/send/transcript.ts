// What both sides said, kept as it was and made into text only when somebody asks. The marks are swaks': `->` what we said, `<-` what the
// peer said, `<**` a refusal of it, `~>`, `<~`, `<~*` the same under TLS, `===` what happened, `***` what went wrong.

import type { PeerReply } from '#wire/smtp/reply-receiver.ts'
import { sessionLimits } from './limits.ts'

/** A reply, a number of octets of a message, or a text whose first character says what it is. */
type Entry = PeerReply | number | string

const said = '>'
const happened = '='
const wentWrong = '*'
const secured = '~'
const inClear = '-'

export class Transcript {
  /** Of the connection before: its lines come first. */
  readonly #before: Transcript | undefined
  readonly #head: Entry[] = []
  #tail: Entry[] = []
  #headCharacters = 0
  #tailCharacters = 0
  #isCut = false
  readonly #beganSecured: boolean
  #isSecured: boolean

  /** @param before what was said over the same connection; its lines come first */
  constructor(before: Transcript | undefined, isSecured: boolean) {
    this.#before = before
    this.#beganSecured = isSecured
    this.#isSecured = isSecured
  }

  /** One or several lines with their CRLF. */
  say(lines: string): void {
    this.#add(said + lines)
  }

  hear(reply: PeerReply): void {
    this.#add(reply)
  }

  /** What came and was no reply. */
  hearBroken(text: string): void {
    if (text !== '') this.#add(`<${text}`)
  }

  noteOctets(count: number): void {
    this.#add(count)
  }

  note(text: string): void {
    this.#add(happened + text)
  }

  fail(text: string): void {
    this.#add(wentWrong + text)
  }

  /** What follows is under TLS. */
  secured(text: string): void {
    this.note(text)
    this.#isSecured = true
    this.#add(secured)
  }

  /** What follows is over another connection, in the clear. */
  begunAnew(): void {
    this.#isSecured = false
    this.#add(inClear)
  }

  /** Lines ended by LF. */
  print(): string {
    return cutInTheMiddle(this.#print())
  }

  #print(): string {
    const before = this.#before === undefined ? '' : this.#before.#print()
    const left = this.#isCut ? '=== what was said here is left out\n' : ''
    return before + printed(this.#head, this.#beganSecured) + left + printed(this.#tail, this.#isSecured)
  }

  /** Of a transcript without end the begin and the end are kept. */
  #add(entry: Entry): void {
    const length = lengthOf(entry)
    if (this.#tail.length === 0 && this.#headCharacters + length <= keptCharacters) {
      this.#head.push(entry)
      this.#headCharacters += length
      return
    }
    this.#tail.push(entry)
    this.#tailCharacters += length
    if (this.#tailCharacters > 2 * keptCharacters) this.#cutTail()
  }

  #cutTail(): void {
    let from = this.#tail.length
    let characters = 0
    while (from > 1 && characters < keptCharacters) {
      from -= 1
      characters += lengthOf(this.#tail[from] ?? '')
    }
    this.#tail = this.#tail.slice(from)
    this.#tailCharacters = characters
    this.#isCut = true
  }
}

/** More than is ever printed, and little enough to be kept for every connection. */
const keptCharacters = 16_000

function lengthOf(entry: Entry): number {
  if (typeof entry === 'number') return 1
  if (typeof entry === 'string') return entry.length
  let length = 0
  for (const line of entry.lines) length += line.length
  return length
}

function printed(entries: readonly Entry[], beganSecured: boolean): string {
  let text = ''
  let isSecured = beganSecured
  for (const entry of entries) {
    if (entry === secured || entry === inClear) isSecured = entry === secured
    else if (typeof entry === 'number') text += `=== ${entry} octets of the message\n`
    else text += typeof entry === 'string' ? printedText(entry, isSecured) : printedReply(entry, isSecured)
  }
  return text
}

function printedText(entry: string, isSecured: boolean): string {
  const text = entry.slice(1).trimEnd()
  const mark = markOf(entry.charAt(0), isSecured)
  return text
    .split(/\r?\n/)
    .map(line => `${mark}${line.replace(/[\0-\x1f\x7f-\x9f]/g, '?')}\n`)
    .join('')
}

function markOf(kind: string, isSecured: boolean): string {
  if (kind === happened) return '=== '
  if (kind === wentWrong) return '*** '
  if (kind === said) return isSecured ? ' ~> ' : ' -> '
  return isSecured ? '<~* ' : '<** '
}

function printedReply({ code, enhanced, lines }: PeerReply, isSecured: boolean): string {
  const isNo = code >= 400
  const mark = isSecured ? (isNo ? '<~* ' : '<~  ') : isNo ? '<** ' : '<-  '
  const status = enhanced === undefined ? '' : `${enhanced} `
  const last = lines.length - 1
  return lines.map((line, at) => `${`${mark}${code}${at === last ? ' ' : '-'}${status}${line}`.trimEnd()}\n`).join('')
}

function cutInTheMiddle(text: string): string {
  const { transcriptHead, transcriptTail } = sessionLimits
  if (text.length <= transcriptHead + transcriptTail) return text
  const head = text.slice(0, text.lastIndexOf('\n', transcriptHead) + 1)
  const tail = text.slice(text.indexOf('\n', text.length - transcriptTail) + 1)
  const left = text.slice(head.length, text.length - tail.length).split('\n').length - 1
  return `${head}=== ${left} lines are left out here\n${tail}`
}
