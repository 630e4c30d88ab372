// Keywords (RFC 9051 2.3.2), in the database and in memory: the names in the order they were first set, joined by spaces.

import { limits } from './limits.ts'
import type { FlagAction } from './store.ts'

/** Combinations seen lately. A mail server sees some dozens; a client that makes them up must not fill the memory. */
const kept = new Map<string, string>()

/** `keywords`, as the one string that all messages with them share: each row of the database brings one of its own. */
export function sharedKeywords(keywords: string): string {
  if (keywords === '') return ''
  const known = kept.get(keywords)
  if (known !== undefined) return known
  if (kept.size >= limits.keptKeywords) kept.clear()
  kept.set(keywords, keywords)
  return keywords
}

/** `keywords` after an edit. Names are compared without case; the first spelling and the first order stay. */
export function editedKeywords(keywords: string, action: FlagAction, names: readonly string[]): string {
  if (names.length === 0 && action !== 'replace') return keywords
  const now = keywords === '' ? [] : keywords.split(' ')
  const wanted = new Map(names.map(name => [name.toLowerCase(), name]))
  if (action === 'remove') return now.filter(name => !wanted.has(name.toLowerCase())).join(' ')
  const kept = action === 'add' ? now : now.filter(name => wanted.has(name.toLowerCase()))
  for (const name of kept) wanted.delete(name.toLowerCase())
  return [...kept, ...wanted.values()].join(' ')
}

/** Whether these are more than one message may have. */
export function tooManyKeywords(keywords: string): boolean {
  return keywords !== '' && keywords.split(' ').length > limits.keywordsPerEntry
}
