// COMPRESS (RFC 4978). The answer must be out uncompressed, so the session only starts to compress once this says it may.
// Compression by TLS itself, which it must not meet, is in no TLS library any more.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { bad, no, ok, type Reply } from '#imap/reply.ts'

/** The session sends an OK and then compresses. */
export function compress({ isCompressed, input }: Conversation, { mechanism }: CommandOf<'COMPRESS'>): Reply {
  if (mechanism !== 'DEFLATE') return bad('Only DEFLATE is known here')
  if (isCompressed) return no('COMPRESSIONACTIVE', 'Everything is compressed already')
  // What stands behind it is not compressed, and would be taken for what is.
  if (input.receiver.buffered > 0) return bad('Nothing may follow COMPRESS before its answer')
  return ok('From here on compressed')
}
