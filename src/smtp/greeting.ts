// The reply that a session begins with (RFC 5321 4.3.1).

import type { Reply } from '#wire/smtp/reply.ts'
import type { SmtpNeeds } from './needs.ts'

export function greeting({ hostname, kind }: SmtpNeeds): Reply {
  return { code: 220, text: `${hostname} ${kind === 'lmtp' ? 'LMTP' : 'ESMTP'} Posthouse` }
}
