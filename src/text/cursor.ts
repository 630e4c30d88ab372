// The one scanner that every parser here is written with: a place in a string in which each character is one octet (latin1).

import { ParseError } from '#base/parse-error.ts'

/** A set of octets: 1 at each member. */
export type CharacterSet = Uint8Array

/** The set of the characters of `members`, a string. */
export function characterSet(members: string): CharacterSet {
  const set = new Uint8Array(256)
  for (let at = 0; at < members.length; at += 1) set[members.charCodeAt(at)] = 1
  return set
}

export class Cursor {
  readonly text: string
  at: number

  constructor(text: string, at = 0) {
    this.text = text
    this.at = at
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  /** The next character, '' at the end. */
  get peek(): string {
    return this.text.charAt(this.at)
  }

  get rest(): string {
    return this.text.slice(this.at)
  }

  /** Steps over `literal`, in this case exactly, if it stands here. */
  take(literal: string): boolean {
    if (!this.text.startsWith(literal, this.at)) return false
    this.at += literal.length
    return true
  }

  /** As `take`, in any case. `upper` is given in upper case. */
  takeAnyCase(upper: string): boolean {
    if (this.text.slice(this.at, this.at + upper.length).toUpperCase() !== upper) return false
    this.at += upper.length
    return true
  }

  /** Steps over all that belong to `set`; gives them, '' if none. */
  takeWhile(set: CharacterSet): string {
    const start = this.at
    this.skipWhile(set)
    return this.text.slice(start, this.at)
  }

  /** Steps over all that belong to `set`. */
  skipWhile(set: CharacterSet): void {
    const { text } = this
    let { at } = this
    while (at < text.length && set[text.charCodeAt(at)] === 1) at += 1
    this.at = at
  }

  /** As `takeWhile`, at least one. Throws ParseError naming `what`. */
  takeSome(set: CharacterSet, what: string): string {
    return this.takeWhile(set) || this.fail(`expected ${what}`)
  }

  /** Throws ParseError if `literal` does not stand here. */
  expect(literal: string): void {
    if (!this.take(literal)) this.fail(`expected ${JSON.stringify(literal)}`)
  }

  /** Throws ParseError if anything is left. */
  expectEnd(): void {
    if (!this.done) this.fail('expected the end of the line')
  }

  fail(message: string): never {
    throw new ParseError(message, this.at)
  }
}
