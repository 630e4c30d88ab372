// What a message's EMAILID and THREADID name (RFC 8474 5.1, 5.2): its own ids, or those that it had in the account that it came from.

import type { Snapshot } from '#store/mailbox-view.ts'
import type { ObjectId } from '#wire/imap/object-id.ts'

type Ids = Pick<Snapshot, 'messageIds' | 'threadIds' | 'origins'>

/** `accountId`: whose the mailbox is. */
export function emailIdAt(columns: Ids, place: number, accountId: number): ObjectId {
  const messageId = columns.messageIds[place] ?? 0
  const origin = columns.origins?.get(messageId)
  return origin === undefined
    ? { accountId, number: messageId }
    : { accountId: origin.accountId, number: origin.messageId }
}

/** All messages of one EMAILID have one THREADID: it comes along. */
export function threadIdAt(columns: Ids, place: number, accountId: number): ObjectId {
  const origin = columns.origins?.get(columns.messageIds[place] ?? 0)
  return origin === undefined
    ? { accountId, number: columns.threadIds[place] ?? 0 }
    : { accountId: origin.accountId, number: origin.threadId }
}
