// The FETCH responses of new messages that nobody asked for by a command (RFC 5465 5.2, 7): one for each message, whoever wants something of it.

import { fetch } from '#imap/commands/fetch.ts'
import type { Conversation } from '#imap/conversation.ts'
import type { Arrived } from '#imap/search/announce.ts'
import { runsOf } from '#imap/search/saved-result.ts'
import type { Selected } from '#imap/selected.ts'
import { indexOfUid } from '#store/mailbox-view.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { newsHasUid } from '#wire/imap/dialect.ts'

export async function fetchArrived(
  conversation: Conversation,
  selected: Selected,
  arrived: readonly Arrived[],
): Promise<void> {
  if (arrived.length === 0) return
  const { arrivals } = selected
  /** Who wants something, by UID. */
  const wishes = new Map<number, number[]>()
  for (const [index, { uids }] of arrived.entries())
    for (const uid of uids) if (!arrivals.isOwn(uid)) wishes.set(uid, [...(wishes.get(uid) ?? []), index])
  const uids = [...wishes.keys()].sort((a, b) => a - b)
  for (const [indexes, alike] of Map.groupBy(uids, uid => String(wishes.get(uid)))) {
    const items = indexes.split(',').flatMap(index => arrived[Number(index)]?.items ?? [])
    await fetchSome(conversation, selected, { uids: alike, items: withoutRepeats(items) })
  }
}

async function fetchSome(conversation: Conversation, selected: Selected, { uids, items }: Arrived): Promise<void> {
  const { dialect } = conversation
  const uid = dialect.uidOnly
  const known = { uids: selected.columns.uids, count: selected.exists }
  const set = runsOf(uid ? uids : uids.map(one => indexOfUid(known, one) + 1))
  const modifiers = { changedSince: undefined, vanished: false, partial: undefined }
  // The client names no items for these alone: they are news as well.
  const all = newsHasUid(dialect) && !uid ? withoutRepeats([{ kind: 'uid' } as const, ...items]) : items
  await fetch(conversation, selected, { tag: '', verb: 'FETCH', uid, set, items: all, ...modifiers })
}

function withoutRepeats(items: readonly FetchItem[]): readonly FetchItem[] {
  return [...new Map(items.map(item => [JSON.stringify(item), item])).values()]
}
