// The RSET command (RFC 1939 5).

import { ok } from '#wire/pop3/print.ts'
import type { Maildrop } from './maildrop.ts'
import { countText, type Reply } from './reply.ts'

/** Takes every mark away. */
export function rset(maildrop: Maildrop): Reply {
  maildrop.unmarkAll()
  return ok(countText(maildrop))
}
