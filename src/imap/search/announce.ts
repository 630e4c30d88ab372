// What happened in the selected mailbox, with what it did to the results that are kept up to date (RFC 5267 4.3): what left them is told first, by the
// numbers that the client still has, then EXPUNGE, EXISTS and flags, then what came in.

import type { Conversation } from '#imap/conversation.ts'
import { placesIn, type Range, rangesOfUids } from '#imap/message-ranges.ts'
import type { Moment, Selected } from '#imap/selected.ts'
import { ChannelError } from '#io/channel.ts'
import { indexOfUid } from '#store/mailbox-view.ts'
import { printContextChange, printEsearch } from '#wire/imap/print-search.ts'
import { changeMembers, type MemberChange } from './context-members.ts'
import { find } from './find.ts'
import { refuse } from './keep-up-to-date.ts'
import type { SearchContext } from './kept-searches.ts'
import { runsOf } from './saved-result.ts'
import { rowsOf } from './sort-rows.ts'

/** As `selected.announce`, for a session that may have such results. */
export async function announce(conversation: Conversation, selected: Selected, moment: Moment): Promise<void> {
  const { contexts } = selected.searches
  if (contexts.length === 0) return await selected.announce(conversation.output, moment)
  const waiting = new Map<SearchContext, readonly number[]>()
  for (const context of [...contexts]) {
    await orGiveUp(conversation, selected, context, async () => {
      waiting.set(context, await tellRemoved(conversation, selected, context, moment))
    })
    await conversation.breathe()
  }
  await selected.announce(conversation.output, moment)
  for (const context of [...contexts]) {
    await orGiveUp(conversation, selected, context, async () => {
      await tellAdded(conversation, selected, context, waiting.get(context) ?? [])
    })
    await conversation.breathe()
  }
}

/** A result that can't be followed any more is not worth the session. */
async function orGiveUp(
  conversation: Conversation,
  { searches }: Selected,
  context: SearchContext,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (error instanceof ChannelError) throw error
    conversation.log.error('imap.fault', {
      verb: 'UPDATE',
      stack: error instanceof Error ? error.stack : String(error),
    })
    searches.contexts.splice(searches.contexts.indexOf(context), 1)
    refuse(conversation, context.tag, 'This result can be kept up to date no longer')
  }
}

/** Tells what is not in the result any more; the UIDs of messages that have come into it by a change of flags. */
async function tellRemoved(
  conversation: Conversation,
  selected: Selected,
  context: SearchContext,
  { expunges }: Moment,
): Promise<readonly number[]> {
  const { view, columns } = selected
  const modseq = view.highestModseq
  const mayBeGone = expunges && (view.gone || view.current !== columns)
  if (modseq === context.modseq && !mayBeGone) return []
  const members = new Set(context.members)
  const gone = mayBeGone ? context.members.filter(uid => isGone(selected, uid)) : []
  const changed = modseq > context.modseq ? changedRanges(selected, context) : []
  context.modseq = modseq
  const matching = await uidsFound(conversation, selected, context, changed)
  const lost = uidsIn(selected, changed).filter(uid => members.has(uid) && !matching.has(uid))
  tell(conversation, selected, context, 'REMOVEFROM', changeMembers(context, { removed: [...gone, ...lost] }))
  return [...matching].filter(uid => !members.has(uid))
}

async function tellAdded(
  conversation: Conversation,
  selected: Selected,
  context: SearchContext,
  waiting: readonly number[],
): Promise<void> {
  const { exists, columns } = selected
  const arrived = rangesOfUids([{ from: context.highestUid + 1, to: 0xffff_ffff }], columns, exists)
  context.highestUid = Math.max(context.highestUid, selected.uidAt(exists - 1))
  const found = await uidsFound(conversation, selected, context, arrived)
  const added = [...waiting, ...found].filter(uid => indexOfUid({ uids: columns.uids, count: exists }, uid) >= 0)
  if (added.length === 0) return
  await learnRows(conversation, selected, context, added)
  tell(conversation, selected, context, 'ADDTO', changeMembers(context, { added }))
}

/** Of a SORT: what it compares of the messages that came in. */
async function learnRows(
  conversation: Conversation,
  selected: Selected,
  { order }: SearchContext,
  uids: readonly number[],
): Promise<void> {
  if (order === undefined) return
  const places = [...placesIn(rangesOfUids(runsOf(uids.toSorted((a, b) => a - b)), selected.columns, selected.exists))]
  const found = { places, relevancyAt: () => 100, modseq: 0 }
  for (const row of await rowsOf(conversation, selected, found, order.by)) order.rows.set(row.uid, row)
}

async function uidsFound(
  conversation: Conversation,
  selected: Selected,
  { key }: SearchContext,
  ranges: readonly Range[],
): Promise<ReadonlySet<number>> {
  if (ranges.length === 0) return new Set()
  const { places } = await find(conversation, selected, key, ranges)
  return new Set(places.map(place => selected.uidAt(place)))
}

/** Known messages that have changed since the result was last looked at, and are still there. */
function changedRanges(selected: Selected, { modseq, highestUid }: SearchContext): readonly Range[] {
  const places: number[] = []
  for (let place = 0; place < selected.exists && selected.uidAt(place) <= highestUid; place += 1)
    if (selected.modseqAt(place) > modseq && !selected.isGone(place)) places.push(place)
  return runsOf(places).map(({ from, to }) => ({ first: Number(from), last: Number(to) }))
}

function uidsIn(selected: Selected, ranges: readonly Range[]): readonly number[] {
  return Array.from(placesIn(ranges), place => selected.uidAt(place))
}

function isGone({ view }: Selected, uid: number): boolean {
  return view.gone || indexOfUid(view.current, uid) < 0
}

function tell(
  { output }: Conversation,
  selected: Selected,
  { tag, uid }: SearchContext,
  kind: 'ADDTO' | 'REMOVEFROM',
  changes: readonly MemberChange[],
): void {
  if (changes.length === 0) return
  const known = { uids: selected.columns.uids, count: selected.exists }
  const pairs = changes.map(({ position, uids }) => ({
    position,
    numbers: uid ? uids : uids.map(one => indexOfUid(known, one) + 1),
  }))
  output.text(printEsearch({ tag, uid, items: [printContextChange(kind, pairs)] }))
}
