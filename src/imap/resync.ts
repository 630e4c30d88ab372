// What a client that comes back is told of the time it was away (RFC 7162 3.2.5, 3.2.6): which of its messages are gone, which have other flags.

import { indexOfUid } from '#store/mailbox-view.ts'
import type { Store, UidRange } from '#store/store.ts'
import type { KnownState, SequenceSet } from '#wire/imap/command.ts'
import { printVanished } from '#wire/imap/print-lines.ts'
import { printUidSet } from '#wire/imap/sequence-set.ts'
import type { Conversation } from './conversation.ts'
import { placesIn, rangesOfUids } from './message-ranges.ts'
import type { Selected } from './selected.ts'

/** Says `VANISHED (EARLIER)` and the FETCH responses; nothing if the client knows another mailbox by this name. */
export async function resync(conversation: Conversation, selected: Selected, known: KnownState): Promise<void> {
  const { output, needs } = conversation
  if (known.uidValidity !== selected.view.uidValidity) return
  const gone = await vanishedUids(needs.store, selected, known)
  if (gone.length > 0) output.text(printVanished(printUidSet(gone), true))
  const { exists, columns } = selected
  const ranges = known.uids === undefined ? [{ first: 0, last: exists - 1 }] : rangesOfUids(known.uids, columns, exists)
  let done = 0
  for (const place of placesIn(ranges)) {
    if (selected.modseqAt(place) > known.modseq && !selected.isGone(place)) {
      selected.tellFlags(place, output, { uid: true })
      selected.markTold(place)
    }
    done += 1
    if (output.isFull || done % placesPerTurn === 0) await conversation.breathe()
  }
}

const placesPerTurn = 4_096

async function vanishedUids(store: Store, selected: Selected, known: KnownState): Promise<readonly number[]> {
  const { accountId, mailboxId } = selected.view
  const uids = known.uids?.map(rangeOf)
  const gone = await store.vanished(accountId, mailboxId, { since: known.modseq, uids })
  const unchangedTo = matchingUid(selected, known)
  // What was expunged while we asked is announced as any other expunge.
  return gone.filter(uid => uid > unchangedTo && indexOfUid(selected.columns, uid) < 0)
}

function rangeOf({ from, to }: SequenceSet[number]): UidRange {
  const [first, last] = [Number(from), Number(to)] // no `*` among them: parse-select.ts
  return { from: Math.min(first, last), to: Math.max(first, last) }
}

/** Up to this UID nothing is gone: the message still has the number that the client knows it by. */
function matchingUid(selected: Selected, { match }: KnownState): number {
  if (match === undefined) return 0
  const uids = members(match.uids)
  let highest = 0
  for (const number of members(match.numbers)) {
    const { value: uid } = uids.next()
    if (uid === undefined || number > selected.exists || selected.uidAt(number - 1) !== uid) break
    highest = uid
  }
  return highest
}

function* members(set: SequenceSet): Generator<number, undefined> {
  for (const range of set) {
    const { from, to } = rangeOf(range)
    for (let number = from; number <= to; number += 1) yield number
  }
  return undefined
}
