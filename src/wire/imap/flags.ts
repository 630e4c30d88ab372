// Flags and keywords (RFC 3501 2.3.2, 9 `flag`): read into bits and names, printed from them.

import { systemFlags } from '#mail/flags.ts'
import type { Cursor } from '#text/cursor.ts'
import { atom, parenthesized, skipSpaces } from './grammar.ts'
import { keywordLengthMax, keywordsMax } from './limits.ts'

const bitOf = new Map(systemFlags.map(([bit, name]) => [name.toUpperCase(), bit]))

export interface FlagSet {
  readonly flags: number
  /** As the client spelled them, each once. */
  readonly keywords: readonly string[]
}

/** STORE's flags: in parentheses, or bare with spaces between. `\Recent` is refused: nobody can change it. */
export function storeFlags(cursor: Cursor): FlagSet {
  if (cursor.peek === '(') return collect(cursor, parenthesized(cursor, listOptions, flagName))
  const names = [flagName(cursor)]
  while (skipSpaces(cursor) && !cursor.done) {
    if (names.length === listOptions.max) cursor.fail('too many flags')
    names.push(flagName(cursor))
  }
  return collect(cursor, names)
}

/** APPEND's flags. `\Recent` is dropped: programs that copy mailboxes send back every flag they were told. */
export function appendFlags(cursor: Cursor): FlagSet {
  const names = parenthesized(cursor, listOptions, flagName)
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
  const system = printedFlags[(flags & 31) | (recent ? 32 : 0)] ?? ''
  if (keywords === '') return system
  return system === '' ? keywords : `${system} ${keywords}`
}

/** All that printFlags can say without keywords, by bits, 32 being \Recent. */
const printedFlags = Array.from({ length: 64 }, (_, flags) => {
  const names = systemFlags.filter(([bit]) => (flags & bit) !== 0).map(([, name]) => name)
  return (flags & 32 ? [...names, '\\Recent'] : names).join(' ')
})

const listOptions = { max: keywordsMax + systemFlags.length + 1, mayBeEmpty: true, what: 'flags' }

function flagName(cursor: Cursor): string {
  return cursor.take('\\') ? `\\${atom(cursor, 'a flag')}` : keyword(cursor)
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
  if (keywords.size > keywordsMax) cursor.fail(`more than ${keywordsMax} keywords`)
  return { flags, keywords: [...keywords.values()] }
}
