// What the log says of a refusal: its name in the table, and the very words that the peer reads.

import type { Refusal } from '#wire/smtp/refusals.ts'
import { inOneLine } from '#wire/smtp/reply.ts'

export function refusalFields({ reason, reply }: Refusal): { readonly reason: string; readonly reply: string } {
  return { reason, reply: inOneLine(reply) }
}
