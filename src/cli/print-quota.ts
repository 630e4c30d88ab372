// A quota in one line.

import { printSize } from '#config/units.ts'
import type { QuotaInfo } from '#control/administration.ts'
import { counted } from './print.ts'

export function printQuota({ address, usedBytes, limitBytes, messages, limitMessages }: QuotaInfo): string {
  const count =
    limitMessages === null ? counted(messages, 'message') : `${messages} of ${counted(limitMessages, 'message')}`
  const limit = limitBytes === null ? 'no limit' : `of ${printSize(limitBytes)}`
  return `${address}  ${count}  ${printSize(usedBytes)}  ${limit}`
}
