// The RETR command (RFC 1939 5).

import type { Maildrop } from './maildrop.ts'
import type { MessageSource } from './message-source.ts'
import { messageLost, noSuchMessage, type Reply } from './reply.ts'

/** The whole message. \Seen is for the session's end, where the settings want it (seen.ts). */
export async function retr(maildrop: Maildrop, source: MessageSource, number: number): Promise<Reply> {
  if (!maildrop.has(number)) return noSuchMessage
  const content = await source.read(number)
  if (content === undefined) return messageLost
  maildrop.noteTaken(number)
  const octets = maildrop.sizeOf(number)
  return { kind: 'message', text: texts => texts.octets(octets), content }
}
