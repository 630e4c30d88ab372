// The DELE command (RFC 1939 5).

import { ok } from '#wire/pop3/print.ts'
import type { Maildrop } from './maildrop.ts'
import { noSuchMessage, type Reply } from './reply.ts'

/** Marks; nothing is gone before QUIT. */
export function dele(maildrop: Maildrop, number: number): Reply {
  if (!maildrop.has(number)) return noSuchMessage
  maildrop.mark(number)
  return ok(texts => texts.marked(number))
}
