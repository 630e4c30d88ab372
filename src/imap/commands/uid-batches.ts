// UIDBATCHES (RFC 10022): ranges of UIDs with so many messages each, from the newest on. Together they are the whole mailbox down to UID 1.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { uidBatchMin } from '#imap/limits.ts'
import { limitOf, tooManyMessages } from '#imap/message-limit.ts'
import { no, ok, type Reply } from '#imap/reply.ts'
import type { Selected } from '#imap/selected.ts'
import { printUidBatches } from '#wire/imap/print-search.ts'

export async function uidBatches(
  conversation: Conversation,
  selected: Selected,
  { tag, size, batches }: CommandOf<'UIDBATCHES'>,
): Promise<Reply> {
  const { output } = conversation
  if (size < uidBatchMin) return no('TOOFEW', `A batch has ${uidBatchMin} messages at least`)
  // A batch is for one command.
  if (size > limitOf(conversation)) return tooManyMessages(limitOf(conversation))
  await selected.announceNew(output)
  const all = batchesOf(selected, size)
  const some = batches === undefined ? all : all.slice(batches.first - 1, batches.last)
  output.text(printUidBatches(tag, some))
  return ok('Done')
}

function batchesOf(selected: Selected, size: number): readonly { readonly high: number; readonly low: number }[] {
  const batches: { high: number; low: number }[] = []
  for (let last = selected.exists - 1; last >= 0; last -= size) {
    // A batch reaches down to the UID above the next one's highest: no UID is between two.
    const next = last - size
    batches.push({ high: selected.uidAt(last), low: next < 0 ? 1 : selected.uidAt(next) + 1 })
  }
  return batches
}
