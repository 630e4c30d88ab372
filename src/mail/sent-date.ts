// When a message was sent, as SORT and THREAD take it (RFC 5256 2.2): its Date in UTC, or when it came in.

import { parseMailDate } from '#text/date.ts'
import { firstValue, type Header } from './header.ts'

/** Milliseconds since 1970. */
export function sentMs(header: Header, internalMs: number): number {
  const value = firstValue(header, 'date')
  return (value === undefined ? undefined : parseMailDate(value)?.ms) ?? internalMs
}
