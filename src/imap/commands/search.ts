// SEARCH and UID SEARCH (RFC 3501 6.4.4, 6.4.8): a scan with the RFC's substring semantics.

import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { messageBatches } from '#imap/fetch/message-batches.ts'
import { placesPerBreath } from '#imap/limits.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { columnTest } from '#imap/search/column-test.ts'
import { messageTest } from '#imap/search/message-test.ts'
import { SearchedMessage } from '#imap/search/searched-message.ts'
import type { Selected } from '#imap/selected.ts'
import type { SearchKey } from '#wire/imap/command.ts'
import { printSearch } from '#wire/imap/print-lines.ts'

export async function search(
  conversation: Conversation,
  selected: Selected,
  { uid, key }: CommandOf<'SEARCH'>,
): Promise<Reply> {
  if (uid) await selected.announceNew(conversation.output)
  const places = await find(conversation, selected, key)
  conversation.output.text(printSearch(places.map(place => (uid ? selected.uidAt(place) : place + 1))))
  return ok('Done')
}

/** The places of the messages that match, ascending. */
async function find(conversation: Conversation, selected: Selected, key: SearchKey): Promise<readonly number[]> {
  const test = columnTest(key, selected)
  const found: number[] = []
  const open: number[] = []
  for (let place = 0; place < selected.exists; place += 1) {
    const verdict = test(place)
    if (verdict === 'yes') found.push(place)
    else if (verdict === 'ask') open.push(place)
    if (place % placesPerBreath === 0) await conversation.breathe()
  }
  if (open.length === 0) return found
  for await (const place of readAndFind(conversation, selected, key, open)) found.push(place)
  return found.sort((a, b) => a - b)
}

async function* readAndFind(
  conversation: Conversation,
  selected: Selected,
  key: SearchKey,
  places: readonly number[],
): AsyncGenerator<number> {
  const test = messageTest(key, selected)
  const breathe = async () => await conversation.breathe()
  for await (const batch of messageBatches(conversation.needs.store, selected, places)) {
    for (const { place, reader } of batch)
      if (reader !== undefined && (await test(place, new SearchedMessage(reader, breathe)))) yield place
    await breathe()
  }
}
