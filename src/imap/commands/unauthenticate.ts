// UNAUTHENTICATE (RFC 8437): the connection is as before the login, but for TLS and what ID said. Nothing is expunged. Compression ends
// behind the answer, by the session.

import type { Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'

export function unauthenticate(conversation: Conversation): Reply {
  conversation.log.info('imap.unauthenticate', { account: conversation.account?.address })
  conversation.logOut()
  return ok('Nobody is logged in any more', { code: 'CAPABILITY', names: conversation.capabilities() })
}
