// The RETR command (RFC 1939 5).

import type { Maildrop } from './maildrop.ts'
import type { MessageSource } from './message-source.ts'
import { messageLost, noSuchMessage, type Reply } from './reply.ts'

/** The whole message. Leaves \Seen alone: that belongs to IMAP. */
export async function retr(maildrop: Maildrop, source: MessageSource, number: number): Promise<Reply> {
  if (!maildrop.has(number)) return noSuchMessage
  const content = await source.read(number)
  if (content === undefined) return messageLost
  return { kind: 'message', text: `${maildrop.sizeOf(number)} octets`, content }
}
