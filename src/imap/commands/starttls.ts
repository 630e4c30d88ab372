// STARTTLS (RFC 9051 6.2.1). The answer must be out before the handshake, so the session only writes it once this says it may. What
// the client, or a third party, has put behind it in the clear goes with the receiver that holds it: none of it is obeyed.

import type { Conversation } from '#imap/conversation.ts'
import { bad, no, ok, type Reply } from '#imap/reply.ts'

/** The session sends an OK and then starts TLS. */
export function startTls({ channel }: Conversation): Reply {
  if (channel.tls !== undefined) return bad('TLS is active already')
  if (!channel.canStartTls) return no('UNAVAILABLE', 'TLS is not set up on this server')
  return ok('Begin the TLS handshake now')
}
