// NOOP and CHECK (RFC 3501 6.1.2, 6.4.1): what happened meanwhile is announced after every command, these included.

import { ok, type Reply } from '#imap/reply.ts'

export function noop(): Reply {
  return ok('Done')
}
