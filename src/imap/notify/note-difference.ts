// What is told of a mailbox of another that came into sight, went out of it, or was renamed (RFC 5465 5.4, 5.9).

import { delimiter } from '#store/mailbox.ts'
import { parentsOf } from '#store/names.ts'
import { type Difference, isOther, type OthersMailbox, type OthersMailboxes } from './known-mailboxes.ts'
import { keyOf, type Pending } from './pending.ts'
import type { EventName } from './plan.ts'

export interface OthersWatch {
  readonly pending: Pending
  /** Keys of what there was before, by name. */
  readonly before: ReadonlyMap<string, string>
  readonly now: OthersMailboxes
  /** Names that were told to be `\NoAccess`. */
  readonly refused: Set<string>
  /** Keys of what the owner has deleted. */
  readonly deleted: ReadonlySet<string>
  wants(event: EventName, other: OthersMailbox): boolean
  /** Whether any event of it is wanted. */
  watches(other: OthersMailbox): boolean
}

export function noteDifference(watch: OthersWatch, { was, is }: Difference): void {
  if (was === undefined) {
    if (is !== undefined) noteCame(watch, is)
  } else if (is === undefined) noteLost(watch, was)
  else noteChanged(watch, was, is)
}

/** RFC 5465 5.4: as if it had been made. */
function noteCame(watch: OthersWatch, is: OthersMailbox): void {
  const wasRefused = watch.refused.delete(is.name)
  if (watch.wants('MailboxName', is)) {
    watch.pending.addName(is.name)
    noteParent(watch, is)
  } else if (wasRefused && watch.watches(is)) watch.pending.addName(is.name)
  if (is.isReadable) noteOpened(watch, is)
  else watch.refused.add(is.name)
}

/** As if it had been deleted; who does not follow names is told that it is watched no more (RFC 5465 5.9). */
function noteLost(watch: OthersWatch, was: OthersMailbox): void {
  const isDeleted = watch.deleted.has(keyOf(was))
  if (!isDeleted) watch.refused.add(was.name)
  const isLost = !isDeleted
  if (watch.wants('MailboxName', was)) {
    watch.pending.addName(was.name, { isLost })
    noteParent(watch, was)
  } else if (isLost && watch.watches(was)) watch.pending.addName(was.name, { isLost })
}

function noteChanged(watch: OthersWatch, was: OthersMailbox, is: OthersMailbox): void {
  const { pending, refused } = watch
  if (was.name !== is.name && !movedAlong(watch, was, is))
    if (watch.wants('MailboxName', is) || watch.wants('MailboxName', was)) pending.addRename(was.name, is.name)
  if (was.isReadable !== is.isReadable) {
    if (watch.watches(is)) pending.addName(is.name)
    if (is.isReadable) noteOpened(watch, is)
  } else if (isOther(was, is) && watch.wants('FlagChange', is)) pending.addMessages(is, 'flags')
  refused.delete(was.name)
  if (!is.isReadable) refused.add(is.name)
}

/** RFC 5465 5.4: children are renamed with their parent, and not told. Here with a parent that this client can see. */
function movedAlong({ before, now }: OthersWatch, was: OthersMailbox, is: OthersMailbox): boolean {
  const [above, aboveNow] = [parentsOf(was.name).at(-1), parentsOf(is.name).at(-1)]
  if (above === aboveNow) return false
  const key = above === undefined ? undefined : before.get(above)
  return key !== undefined && now.get(key)?.name === aboveNow
}

/** From now on it is watched: what came before is told at once. */
function noteOpened({ pending, wants }: OthersWatch, is: OthersMailbox): void {
  if (is.exists > 0 && wants('MessageNew', is)) pending.addMessages(is, 'messages')
  if (wants('FlagChange', is)) pending.addMessages(is, 'flags')
}

/** RFC 5465 5.4: it may have its first child now, or none any more. Above all of another's mailboxes nothing changes. */
function noteParent({ pending, wants }: OthersWatch, other: OthersMailbox): void {
  const parent = parentsOf(other.name).at(-1)
  if (parent === undefined || parent + delimiter === other.prefix) return
  if (wants('MailboxName', { ...other, name: parent })) pending.addName(parent, { isAbove: true })
}
