// Why nothing is sent to a recipient, in words: the `{reason}` of the refusal `recipient-suppressed`.

import type { Suppression } from './suppression.ts'

/** One line without a full stop: `its server said on 2026-11-20: 550 5.1.1 no such user`. */
export function because({ reason, detail, addedAt }: Suppression): string {
  const day = new Date(addedAt).toISOString().slice(0, 10)
  const said = detail.replace(/[^\x20-\x7e]/g, '?').replace(/[. ]+$/, '')
  switch (reason) {
    case 'unknown':
      return said === '' ? `its server refused it for good on ${day}` : `its server said on ${day}: ${said}`
    case 'complaint':
      return `the recipient reported a message from here as spam on ${day}`
    case 'manual':
      return said === '' ? `it was put on the list on ${day}` : `it was put on the list on ${day}: ${said}`
  }
}
