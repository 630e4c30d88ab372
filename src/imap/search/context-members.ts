// The members of a result that is kept up to date, and the positions that ADDTO and REMOVEFROM tell (RFC 5267 4.3.2): 0 where the result has the
// mailbox's order, else the place in it when all that stands before in the response is done.

import type { SearchContext, SortedOrder } from './kept-searches.ts'

export interface MemberChange {
  readonly position: number
  readonly uids: readonly number[]
}

/** Takes members out, puts others in; UIDs that are no members, or are already, are passed over. What to tell, in this order. */
export function changeMembers(
  context: SearchContext,
  { removed = [], added = [] }: { readonly removed?: readonly number[]; readonly added?: readonly number[] },
): readonly MemberChange[] {
  const gone = new Set(removed)
  const members = new Set(context.members)
  const come = [...new Set(added)].filter(uid => !members.has(uid)).sort((a, b) => a - b)
  const { order } = context
  if (order !== undefined) return [...takeOut(context, order, gone), ...putIn(context, order, come)]
  const lost = context.members.filter(uid => gone.has(uid))
  context.members = [...context.members.filter(uid => !gone.has(uid)), ...come].sort((a, b) => a - b)
  return [lost, come].filter(uids => uids.length > 0).map(uids => ({ position: 0, uids }))
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
  context.members = context.members.filter(uid => !gone.has(uid))
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
