// Names held against patterns, with turns for other sessions: a long pattern and thousands of long names are seconds of work.

import type { Conversation } from '#imap/conversation.ts'
import { namePattern } from '#imap/name-pattern.ts'

/** Those of `names` that match one of the patterns. INBOX has no case (RFC 3501 5.1). */
export async function matchingNames(
  conversation: Conversation,
  names: Iterable<string>,
  patterns: readonly string[],
): Promise<ReadonlySet<string>> {
  const tests = patterns.map(namePattern)
  const inboxTests = patterns.map(pattern => namePattern(pattern.toUpperCase()))
  const matching = new Set<string>()
  if (patterns.length === 0) return matching
  for (const name of names) {
    if ((name === 'INBOX' ? inboxTests : tests).some(matches => matches(name))) matching.add(name)
    await conversation.breathe()
  }
  return matching
}
