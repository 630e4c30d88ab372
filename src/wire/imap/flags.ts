// Flags and keywords (RFC 3501 2.3.2, 9 `flag`): read into bits and names, printed from them.

import { systemFlagBits, systemFlags } from '#mail/flags.ts'
import type { Cursor } from '#text/cursor.ts'
import { atom, parenthesized, skipSpaces } from './grammar.ts'
import { ImapParseError } from './imap-parse-error.ts'
import { keywordLengthMax, keywordsMax } from './limits.ts'

const bitOf = new Map(systemFlags.map(([bit, name]) => [name.toUpperCase(), bit]))

export interface FlagSet {
  readonly flags: number
  /** As the client spelled them, each once. */
  readonly keywords: readonly string[]
}

/** STORE's flags: in parentheses, or bare with spaces between. `\Recent` is refused: nobody can change it. */
export function storeFlags(cursor: Cursor): FlagSet {
  const read = flagReader()
  if (cursor.peek === '(') return collect(cursor, parenthesized(cursor, listOptions, read))
  const names = [read(cursor)]
  while (skipSpaces(cursor) && !cursor.done) names.push(read(cursor))
  return collect(cursor, names)
}

/** APPEND's flags. `\Recent` is dropped: programs that copy mailboxes send back every flag they were told. */
export function appendFlags(cursor: Cursor): FlagSet {
  const names = parenthesized(cursor, listOptions, flagReader())
  return collect(
    cursor,
    names.filter(name => name.toUpperCase() !== '\\RECENT'),
  )
}

/** A keyword for SEARCH. */
export function keyword(cursor: Cursor): string {
  const name = atom(cursor, 'a keyword')
  return name.length > keywordLengthMax ? cursor.fail('the keyword is too long') : name
}

/** `flag-list` without its parentheses: `\Answered \Seen $Forwarded`. `keywords` are joined by spaces, '' for none. */
export function printFlags(flags: number, keywords = '', recent = false): string {
  const system = printedFlags[(flags & systemFlagBits) | (recent ? 32 : 0)] ?? ''
  if (keywords === '') return system
  return system === '' ? keywords : `${system} ${keywords}`
}

/** All that printFlags can say without keywords, by bits, 32 being \Recent. */
const printedFlags = Array.from({ length: 64 }, (_, flags) => {
  const names = systemFlags.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  return (flags & 32 ? [...names, '\\Recent'] : names).join(' ')
})

/** All flags, `\Recent` too, and as many keywords as are taken at once. */
const namesMax = keywordsMax + systemFlags.length + 1
const listOptions = { max: Number.POSITIVE_INFINITY, mayBeEmpty: true, what: 'flags' }

/** Reads one name after the other, as many as may be. */
function flagReader(): (cursor: Cursor) => string {
  let count = 0
  return cursor => {
    count += 1
    if (count > namesMax) throw tooMuch(cursor, 'too many flags')
    if (cursor.take('\\')) return `\\${atom(cursor, 'a flag')}`
    const name = atom(cursor, 'a keyword')
    if (name.length > keywordLengthMax) throw tooMuch(cursor, 'the keyword is too long')
    return name
  }
}

/** What the grammar allows, but not we: the answer is NO (RFC 5530, LIMIT). */
function tooMuch({ at }: Cursor, message: string): ImapParseError {
  return new ImapParseError(message, at, { code: 'LIMIT' })
}

function collect(cursor: Cursor, names: readonly string[]): FlagSet {
  let flags = 0
  const keywords = new Map<string, string>()
  for (const name of names) {
    const upper = name.toUpperCase()
    const bit = bitOf.get(upper)
    if (bit !== undefined) flags |= bit
    else if (name.startsWith('\\')) cursor.fail(`no such flag: ${name}`)
    else if (!keywords.has(upper)) keywords.set(upper, name)
  }
  if (keywords.size > keywordsMax) throw tooMuch(cursor, `more than ${keywordsMax} keywords`)
  return { flags, keywords: [...keywords.values()] }
}
