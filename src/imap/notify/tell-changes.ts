// What others did, told at a moment at which it may be: of the selected mailbox, and what NOTIFY asked for besides (RFC 5465).

import type { Conversation } from '#imap/conversation.ts'
import { placeAtOrAfter } from '#imap/message-ranges.ts'
import { announce } from '#imap/search/announce.ts'
import type { Moment, Selected } from '#imap/selected.ts'
import type { Command } from '#wire/imap/command.ts'
import { fetchArrived } from './fetch-arrived.ts'
import type { SelectedPlan } from './plan.ts'
import { tellOthers } from './tell-others.ts'

/** After the command `verb`, or with none at rest and in IDLE. */
export interface Occasion extends Moment {
  readonly verb?: Command['verb']
}

export async function tellChanges(conversation: Conversation, occasion: Occasion): Promise<void> {
  const { selected, account } = conversation
  if (selected !== undefined) await tellSelected(conversation, selected, occasion)
  if (account !== undefined) await tellOthers(conversation, account)
}

/** At rest between two commands: of mailboxes only after NOTIFY, of annotations after ENABLE METADATA too (RFC 5464 4.4). */
export async function tellAtRest(conversation: Conversation): Promise<void> {
  const plan = conversation.notices?.plan
  if (plan !== undefined) await tellChanges(conversation, { expunges: plan.selected?.delayed !== true, uid: true })
  else if (conversation.account !== undefined) await tellOthers(conversation, conversation.account)
}

/** Rings when there may be something to tell at rest. */
export function watchAtRest({ selected, notices, input }: Conversation): Disposable | undefined {
  return notices?.plan?.selected === undefined ? undefined : selected?.view.watch(() => input.ring())
}

async function tellSelected(conversation: Conversation, selected: Selected, occasion: Occasion): Promise<void> {
  const { notices } = conversation
  const { expunges, uid, verb } = occasion
  if (notices?.plan === undefined) return await tellNews(conversation, selected, { expunges, uid })
  const plan = notices.plan.selected
  if (notices.owesNoop) {
    notices.owesNoop = false
    // RFC 5465 3.1: whatever has gathered, whatever is watched from now on.
    return await tellNews(conversation, selected, { expunges, uid: true }, plan)
  }
  // What a command has expunged is its own result, whatever is watched.
  if (plan === undefined && (verb === undefined || !expunging.has(verb))) return
  // RFC 5465 5.1: a FETCH of flags always has the UID.
  await tellNews(conversation, selected, { expunges, uid: true, flags: plan?.flags === true }, plan)
}

const expunging: ReadonlySet<Command['verb']> = new Set(['EXPUNGE', 'UID EXPUNGE', 'MOVE', 'REPLACE'])

/** RFC 5465 5.2: EXISTS, then what it did to results that are kept up to date, then what is to be fetched of the new messages. */
async function tellNews(
  conversation: Conversation,
  selected: Selected,
  moment: Moment,
  plan?: SelectedPlan,
): Promise<void> {
  const { arrivals } = selected
  // Also what a UID command has taken over already: that was EXISTS alone.
  const dealtWith = arrivals.upTo ?? selected.uidAt(selected.exists - 1)
  const arrived = [...(await announce(conversation, selected, moment))]
  const items = plan?.items
  if (items !== undefined) arrived.push({ items, uids: uidsAbove(selected, dealtWith) })
  const upTo = Math.max(dealtWith, selected.uidAt(selected.exists - 1))
  arrivals.upTo = plan && upTo
  await fetchArrived(conversation, selected, arrived)
  arrivals.forget(upTo)
}

function uidsAbove(selected: Selected, uid: number): readonly number[] {
  const { columns, exists } = selected
  const first = placeAtOrAfter({ uids: columns.uids, count: exists }, uid + 1)
  return Array.from(columns.uids.subarray(first, exists))
}
