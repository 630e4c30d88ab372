// The fields that a message loses on its way in.

import { skipComments, takeQuoted } from '#mail/comment.ts'
import type { Unwanted } from '#mail/header-filter.ts'
import { Cursor, characterSet } from '#text/cursor.ts'

/**
 * Of mail from servers: Return-Path, which the last delivery writes (RFC 5321 4.4), and Authentication-Results that claim to be ours
 * (RFC 8601 5), which readers would believe.
 */
export function unwantedOfServers(hostname: string): Unwanted {
  return (name, value) => name === 'return-path' || (name === 'authentication-results' && isFrom(hostname, value()))
}

/** Of mail from our users' programs: the hidden recipients too (RFC 5322 3.6.3). */
export function unwantedOfUsers(hostname: string): Unwanted {
  const isUnwanted = unwantedOfServers(hostname)
  return (name, value) => name === 'bcc' || name === 'resent-bcc' || isUnwanted(name, value)
}

const idEnd = characterSet(' \t\r\n;("')
const idText = idEnd.map(member => 1 - member)

/** Whether an Authentication-Results names `hostname` as its author: `(comment) id version; ...` (RFC 8601 2.2). */
function isFrom(hostname: string, value: string): boolean {
  const cursor = new Cursor(value)
  skipComments(cursor)
  const id = cursor.peek === '"' ? takeQuoted(cursor) : cursor.takeWhile(idText)
  // None before the end of what is looked at: nobody honest hides it so.
  return id === '' || id.replace(/\.$/, '').toLowerCase() === hostname.toLowerCase()
}
