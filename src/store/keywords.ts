// Keywords (RFC 9051 2.3.2): in the database the names joined by spaces, in memory an index into a table of the combinations in use.

import { limits } from './limits.ts'
import type { FlagAction } from './store.ts'

// One table a process, as a view's columns are read by all its sessions. A mail server sees some dozens of combinations.
const combinations: string[] = ['']
const indexes = new Map<string, number>([['', 0]])

/** The keywords, joined by spaces, that stand behind an index of a view's column. */
export function keywordsOf(index: number): string {
  return combinations[index] ?? ''
}

/** The index that stands for these keywords, joined by spaces. */
export function keywordIndex(keywords: string): number {
  const known = indexes.get(keywords)
  if (known !== undefined) return known
  const index = combinations.push(keywords) - 1
  indexes.set(keywords, index)
  return index
}

/** `keywords` after an edit. Names are compared without case; the first spelling and the first order stay. */
export function editedKeywords(keywords: string, action: FlagAction, names: readonly string[]): string {
  if (names.length === 0 && action !== 'replace') return keywords
  const now = keywords === '' ? [] : keywords.split(' ')
  const wanted = new Map(names.map(name => [name.toLowerCase(), name]))
  if (action === 'remove') return now.filter(name => !wanted.has(name.toLowerCase())).join(' ')
  const kept = action === 'add' ? now : now.filter(name => wanted.has(name.toLowerCase()))
  for (const name of kept) wanted.delete(name.toLowerCase())
  return [...kept, ...wanted.values()].slice(0, limits.keywordsPerEntry).join(' ')
}
