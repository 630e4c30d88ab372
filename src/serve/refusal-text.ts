// Why a connection is refused, in the words its user reads after the protocol's own code.

import type { ConnectionRefusal } from '#throttle/connections.ts'

export function refusalText(refusal: ConnectionRefusal): string {
  switch (refusal.kind) {
    case 'too-many-in-all':
      return 'This server has as many connections as it can hold; please try again in a few minutes'
    case 'too-many-from-address':
      return `Too many connections from your address (at most ${refusal.limit} at once); close some and try again`
    case 'too-fast':
      return `Connections from your network come too fast (at most ${refusal.limitPerMinute} a minute); try again in ${seconds(refusal.retryAfterMs)}`
  }
}

function seconds(ms: number): string {
  const count = Math.ceil(ms / 1000)
  return count === 1 ? '1 second' : `${count} seconds`
}
