// THREAD and UID THREAD (RFC 5256 3): REFERENCES and ORDEREDSUBJECT.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { prepare } from '#imap/search/answer.ts'
import { find } from '#imap/search/find.ts'
import { inTurns } from '#imap/search/in-turns.ts'
import { tooManyToSearch } from '#imap/search/searched-ranges.ts'
import { printedThreads, threadedMessages } from '#imap/search/threads.ts'
import type { Selected } from '#imap/selected.ts'
import { threadByReferences } from '#mail/thread-by-references.ts'
import { threadBySubject } from '#mail/thread-subjects.ts'
import { printThread } from '#wire/imap/print-search.ts'

export async function thread(
  conversation: Conversation,
  selected: Selected,
  { tag, uid, key, algorithm }: CommandOf<'THREAD'>,
): Promise<Reply> {
  const refusal = prepare(conversation, selected, { tag, key, returns: undefined })
  if (refusal !== undefined) return refusal
  if (uid) await selected.announceNew(conversation.output)
  const tooMany = tooManyToSearch(conversation, selected, key)
  if (tooMany !== undefined) return tooMany
  const { places } = await find(conversation, selected, key)
  const messages = await threadedMessages(conversation, selected, places)
  const steps = algorithm === 'REFERENCES' ? threadByReferences(messages) : threadBySubject(messages)
  const threads = await inTurns(conversation, steps)
  const number = uid ? (place: number) => selected.uidAt(place) : (place: number) => place + 1
  conversation.output.text(printThread(printedThreads(threads, number)))
  return ok('Done')
}
