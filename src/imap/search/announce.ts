// What happened in the selected mailbox, with what it did to the results that are kept up to date (RFC 5267 4.3): the flags that changed first
// (RFC 5465 5.1), then what left the results, by the numbers that the client still has, then EXPUNGE and EXISTS, then what came in.

import type { Conversation } from '#imap/conversation.ts'
import { placesIn, type Range, rangesOfUids } from '#imap/message-ranges.ts'
import type { Moment, Selected } from '#imap/selected.ts'
import { ChannelError } from '#io/channel.ts'
import { indexOfUid } from '#store/mailbox-view.ts'
import type { FetchItem } from '#wire/imap/command.ts'
import { printContextChange, printEsearch } from '#wire/imap/print-search.ts'
import { changeMembers, isMember, type MemberChange } from './context-members.ts'
import { find } from './find.ts'
import { refuse } from './keep-up-to-date.ts'
import type { SearchContext } from './kept-searches.ts'
import { runsOf } from './saved-result.ts'
import { rowsOf } from './sort-rows.ts'

/** New messages of which something is to be fetched. */
export interface Arrived {
  readonly uids: readonly number[]
  readonly items: readonly FetchItem[]
}

/** As `selected.announce`, for a session that may have such results. Settles with what UPDATE wants fetched of the new messages in them. */
export async function announce(
  conversation: Conversation,
  selected: Selected,
  moment: Moment,
): Promise<readonly Arrived[]> {
  const { contexts } = selected.searches
  if (contexts.length === 0) {
    await selected.announce(conversation.output, moment)
    return []
  }
  const changes = new Map<SearchContext, FlagsMoved>()
  await forEach(conversation, selected, async context => {
    changes.set(context, await changedByFlags(conversation, selected, context))
  })
  await selected.announce(conversation.output, { ...moment, expunges: false })
  // From here on nothing may happen until `announce` has told its expunges: one that came between would overtake its REMOVEFROM.
  for (const context of contexts) tellRemoved(conversation, selected, context, changes.get(context)?.lost ?? [])
  await selected.announce(conversation.output, moment)
  const arrived: Arrived[] = []
  await forEach(conversation, selected, async context => {
    const uids = await tellAdded(conversation, selected, context, changes.get(context)?.won ?? [])
    if (context.items !== undefined && uids.length > 0) arrived.push({ uids, items: context.items })
  })
  return arrived
}

/** A result that can't be followed any more is not worth the session. */
async function forEach(
  conversation: Conversation,
  { searches }: Selected,
  work: (context: SearchContext) => Promise<void>,
): Promise<void> {
  for (const context of [...searches.contexts]) {
    try {
      await work(context)
    } catch (error) {
      if (error instanceof ChannelError) throw error
      conversation.log.error('imap.fault', {
        verb: 'UPDATE',
        stack: error instanceof Error ? error.stack : String(error),
      })
      searches.contexts.splice(searches.contexts.indexOf(context), 1)
      refuse(conversation, context.tag, 'This result can be kept up to date no longer')
    }
    await conversation.breathe()
  }
}

/** UIDs that a change of flags has taken out of a result, or brought into it. */
interface FlagsMoved {
  readonly lost: readonly number[]
  readonly won: readonly number[]
}

async function changedByFlags(
  conversation: Conversation,
  selected: Selected,
  context: SearchContext,
): Promise<FlagsMoved> {
  const modseq = selected.view.highestModseq
  const changed = modseq > context.modseq ? changedRanges(selected, context) : []
  context.modseq = modseq
  const matching = await uidsFound(conversation, selected, context, changed)
  return {
    lost: uidsIn(selected, changed).filter(uid => isMember(context, uid) && !matching.has(uid)),
    won: [...matching].filter(uid => !isMember(context, uid)),
  }
}

/** Also while EXPUNGE must wait: the numbers mean what they did (RFC 5267 A.3). */
function tellRemoved(
  conversation: Conversation,
  selected: Selected,
  context: SearchContext,
  lost: readonly number[],
): void {
  const { view } = selected
  const { current } = view
  const mayBeGone = view.gone || context.lookedAt !== current
  context.lookedAt = current
  const gone = mayBeGone ? context.members.filter(uid => isGone(selected, uid)) : []
  tell(conversation, selected, context, 'REMOVEFROM', changeMembers(context, { removed: [...gone, ...lost] }))
}

/** What has come in by being new. */
async function tellAdded(
  conversation: Conversation,
  selected: Selected,
  context: SearchContext,
  won: readonly number[],
): Promise<readonly number[]> {
  const { exists, columns } = selected
  const arrived = rangesOfUids([{ from: context.highestUid + 1, to: 0xffff_ffff }], columns, exists)
  context.highestUid = Math.max(context.highestUid, selected.uidAt(exists - 1))
  const found = await uidsFound(conversation, selected, context, arrived)
  const added = [...won, ...found].filter(uid => isKnown(selected, uid) && !isGone(selected, uid))
  if (added.length === 0) return []
  await learnRows(conversation, selected, context, added)
  tell(conversation, selected, context, 'ADDTO', changeMembers(context, { added }))
  return [...found]
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

function isKnown({ columns, exists }: Selected, uid: number): boolean {
  return indexOfUid({ uids: columns.uids, count: exists }, uid) >= 0
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
  const known = { uids: selected.columns.uids, count: selected.exists }
  const pairs = changes.map(({ position, uids }) => ({
    position,
    // A message that the client has no number for can't be told by one.
    numbers: uid ? uids : uids.map(one => indexOfUid(known, one) + 1).filter(number => number > 0),
  }))
  const told = pairs.filter(({ numbers }) => numbers.length > 0)
  if (told.length > 0) output.text(printEsearch({ tag, uid, items: [printContextChange(kind, told)] }))
}
