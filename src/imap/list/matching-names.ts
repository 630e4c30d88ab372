// Names held against patterns, with turns for other sessions: long patterns and thousands of long names are seconds of work.

import type { Conversation } from '#imap/conversation.ts'
import { namePatternChars, namePatternsChars } from '#imap/limits.ts'
import { namePattern } from '#imap/name-pattern.ts'
import { delimiter } from '#store/mailbox.ts'

/** The pattern that a reference and a pattern make together, with one delimiter between them (RFC 2683 3.4.9). */
export function wholePattern(reference: string, pattern: string): string {
  const doubled = reference.endsWith(delimiter) && pattern.startsWith(delimiter)
  return doubled ? reference + pattern.slice(delimiter.length) : reference + pattern
}

/** Those of `names` that match one of the patterns. INBOX has no case (RFC 3501 5.1). Patterns that are too much are passed over. */
export async function matchingNames(
  conversation: Conversation,
  names: Iterable<string>,
  patterns: readonly string[],
): Promise<ReadonlySet<string>> {
  const matching = new Set<string>()
  if (patterns.length === 0) return matching
  const plain = new Set(patterns.filter(isPlain))
  const asksInbox = [...plain].some(isInbox)
  const wild = within(patterns.filter(pattern => !isPlain(pattern)))
  const tests = wild.map(namePattern)
  const inboxTests = wild.map(pattern => namePattern(pattern.toUpperCase()))
  for (const name of names) {
    const isOne = name === 'INBOX' ? asksInbox : plain.has(name)
    if (isOne || (name === 'INBOX' ? inboxTests : tests).some(matches => matches(name))) matching.add(name)
    await conversation.breathe()
  }
  return matching
}

/** A name asked for as it is costs nothing. */
function isPlain(pattern: string): boolean {
  return !/[*%]/.test(pattern)
}

function isInbox(name: string): boolean {
  return name.toUpperCase() === 'INBOX'
}

/** RFC 9051 6.3.9: a pattern that a server does not take is no error. No name is as long as the first limit. */
export function within(patterns: readonly string[]): readonly string[] {
  let chars = 0
  return patterns.filter(({ length }) => {
    if (length > namePatternChars || chars + length > namePatternsChars) return false
    chars += length
    return true
  })
}
