// The ids of messages: unpredictable, so that a reply tells nothing of how many came; never the same again.

import type { Random } from '#io/random.ts'
import { messageIdBytes, messageIdsAtOnce } from './limits.ts'

/** A function that gives a new id each time, 16 hexadecimal digits. Takes randomness for many at once: asking for it costs more than all else in a MAIL. */
export function messageIds(random: Random): () => string {
  let pool: Uint8Array = new Uint8Array(0)
  let at = 0
  return () => {
    if (at === pool.length) {
      pool = random.bytes(messageIdBytes * messageIdsAtOnce)
      at = 0
    }
    at += messageIdBytes
    return pool.subarray(at - messageIdBytes, at).toHex()
  }
}
