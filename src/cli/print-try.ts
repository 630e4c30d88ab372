// A try over one connection, as the eye reads it: when, where, how long, and what both said.

import type { TryInfo } from '#control/queue-administration.ts'
import { printable } from './table.ts'

/** `title`: what stands before it, as in `try 1`. */
export function tryLines(title: string, one: TryInfo): readonly string[] {
  const { at, tookMs, host, address, tls, transcript } = one
  const where = address === null ? host : `${host} (${address})`
  const facts = [`${printSecond(at)}: ${where}`, `${tookMs} ms`, tls ?? (address === null ? 'no connection' : 'no TLS')]
  return [
    printable(`${title}, ${facts.join(', ')}`),
    ...transcript
      .split('\n')
      .filter(line => line !== '')
      .map(line => `  ${printable(line)}`),
  ]
}

/** Milliseconds since 1970 as a second, UTC: `2026-11-23 06:55:12Z`. */
function printSecond(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')}Z`
}
