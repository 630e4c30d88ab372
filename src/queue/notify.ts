// Which outcomes a sender wants to hear of (RFC 3461 4.1, 5.2).

import type { RecipientParameters } from '#wire/smtp/parameters.ts'

/** Without NOTIFY: failures and delays. NEVER stands alone, and names none of these. */
export function wantsToHear({ notify }: RecipientParameters, of: 'SUCCESS' | 'DELAY' | 'FAILURE'): boolean {
  return notify === undefined ? of !== 'SUCCESS' : notify.includes(of)
}
