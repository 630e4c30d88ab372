// QUOTA and QUOTAROOT responses (RFC 9208 4.2).

import { fromUtf8, latin1 } from '#text/bytes.ts'
import { type Dialect, rev1 } from './dialect.ts'
import { printMailbox } from './mailbox-name.ts'
import { printString, printUtf8String } from './print.ts'

export interface QuotaResource {
  /** STORAGE counts in units of 1,024 octets. */
  readonly name: 'STORAGE' | 'MESSAGE'
  readonly used: number
  readonly limit: number
}

/** `resources`: those that have a limit. */
export function printQuota(root: string, resources: readonly QuotaResource[], dialect: Dialect = rev1): string {
  const printed = resources.map(({ name, used, limit }) => `${name} ${used} ${limit}`)
  return `* QUOTA ${printRoot(root, dialect)} (${printed.join(' ')})\r\n`
}

export function printQuotaRoot(mailbox: string, roots: readonly string[], dialect: Dialect = rev1): string {
  const printed = roots.map(root => printRoot(root, dialect))
  return `* QUOTAROOT ${[printMailbox(mailbox, dialect), ...printed].join(' ')}\r\n`
}

/** An address may be outside ASCII: a client without UTF-8 reads its octets in a literal, and sends them back so (RFC 9208 7). */
function printRoot(root: string, { utf8 }: Dialect): string {
  return utf8 ? printUtf8String(root) : printString(latin1(fromUtf8(root)))
}
