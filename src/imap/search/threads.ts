// Between THREAD and the threading of mail/: what it needs to know of each message, and its nodes as they are printed.

import type { Conversation } from '#imap/conversation.ts'
import { messageBatches } from '#imap/fetch/message-batches.ts'
import type { MessageReader } from '#imap/fetch/message-reader.ts'
import { threadedIdChars, threadedIdCharsEach } from '#imap/limits.ts'
import type { Selected } from '#imap/selected.ts'
import { firstValue } from '#mail/header.ts'
import { sentMs } from '#mail/sent-date.ts'
import { everyNode, type ThreadedMessage, type ThreadNode } from '#mail/thread.ts'
import { readSubject, threadIds } from '#mail/thread-keys.ts'
import { casemap } from '#text/casemap.ts'
import { decodeEncodedWords } from '#text/encoded-word.ts'
import type { PrintedThread } from '#wire/imap/print-search.ts'

/** In the order of `places`. */
export async function threadedMessages(
  conversation: Conversation,
  selected: Selected,
  places: readonly number[],
): Promise<readonly ThreadedMessage[]> {
  const messages: ThreadedMessage[] = []
  let left = threadedIdChars
  for await (const batch of messageBatches(conversation.needs.store, selected, places)) {
    for (const { place, reader } of batch) {
      const message = await threadedMessage(selected, place, reader)
      left -= message.references.reduce((sum, id) => sum + id.length, 0)
      messages.push(left > 0 ? message : shortened(message))
      await conversation.breathe()
    }
    conversation.progress(messages.length, places.length)
  }
  return messages
}

async function threadedMessage(
  { columns }: Selected,
  place: number,
  reader: MessageReader | undefined,
): Promise<ThreadedMessage> {
  const header = reader === undefined ? { fields: [], end: 0 } : (await reader.head()).header
  const { base, isReply } = readSubject(decodeEncodedWords(firstValue(header, 'subject') ?? ''))
  return {
    place,
    sentMs: sentMs(header, columns.dates[place] ?? 0),
    ...threadIds(header),
    baseSubject: casemap(base),
    isReply,
  }
}

/** With what decides its parent alone, cut off from the header that it stands in. */
function shortened(message: ThreadedMessage): ThreadedMessage {
  const own = (id: string) => Buffer.from(id.slice(-threadedIdCharsEach)).toString()
  const { messageId } = message
  return {
    ...message,
    messageId: messageId === undefined ? undefined : own(messageId),
    references: message.references.slice(-2).map(own),
  }
}

/** Nodes with the numbers that the client knows. */
export function printedThreads(
  threads: readonly ThreadNode[],
  number: (place: number) => number,
): readonly PrintedThread[] {
  const printed = new Map<ThreadNode, PrintedThread>()
  // The deepest first, without recursion.
  for (const node of [...everyNode(threads)].reverse()) {
    const { message, children } = node
    printed.set(node, {
      number: message === undefined ? undefined : number(message.place),
      children: children.flatMap(child => printed.get(child) ?? []),
    })
  }
  return threads.flatMap(thread => printed.get(thread) ?? [])
}
