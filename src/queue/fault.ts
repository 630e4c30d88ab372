// A fault of ours as an outcome: nothing was wrong with the message, so it is tried again, until time is up.

import type { RefusedOutcome } from '#mail/outcome.ts'

export function fault(messageId: string): RefusedOutcome {
  return {
    kind: 'deferred',
    status: '4.3.0',
    reply: `a fault in this server, which its operator finds in the log under ${messageId}`,
    class: 'ours',
    by: undefined,
    notBefore: undefined,
  }
}
