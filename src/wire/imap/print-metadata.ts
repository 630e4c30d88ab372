// METADATA responses (RFC 5464 4.4): with values for who asked, names alone for who watches.

import { latin1 } from '#text/bytes.ts'
import { type Dialect, rev1 } from './dialect.ts'
import { printMailbox } from './mailbox-name.ts'
import { printString } from './print.ts'

/** The entry, and its value; undefined: it has none. */
export type PrintedAnnotation = readonly [entry: string, value: Uint8Array | undefined]

/** `name` is '' for the server. */
export function printMetadata(
  name: string,
  annotations: readonly PrintedAnnotation[],
  dialect: Dialect = rev1,
): string {
  const values = annotations.map(([entry, value]) => `${printEntry(entry)} ${printValue(value)}`)
  return `* METADATA ${printMailbox(name, dialect)} (${values.join(' ')})\r\n`
}

export function printMetadataChange(name: string, entries: readonly string[], dialect: Dialect = rev1): string {
  return `* METADATA ${printMailbox(name, dialect)} ${entries.map(printEntry).join(' ')}\r\n`
}

function printEntry(entry: string): string {
  return /^[!#$&'+,\-./0-9:;<=>?@A-Z[\]^_`a-z|}~]+$/.test(entry) ? entry : printString(entry)
}

function printValue(value: Uint8Array | undefined): string {
  if (value === undefined) return 'NIL'
  const octets = latin1(value)
  // Only a literal8 may hold NUL (RFC 3516 3).
  return octets.includes('\0') ? `~{${octets.length}}\r\n${octets}` : printString(octets)
}
