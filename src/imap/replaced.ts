// Which message REPLACE means (RFC 8508 3.1): by number one that the client knows, by UID one that the mailbox holds now.

import { indexOfUid } from '#store/mailbox-view.ts'
import { bad, no, type Reply } from './reply.ts'
import type { Selected } from './selected.ts'

export interface Replaced {
  readonly uid: boolean
  readonly number: number | '*'
}

/** Its UID; undefined if there is no such message, `gone` if it was expunged and the client does not know it yet. */
export function replacedUid(selected: Selected, { uid, number }: Replaced): number | 'gone' | undefined {
  if (uid) return uidInView(selected, number)
  const place = (number === '*' ? selected.exists : number) - 1
  if (place < 0 || place >= selected.exists) return undefined
  return selected.isGone(place) ? 'gone' : selected.uidAt(place)
}

/** Why it can't be replaced. */
export function replaceObjection(selected: Selected, replaced: Replaced): Reply | undefined {
  if (selected.readOnly) return no('READ-ONLY', 'The mailbox is open for reading only')
  const uid = replacedUid(selected, replaced)
  if (uid === 'gone') return no('EXPUNGEISSUED', 'The message is expunged')
  if (uid !== undefined) return undefined
  return replaced.uid ? no('NONEXISTENT', 'There is no message of this UID') : bad('There is no message of this number')
}

/** Octets that its going sets free for the account. */
export function replacedBytes(selected: Selected, replaced: Replaced, accountId: number): number {
  const uid = replacedUid(selected, replaced)
  if (typeof uid !== 'number' || selected.view.accountId !== accountId) return 0
  const { current } = selected.view
  return current.sizes[indexOfUid(current, uid)] ?? 0
}

function uidInView({ view }: Selected, number: number | '*'): number | undefined {
  if (view.gone) return undefined
  const { current } = view
  const place = number === '*' ? current.count - 1 : indexOfUid(current, number)
  return place < 0 ? undefined : current.uids[place]
}
