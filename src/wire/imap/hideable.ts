// Capabilities that may be hidden from a client: all that are told after the login but IMAP4rev1 itself, which is the protocol.

import { capabilityRules } from './capabilities.ts'

/** By its name in any case: whole (`COMPRESS=DEFLATE`), or what stands before its `=` (`COMPRESS`, `THREAD`). */
export function canBeHidden(name: string): boolean {
  const wanted = name.toUpperCase()
  if (wanted === 'IMAP4REV1') return false
  return capabilityRules.some(rule => {
    const upper = rule.name.toUpperCase()
    return rule.toldIn.includes('authenticated') && (upper === wanted || upper.startsWith(`${wanted}=`))
  })
}
