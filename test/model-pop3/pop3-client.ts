// One POP3 client of the model (RFC 1939, 6856): what it sees stands still from its login on, whatever others do; what it was told it holds against that.

import assert from 'node:assert/strict'
import type { MemoryPeer } from '#io/memory-channel.ts'
import type { Draws } from '../fuzz/draws.ts'
import type { Connection } from './place.ts'
import { headerOf, topOf } from './text.ts'
import type { Entry, World } from './world.ts'

/** A message at login, its number its place in the list. */
export interface Numbered {
  readonly uid: number
  readonly entry: Entry
}

export interface Login {
  readonly utf8: boolean
  /** What RETR has sent is \Seen. */
  readonly marksSeen: boolean
  readonly numbered: readonly Numbered[]
}

/** What a login finds now. */
export function shownIn({ inbox }: World): readonly Numbered[] {
  return [...inbox.entries].flatMap(([uid, entry]) => (entry.taken ? [] : [{ uid, entry }]))
}

/** A command to send, and what is to come of it when its turn is there. */
export interface Pop3Step {
  readonly line: string
  /** A +OK is followed by lines. */
  readonly isLong?: boolean
  /** `status`: the line without its end; `body`: what came behind it, dots taken off. */
  readonly check: (status: string, body: string) => void
}

export class Pop3Client {
  readonly connection: Connection
  readonly utf8: boolean
  readonly marksSeen: boolean
  readonly #world: World
  readonly #numbered: readonly Numbered[]
  readonly #marked = new Set<number>()
  readonly #retrieved = new Set<number>()

  /** Of a session that has logged in; `first` is to be run first. */
  constructor(connection: Connection, world: World, login: Login) {
    this.connection = connection
    this.#world = world
    this.utf8 = login.utf8
    this.marksSeen = login.marksSeen
    this.#numbered = login.numbered
  }

  /** UIDs of the messages that DELE marked. */
  get markedUids(): readonly number[] {
    return [...this.#marked].sort((a, b) => a - b).map(number => this.#at(number).uid)
  }

  /** UIDs of the messages that RETR sent. */
  get retrievedUids(): readonly number[] {
    return [...this.#retrieved].sort((a, b) => a - b).map(number => this.#at(number).uid)
  }

  /** Learns all that there is. */
  first(octets: number): readonly Pop3Step[] {
    const sum = { line: 'NOOP', check: () => assert.equal(this.#sum(), octets, 'octets at login') }
    return [this.#list(), this.#uidl(), sum]
  }

  /** Takes every message. */
  all(): readonly Pop3Step[] {
    return this.#left.map(number => this.#retr(number))
  }

  draw(draws: Draws): Pop3Step {
    const number = draws.below(this.#numbered.length + 2)
    switch (draws.below(12)) {
      case 0:
        return this.#stat()
      case 1:
        return this.#list()
      case 2:
        return this.#listOne(number)
      case 3:
        return this.#uidl()
      case 4:
        return this.#uidlOne(number)
      case 5:
      case 6:
        return this.#retr(number)
      case 7:
        return this.#top(number, draws.below(4))
      case 8:
      case 9:
      case 10:
        return this.#dele(number)
      default:
        return draws.oneIn(3) ? this.#rset() : { line: 'NOOP', check: isOk }
    }
  }

  /** Some more DELEs. */
  drawMarks(draws: Draws): readonly Pop3Step[] {
    return Array.from({ length: 3 }, () => this.#dele(1 + draws.below(this.#numbered.length + 1)))
  }

  #stat(): Pop3Step {
    return { line: 'STAT', check: status => assert.equal(status, `+OK ${this.#left.length} ${this.#sum()}`) }
  }

  #list(): Pop3Step {
    const check = (status: string, body: string) => {
      isOk(status)
      const lines = linesOf(body).map(line => line.split(' ').map(Number))
      assert.deepEqual(
        lines.map(([number]) => number),
        this.#left,
        'numbers of LIST',
      )
      for (const [number = 0, octets = -1] of lines) this.#at(number).entry.text.noteSize(this.utf8, octets)
    }
    return { line: 'LIST', isLong: true, check }
  }

  #listOne(number: number): Pop3Step {
    return { line: `LIST ${number}`, check: this.#of(number, () => `+OK ${number} ${this.#size(number)}`) }
  }

  #uidl(): Pop3Step {
    const check = (status: string, body: string) => {
      isOk(status)
      const lines = linesOf(body).map(line => line.split(' '))
      assert.deepEqual(
        lines.map(([number]) => Number(number)),
        this.#left,
        'numbers of UIDL',
      )
      for (const [number, uidl = ''] of lines) {
        assert.match(uidl, /^[!-~]{1,70}$/)
        this.#world.noteUidl(this.#at(Number(number)).entry, uidl)
      }
    }
    return { line: 'UIDL', isLong: true, check }
  }

  #uidlOne(number: number): Pop3Step {
    return { line: `UIDL ${number}`, check: this.#of(number, () => `+OK ${number} ${this.#at(number).entry.uidl}`) }
  }

  /** What IMAP expunged meanwhile is sent all the same. */
  #retr(number: number): Pop3Step {
    const check = (status: string, body: string) => {
      this.#of(number, () => `+OK ${this.#size(number)} octets`)(status)
      if (!this.#has(number)) return
      this.#at(number).entry.text.noteSent(this.utf8, body)
      this.#retrieved.add(number)
    }
    return { line: `RETR ${number}`, isLong: true, check }
  }

  #top(number: number, lines: number): Pop3Step {
    const check = (status: string, body: string) => {
      assert.equal(status.startsWith('+OK'), this.#has(number), status)
      if (!this.#has(number)) return
      const sent = this.#at(number).entry.text.sent(this.utf8)
      if (sent !== undefined) assert.equal(body, topOf(sent, lines), 'TOP')
      else assert.doesNotMatch(headerOf(body), /[\x80-\xff]/)
    }
    return { line: `TOP ${number} ${lines}`, isLong: true, check }
  }

  #dele(number: number): Pop3Step {
    const check = (status: string) => {
      assert.equal(status.startsWith('+OK'), this.#has(number), status)
      if (this.#has(number)) this.#marked.add(number)
    }
    return { line: `DELE ${number}`, check }
  }

  #rset(): Pop3Step {
    const check = (status: string) => {
      isOk(status)
      this.#marked.clear()
    }
    return { line: 'RSET', check }
  }

  /** `wanted` if the message is there, -ERR otherwise. */
  #of(number: number, wanted: () => string): (status: string) => void {
    return status => {
      if (this.#has(number)) assert.equal(status, wanted())
      else assert.match(status, /^-ERR /)
    }
  }

  get #left(): readonly number[] {
    return this.#numbered.map((_, index) => index + 1).filter(number => !this.#marked.has(number))
  }

  #has(number: number): boolean {
    return number >= 1 && number <= this.#numbered.length && !this.#marked.has(number)
  }

  #at(number: number): Numbered {
    const numbered = this.#numbered[number - 1]
    assert.ok(numbered, `there was no message ${number}`)
    return numbered
  }

  #size(number: number): number {
    const size = this.#at(number).entry.text.size(this.utf8)
    assert.ok(size !== undefined, 'LIST was not asked for')
    return size
  }

  #sum(): number {
    return this.#left.reduce((sum, number) => sum + this.#size(number), 0)
  }
}

function isOk(status: string): void {
  assert.match(status, /^\+OK/)
}

function linesOf(body: string): readonly string[] {
  return body.split('\r\n').slice(0, -1)
}

/** Sends the steps in one flight and holds each answer against what its step makes of it. */
export async function runPop3(
  peer: MemoryPeer,
  steps: readonly Pop3Step[],
  note: (line: string) => void,
): Promise<void> {
  note(steps.map(({ line }) => line).join('\\r\\n'))
  peer.send(steps.map(({ line }) => `${line}\r\n`).join(''))
  let rest = await peer.receive()
  for (const { line, isLong = false, check } of steps) {
    const end = rest.indexOf('\r\n')
    assert.ok(end >= 0, `no answer to ${line}`)
    const status = rest.slice(0, end)
    rest = rest.slice(end + 2)
    note(`   ${status}`)
    const body = isLong && status.startsWith('+OK') ? bodyOf(rest) : undefined
    rest = rest.slice(body?.length ?? 0)
    check(status, body === undefined ? '' : body.slice(0, -3).replace(/(^|\r\n)\./g, '$1'))
  }
  assert.equal(rest, '', 'said behind the last answer')
}

/** The lines of an answer, with the one that ends them. */
function bodyOf(text: string): string {
  if (text.startsWith('.\r\n')) return '.\r\n'
  const end = text.indexOf('\r\n.\r\n')
  assert.ok(end >= 0, 'an answer without an end')
  return text.slice(0, end + 5)
}
