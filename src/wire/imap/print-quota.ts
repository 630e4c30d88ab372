// QUOTA and QUOTAROOT responses (RFC 9208 4.2).

import { type Dialect, rev1 } from './dialect.ts'
import { printMailbox } from './mailbox-name.ts'
import { printString } from './print.ts'

export interface QuotaResource {
  /** STORAGE counts in units of 1,024 octets. */
  readonly name: 'STORAGE' | 'MESSAGE'
  readonly used: number
  readonly limit: number
}

/** `resources`: those that have a limit. */
export function printQuota(root: string, resources: readonly QuotaResource[]): string {
  const printed = resources.map(({ name, used, limit }) => `${name} ${used} ${limit}`)
  return `* QUOTA ${printString(root)} (${printed.join(' ')})\r\n`
}

export function printQuotaRoot(mailbox: string, roots: readonly string[], dialect: Dialect = rev1): string {
  return `* QUOTAROOT ${[printMailbox(mailbox, dialect), ...roots.map(printString)].join(' ')}\r\n`
}
