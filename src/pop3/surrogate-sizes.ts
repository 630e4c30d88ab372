// How large the surrogates in a maildrop are. Delivery looks at no header: it says of a message only that there are octets over 127 in it, and the first
// login that wants to know looks where. What it finds is kept, for messages never change.

import { surrogateOf } from '#mail/surrogate.ts'
import type { Store } from '#store/store.ts'
import { notLookedAt } from '#store/surrogates.ts'
import { lookedAtAtOnce, lookedAtPerWrite } from './limits.ts'
import type { Shown } from './shown.ts'
import { sentOctets, surrogateOctets } from './surrogate-pieces.ts'

/** Octets as they are sent, by message id, of those messages in whose place a surrogate is. */
export async function surrogateSizes(
  store: Store,
  accountId: number,
  shown: Shown,
): Promise<ReadonlyMap<number, number>> {
  const known = await store.surrogates(accountId, shown.messageIds.subarray(0, shown.count))
  if (known.size === 0) return known
  const sizes = new Map<number, number>()
  const unknown = new Set<number>()
  for (const messageId of shown.messageIds.subarray(0, shown.count)) {
    const octets = known.get(messageId)
    if (octets === notLookedAt) unknown.add(messageId)
    else if (octets !== undefined) sizes.set(messageId, octets)
  }
  for await (const found of look(store, accountId, [...unknown])) {
    // Kept to spare the next login the looking. On a full disk mail can still be read.
    await store.setSurrogates(accountId, found).catch(() => {})
    for (const [messageId, octets] of found) if (octets !== undefined) sizes.set(messageId, octets)
  }
  return sizes
}

type Sizes = Map<number, number | undefined>

/** As much at once as one write takes. */
async function* look(store: Store, accountId: number, messageIds: readonly number[]): AsyncGenerator<Sizes> {
  for (let at = 0; at < messageIds.length; at += lookedAtPerWrite) {
    const found: Sizes = new Map()
    const end = Math.min(at + lookedAtPerWrite, messageIds.length)
    for (let next = at; next < end; next += lookedAtAtOnce) {
      await lookAt(
        store,
        { accountId, messageIds: messageIds.slice(next, Math.min(next + lookedAtAtOnce, end)) },
        found,
      )
    }
    yield found
  }
}

interface Looked {
  readonly accountId: number
  readonly messageIds: readonly number[]
}

/** Messages whose octets are gone for good are left out. */
async function lookAt(store: Store, { accountId, messageIds }: Looked, found: Sizes): Promise<void> {
  const small = await store.messagesInline(accountId, messageIds)
  for (const [index, messageId] of messageIds.entries()) {
    const bytes = small[index]
    if (bytes !== undefined) {
      const surrogate = surrogateOf(bytes)
      found.set(messageId, surrogate && sentOctets(surrogate))
      continue
    }
    const message = await store.message(accountId, messageId)
    if (message !== undefined) found.set(messageId, await surrogateOctets(message))
  }
}
