// Messages read for FETCH and SEARCH, many small ones at once and each large one by itself: bounded memory, few reads of the database.

import { batchBytes, batchMessages } from '#imap/limits.ts'
import type { Selected } from '#imap/selected.ts'
import type { Store } from '#store/store.ts'
import { MessageReader } from './message-reader.ts'

export interface OpenMessage {
  readonly place: number
  /** Undefined if the octets are gone for good. */
  readonly reader: MessageReader | undefined
}

/** The messages at `places`, in that order, in batches. */
export async function* messageBatches(
  store: Store,
  selected: Selected,
  places: Iterable<number>,
): AsyncGenerator<readonly OpenMessage[]> {
  let batch: number[] = []
  let bytes = 0
  for (const place of places) {
    const size = selected.columns.sizes[place] ?? 0
    if (batch.length > 0 && (bytes + size > batchBytes || batch.length >= batchMessages)) {
      yield await openBatch(store, selected, batch)
      batch = []
      bytes = 0
    }
    batch.push(place)
    bytes += size
  }
  if (batch.length > 0) yield await openBatch(store, selected, batch)
}

async function openBatch(store: Store, selected: Selected, places: readonly number[]): Promise<readonly OpenMessage[]> {
  const { accountId } = selected.view
  const messageIds = places.map(place => selected.columns.messageIds[place] ?? 0)
  const inline = await store.messagesInline(accountId, messageIds)
  return await Promise.all(
    places.map(async (place, index) => {
      const message = inline[index] ?? (await store.message(accountId, messageIds[index] ?? 0))
      return { place, reader: message === undefined ? undefined : new MessageReader(message) }
    }),
  )
}
