// The STAT command (RFC 1939 5).

import { ok } from '#wire/pop3/print.ts'
import type { Maildrop } from './maildrop.ts'
import type { Reply } from './reply.ts'

/** How many and how large, without those marked. Nothing after the two numbers, clients read them strictly. */
export function stat(maildrop: Maildrop): Reply {
  return ok(`${maildrop.messages} ${maildrop.octets}`)
}
