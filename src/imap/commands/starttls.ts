// STARTTLS (RFC 3501 6.2.1). The answer must be out before the handshake, so the session only writes it once this says it may.

import type { Conversation } from '#imap/conversation.ts'
import { bad, no, ok, type Reply } from '#imap/reply.ts'

/** The session sends an OK and then starts TLS. */
export function startTls({ channel, input }: Conversation): Reply {
  if (channel.tls !== undefined) return bad('TLS is active already')
  if (!channel.canStartTls) return no('UNAVAILABLE', 'TLS is not set up on this server')
  // What stands behind STARTTLS came in the clear, maybe from a third party: it must never be taken for the client's words.
  if (input.receiver.buffered > 0) return bad('Nothing may follow STARTTLS before the handshake')
  return ok('Begin the TLS handshake now')
}
