// The members of a result that is kept up to date, and the positions that ADDTO and REMOVEFROM tell (RFC 5267 4.3.2): 0 where the result has the
// mailbox's order, else the place in it when all that stands before in the response is done.

import type { SearchContext, SortedOrder } from './kept-searches.ts'

export interface MemberChange {
  readonly position: number
  readonly uids: readonly number[]
}

/** Whether the message is in the result. */
export function isMember({ members, order }: SearchContext, uid: number): boolean {
  return order === undefined ? members[placeOf(members, uid)] === uid : order.rows.has(uid)
}

/** Takes members out, puts others in; UIDs that are no members, or are already, are passed over. What to tell, in this order. */
export function changeMembers(
  context: SearchContext,
  { removed = [], added = [] }: { readonly removed?: readonly number[]; readonly added?: readonly number[] },
): readonly MemberChange[] {
  const gone = new Set(removed)
  const { order } = context
  if (order === undefined) return changeAscending(context, gone, added)
  // Their rows are there already: of one that is a member they stand among the members.
  const members = new Set(context.members)
  const come = [...new Set(added)].filter(uid => !members.has(uid))
  return [...takeOut(context, order, gone), ...putIn(context, order, come)]
}

/** Of a SEARCH. It may have a million members: they are looked up, not put into a Set for each change. */
function changeAscending(
  context: SearchContext,
  gone: ReadonlySet<number>,
  added: readonly number[],
): readonly MemberChange[] {
  const come = [...new Set(added)].filter(uid => !isMember(context, uid)).sort((a, b) => a - b)
  const lost = [...gone].filter(uid => isMember(context, uid)).sort((a, b) => a - b)
  if (lost.length > 0) context.members = context.members.filter(uid => !gone.has(uid))
  if (come.length > 0) context.members = merged(context.members, come)
  return [lost, come].filter(uids => uids.length > 0).map(uids => ({ position: 0, uids }))
}

/** Both ascending. */
function merged(members: readonly number[], come: readonly number[]): number[] {
  const all: number[] = []
  let at = 0
  for (const uid of come) {
    for (; at < members.length && (members[at] ?? 0) < uid; at += 1) all.push(members[at] ?? 0)
    all.push(uid)
  }
  for (; at < members.length; at += 1) all.push(members[at] ?? 0)
  return all
}

/** Where `uid` stands among ascending members, or would stand. */
function placeOf(members: readonly number[], uid: number): number {
  let low = 0
  let high = members.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((members[middle] ?? 0) < uid) low = middle + 1
    else high = middle
  }
  return low
}

/** From the end, so that no position hangs on the removals before it. */
function takeOut(context: SearchContext, order: SortedOrder, gone: ReadonlySet<number>): readonly MemberChange[] {
  const changes: MemberChange[] = []
  for (let at = context.members.length - 1; at >= 0; at -= 1) {
    const uid = context.members[at] ?? 0
    if (!gone.has(uid)) continue
    changes.push({ position: at + 1, uids: [uid] })
    order.rows.delete(uid)
  }
  if (changes.length > 0) context.members = context.members.filter(uid => !gone.has(uid))
  return changes
}

function putIn(context: SearchContext, order: SortedOrder, come: readonly number[]): readonly MemberChange[] {
  const rows = come.flatMap(uid => order.rows.get(uid) ?? []).sort(order.compare)
  const changes: MemberChange[] = []
  const merged: number[] = []
  let at = 0
  for (const row of rows) {
    for (; at < context.members.length; at += 1) {
      const uid = context.members[at] ?? 0
      const member = order.rows.get(uid)
      if (member !== undefined && order.compare(member, row) > 0) break
      merged.push(uid)
    }
    merged.push(row.uid)
    changes.push({ position: merged.length, uids: [row.uid] })
  }
  for (const uid of context.members.slice(at)) merged.push(uid)
  context.members = merged
  return changes
}
