// A quota in one line.

import { printSize } from '#config/units.ts'
import type { QuotaInfo } from '#control/administration.ts'
import { counted } from './print.ts'

export function printQuota({ address, usedBytes, limitBytes, messages }: QuotaInfo): string {
  const limit = limitBytes === null ? 'no limit' : `of ${printSize(limitBytes)}`
  return `${address}  ${counted(messages, 'message')}  ${printSize(usedBytes)}  ${limit}`
}
