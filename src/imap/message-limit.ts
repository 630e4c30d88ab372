// How many messages one command may work on (RFC 9738). With MESSAGELIMIT a command that can stop halfway takes the newest messages and says
// how far it came; one that is all or nothing (COPY, APPEND), or that needs all of them at once (SORT, THREAD), is refused. SAVELIMIT is for COPY and APPEND alone.

import { appendMessagesMax } from '#wire/imap/limits.ts'
import { printStatusResponse } from '#wire/imap/print-lines.ts'
import type { Conversation } from './conversation.ts'
import { placesIn, type Range, rangesSize } from './message-ranges.ts'
import { no, type Reply } from './reply.ts'

/** Messages of one FETCH, STORE, SEARCH, SORT, THREAD, MOVE or UID EXPUNGE. */
export function limitOf({ needs }: Pick<Conversation, 'needs'>): number {
  return needs.messageLimit?.kind === 'MESSAGELIMIT' ? needs.messageLimit.messages : Number.POSITIVE_INFINITY
}

/** Messages of one COPY or APPEND. */
export function savingLimitOf({ needs }: Pick<Conversation, 'needs'>): number {
  return needs.messageLimit?.messages ?? Number.POSITIVE_INFINITY
}

/** The last `most` of the places: those of the highest UIDs. */
export function newestOf(ranges: readonly Range[], most: number): readonly Range[] {
  const newest: Range[] = []
  let left = most
  for (const { first, last } of ranges.toReversed()) {
    if (left <= 0) break
    const start = Math.max(first, last - left + 1)
    newest.push({ first: start, last })
    left -= last - start + 1
  }
  return newest.reverse()
}

/** Each place by itself, the last one first: so a command goes that does not come to the end (RFC 9738 3.1). */
export function backwards(ranges: readonly Range[]): readonly Range[] {
  return Array.from(placesIn(ranges), place => ({ first: place, last: place })).reverse()
}

export function exceeds(ranges: readonly Range[], limit: number): boolean {
  return limit !== Number.POSITIVE_INFINITY && rangesSize(ranges) > limit
}

/** `reply` to a command that worked on the newest messages alone, down to `lowestUid`. */
export function cutShort(conversation: Conversation, reply: Reply, lowestUid: number): Reply {
  const code = { code: 'MESSAGELIMIT', number: limitOf(conversation), lowestUid } as const
  const text = 'Only the newest of these messages were looked at'
  // RFC 7162 3.2.9 wants HIGHESTMODSEQ in the answer itself.
  const tellsModseq = reply.tellsModseq === true && conversation.dialect.qresync
  if (reply.status === 'OK' && reply.code === undefined && !tellsModseq) return { ...reply, code, text }
  // RFC 9738 3.1: beside another code it stands in a response of its own.
  if (reply.status !== 'BAD') conversation.output.text(printStatusResponse({ tag: '*', status: 'NO', code, text }))
  return reply
}

/** The "no" to a command that does nothing rather than a part. `lowestUid`: as far as the newest messages that would do go. */
export function tooManyMessages(limit: number, lowestUid?: number): Reply {
  const text = `No more than ${limit} messages at once`
  return { status: 'NO', code: { code: 'MESSAGELIMIT', number: limit, lowestUid }, text }
}

/** The "no" to an APPEND of so many; undefined: it may go on. */
export function appendRefusal(conversation: Conversation, messages: number): Reply | undefined {
  const limit = savingLimitOf(conversation)
  if (messages > limit) return tooManyMessages(limit)
  // Ours, which no capability tells.
  return messages > appendMessagesMax ? no('LIMIT', `No more than ${appendMessagesMax} messages at once`) : undefined
}
