// When a message was sent, as SORT and THREAD take it (RFC 5256 2.2): its Date in UTC, or when it came in; to the second, as both are told.

import { parseMailDate } from '#text/date.ts'
import { firstValue, type Header } from './header.ts'

/** Milliseconds since 1970. */
export function sentMs(header: Header, internalMs: number): number {
  const value = firstValue(header, 'date')
  return (value === undefined ? undefined : parseMailDate(value)?.ms) ?? Math.floor(internalMs / 1000) * 1000
}
