// Whether there is room for what is appended, found before it is sent.

import type { Conversation } from './conversation.ts'
import { messageBytes } from './limits.ts'
import { no, type Reply, refused } from './reply.ts'

export interface Room {
  /** Whose mailbox it goes to. */
  readonly accountId: number
  /** Octets of the same account that a REPLACE sets free. */
  readonly givenUp: number
}

/** Why `sizeBytes` more of the message under way can't be taken. */
export async function noRoomFor(
  { needs, uploads }: Conversation,
  { accountId, givenUp }: Room,
  sizeBytes: number,
): Promise<Reply | undefined> {
  const { store, maxMessageBytes = messageBytes } = needs
  if (uploads.sizeBytes + sizeBytes > maxMessageBytes)
    return no('TOOBIG', `No message may be larger than ${maxMessageBytes} octets`)
  const { usedBytes, limitBytes } = await store.quota(accountId)
  if (limitBytes === undefined || usedBytes + uploads.totalBytes + sizeBytes - givenUp <= limitBytes) return undefined
  return refused({ kind: 'over-quota' })
}
