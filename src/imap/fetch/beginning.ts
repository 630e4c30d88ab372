// How a response begins: `* 3 FETCH (`, or `* 7 UIDFETCH (` for sessions without sequence numbers (RFC 9586 3.1).

import type { Conversation } from '#imap/conversation.ts'
import type { Selected } from '#imap/selected.ts'

export function beginning({ dialect }: Conversation, selected: Selected): (place: number) => string {
  return dialect.uidOnly ? place => `* ${selected.uidAt(place)} UIDFETCH (` : place => `* ${place + 1} FETCH (`
}
