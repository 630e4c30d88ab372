// The address lists of From, To and their kind (RFC 5322 3.4, with the obsolete forms of 4.4), as IMAP's ENVELOPE shows them.
// Lenient: takes what it can from anything, in time linear in the text. Encoded words stay as they are.

import { Cursor, characterSet } from '#text/cursor.ts'
import { trimSpace } from '#text/trim.ts'
import { inverseOf, skipComments, takeQuoted } from './comment.ts'
import { maxAddresses } from './limits.ts'
import type { EnvelopeAddress } from './part.ts'

interface Token {
  readonly text: string
  readonly kind: 'atom' | 'quoted' | 'at'
  /** White space or a comment stood before it. */
  readonly apart: boolean
}

const atomText = inverseOf(characterSet(' \t\r\n"(),:;<>@[]'))
const literalText = inverseOf(characterSet(']'))

/** Addresses and group marks of a field's value. A missing local part or domain is ''. Never throws. */
export function parseAddressList(latin1Text: string): readonly EnvelopeAddress[] {
  return latin1Text === '' ? nobody : new ListReader(latin1Text).read()
}

const nobody: readonly EnvelopeAddress[] = []

class ListReader {
  readonly #cursor: Cursor
  readonly #addresses: EnvelopeAddress[] = []
  #tokens: Token[] = []
  #hasAt = false
  /** The last comment of the address being read: old programs put the name there. */
  #comment: string | undefined
  #inGroup = false

  constructor(text: string) {
    this.#cursor = new Cursor(text)
  }

  read(): readonly EnvelopeAddress[] {
    while (!this.#cursor.done && this.#addresses.length < maxAddresses) this.#step()
    this.#endAddress()
    this.#endGroup()
    return this.#addresses
  }

  #step(): void {
    const cursor = this.#cursor
    const apart = this.#skip()
    if (cursor.done) return
    if (cursor.take(',')) this.#endAddress()
    else if (cursor.take(';')) {
      this.#endAddress()
      this.#endGroup()
    } else if (cursor.take('<')) this.#angleAddress()
    else if (cursor.peek === ':' && this.#mayBeginGroup()) this.#beginGroup()
    else this.#tokens.push(this.#token(apart))
  }

  #skip(): boolean {
    const before = this.#cursor.at
    const comment = skipComments(this.#cursor)
    if (comment !== undefined) this.#comment = comment
    return this.#cursor.at > before
  }

  #token(apart: boolean): Token {
    const cursor = this.#cursor
    if (cursor.peek === '"') return { text: takeQuoted(cursor), kind: 'quoted', apart }
    if (cursor.take('@')) {
      this.#hasAt = true
      return { text: '@', kind: 'at', apart }
    }
    if (cursor.take('[')) {
      const literal = cursor.takeWhile(literalText)
      cursor.take(']')
      return { text: `[${literal}]`, kind: 'atom', apart }
    }
    const atom = cursor.takeWhile(atomText)
    if (atom !== '') return { text: atom, kind: 'atom', apart }
    const stray = cursor.peek // ":", ">", "]" where none belongs
    cursor.at += 1
    return { text: stray, kind: 'atom', apart }
  }

  #mayBeginGroup(): boolean {
    return !this.#inGroup && this.#tokens.length > 0 && !this.#hasAt
  }

  #beginGroup(): void {
    this.#cursor.at += 1
    this.#inGroup = true
    this.#addresses.push({ name: undefined, mailbox: phrase(this.#tokens), host: undefined })
    this.#reset()
  }

  #endGroup(): void {
    if (this.#inGroup) this.#addresses.push({ name: undefined, mailbox: undefined, host: undefined })
    this.#inGroup = false
  }

  #angleAddress(): void {
    const name = phrase(this.#tokens)
    const cursor = this.#cursor
    this.#skip()
    // RFC 5322 4.4: a source route, "@a,@b:", which nobody follows any more.
    if (cursor.peek === '@') this.#skipRoute()
    const tokens: Token[] = []
    for (;;) {
      const apart = this.#skip()
      if (cursor.done || cursor.peek === ',' || cursor.peek === ';' || cursor.take('>')) break
      if (cursor.take('<')) continue // "<<a@b>>"
      tokens.push(this.#token(apart))
    }
    const { mailbox, host } = splitAddress(tokens)
    this.#skipRestOfAddress()
    this.#add(name === '' ? this.#comment : name, mailbox, host)
    this.#reset()
  }

  #skipRoute(): void {
    const cursor = this.#cursor
    while (!cursor.done && cursor.peek !== '>') {
      this.#skip()
      if (cursor.take(':')) return
      if (cursor.peek === '>') return
      if (!cursor.done && !cursor.take(',')) this.#token(false)
    }
  }

  /** What follows "<a@b>" up to the comma is dropped but for a comment: "<a@b> (Name)". */
  #skipRestOfAddress(): void {
    const cursor = this.#cursor
    for (;;) {
      this.#skip()
      if (cursor.done || cursor.peek === ',' || cursor.peek === ';' || cursor.peek === '<') return
      this.#token(false)
    }
  }

  #endAddress(): void {
    const tokens = this.#tokens
    if (tokens.length > 0) {
      const { name, mailbox, host } = bareAddress(tokens)
      this.#add(name === '' ? this.#comment : name, mailbox, host)
    }
    this.#reset()
  }

  #add(name: string | undefined, mailbox: string, host: string): void {
    if (mailbox === '' && host === '' && name === undefined) return
    const shown = name === undefined ? undefined : trimSpace(name)
    this.#addresses.push({ name: shown === '' ? undefined : shown, mailbox, host })
  }

  #reset(): void {
    this.#tokens = []
    this.#hasAt = false
    this.#comment = undefined
  }
}

/** Words with one space between, as they stood apart. */
function phrase(tokens: readonly Token[]): string {
  const [only] = tokens
  if (tokens.length < 2) return only?.text ?? ''
  return tokens.map((token, index) => (token.apart && index > 0 ? ` ${token.text}` : token.text)).join('')
}

/** Inside angle brackets, all before the last "@" is the local part. */
function splitAddress(tokens: readonly Token[]): { readonly mailbox: string; readonly host: string } {
  const [local, sign, domain] = tokens
  // As nearly all are.
  if (tokens.length === 3 && sign?.kind === 'at' && local?.kind !== 'at' && domain?.kind !== 'at')
    return { mailbox: local?.text ?? '', host: domain?.text ?? '' }
  const at = tokens.findLastIndex(token => token.kind === 'at')
  if (at < 0) return { mailbox: dotted(tokens), host: '' }
  return { mailbox: dotted(tokens.slice(0, at)), host: dotted(tokens.slice(at + 1)) }
}

/** Without brackets, the words glued to the "@" are the address, those before them ("Joe joe@a.example") a name. */
function bareAddress(tokens: readonly Token[]): {
  readonly name: string
  readonly mailbox: string
  readonly host: string
} {
  const at = tokens.findLastIndex(token => token.kind === 'at')
  if (at < 0) return { name: '', mailbox: dotted(tokens), host: '' }
  let start = at
  while (start > 0 && (start === at || belongs(tokens, start - 1))) start -= 1
  let end = at + 1
  while (end < tokens.length && (end === at + 1 || belongs(tokens, end - 1))) end += 1
  return {
    name: phrase(tokens.slice(0, start)),
    mailbox: dotted(tokens.slice(start, at)),
    host: dotted(tokens.slice(at + 1, end)),
  }
}

/** Whether the token at `index` and the one after it are parts of one word: nothing between them, or a dot (RFC 5322 4.4). */
function belongs(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index]
  const after = tokens[index + 1]
  if (before === undefined || after === undefined) return false
  return !after.apart || before.text.endsWith('.') || after.text.startsWith('.')
}

function dotted(tokens: readonly Token[]): string {
  const [only] = tokens
  if (tokens.length < 2) return only?.text ?? ''
  return tokens
    .map((token, index) => (index > 0 && !belongs(tokens, index - 1) ? ` ${token.text}` : token.text))
    .join('')
}
