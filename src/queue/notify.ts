// Which outcomes a sender wants to hear of (RFC 3461 4.1, 5.2).

import type { RecipientParameters } from '#wire/smtp/parameters.ts'

/** Without NOTIFY: failures and delays. NEVER stands alone, and names none of these. */
export function wantsToHear({ notify }: RecipientParameters, of: 'SUCCESS' | 'DELAY' | 'FAILURE'): boolean {
  return notify === undefined ? of !== 'SUCCESS' : notify.includes(of)
}

/** What the others ask of which one recipient has become several: of deliveries one is told, of what fails all (RFC 3461 5.2.7.3). */
export function withoutSuccess(parameters: RecipientParameters): RecipientParameters {
  const { notify } = parameters
  if (notify?.includes('SUCCESS') !== true) return parameters
  const left = notify.filter(one => one !== 'SUCCESS')
  return { ...parameters, notify: left.length === 0 ? ['NEVER'] : left }
}
