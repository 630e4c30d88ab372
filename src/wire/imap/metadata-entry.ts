// Names of annotations (RFC 5464 3.2): a path that begins with /private or /shared, without regard to case.

import type { Cursor } from '#text/cursor.ts'
import { astring, parenthesized } from './grammar.ts'
import { metadataEntriesMax, metadataNameLengthMax } from './limits.ts'

/** One name, in lower case. Throws ParseError for what can be none. */
export function entryName(cursor: Cursor): string {
  const start = cursor.at
  const name = astring(cursor, 'the name of an annotation').toLowerCase()
  const problem = problemOf(name)
  if (problem === undefined) return name
  cursor.at = start
  return cursor.fail(problem)
}

/** As `entryName`, but of an annotation itself: `/private` and `/shared/vendor/x` are only what GETMETADATA may look below. */
export function wholeEntryName(cursor: Cursor): string {
  const start = cursor.at
  const name = entryName(cursor)
  const levels = name.split('/').length - 1
  // RFC 5464 3.2.1: behind `vendor` stand whose it is, and its name.
  if (levels >= (/^\/[^/]+\/vendor(?:\/|$)/.test(name) ? 4 : 2)) return name
  cursor.at = start
  return cursor.fail('an annotation has a name below /private or /shared, or below /vendor/NAME there')
}

/** `(name name ...)`, each once. */
export function entryNames(cursor: Cursor): readonly string[] {
  const options = { max: metadataEntriesMax, mayBeEmpty: false, what: 'annotations' }
  return [...new Set(parenthesized(cursor, options, entryName))]
}

function problemOf(name: string): string | undefined {
  if (name.length > metadataNameLengthMax) return 'the name of the annotation is too long'
  // RFC 5464 says 0x00 to 0x19; the rest of the control characters would be no better in a name.
  if (/[^\x20-\x7e]|[*%]/.test(name)) return 'the name of an annotation has a character that none may have'
  if (!/^\/(?:private|shared)(?:\/[^/]+)*$/.test(name))
    return 'the name of an annotation begins with /private or /shared, and no part of it is empty'
  return undefined
}
