// What a client reads in place of the greeting when the accept limits have no room for it (RFC 5321 3.8).

import type { ConnectionRefusal } from '#throttle/connections.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import { printReply } from '#wire/smtp/reply.ts'

export function refusedConnection(refusal: ConnectionRefusal, hostname: string): string {
  return printReply(refusalOf(refusal, hostname).reply)
}

function refusalOf(refusal: ConnectionRefusal, hostname: string): Refusal {
  switch (refusal.kind) {
    case 'too-many-in-all':
      return refuse('too-many-connections', { limit: refusal.limit, hostname })
    case 'too-many-from-address':
      return refuse('too-many-from-address', { limit: refusal.limit, hostname })
    case 'too-fast': {
      const seconds = Math.ceil(refusal.retryAfterMs / 1000)
      return refuse('connections-too-fast', { limit: refusal.limitPerMinute, seconds, hostname })
    }
  }
}
