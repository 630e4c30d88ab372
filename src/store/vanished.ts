// Which UIDs left a mailbox after a MODSEQ: VANISHED (RFC 7162 3.2.6, 3.2.10), from the tombstones.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import type { UidRange } from './store.ts'

export interface Vanished {
  readonly accountId: number
  readonly mailboxId: number
  readonly since: number
  /** Undefined: all. */
  readonly uids?: readonly UidRange[] | undefined
}

/** Ascending. A mailbox that is not there has nothing. */
export async function vanished(tx: Tx, asked: Vanished): Promise<readonly number[]> {
  const row = await tx.get<[uidNext: number, forgottenModseq: number]>(sql`
    SELECT uidnext, forgotten_modseq FROM mailbox
    WHERE account_id = ${asked.accountId} AND mailbox_id = ${asked.mailboxId}`)
  if (row === undefined) return []
  const [uidNext, forgottenModseq] = row
  const ranges = disjoint(asked.uids ?? [{ from: 1, to: uidNext - 1 }], uidNext)
  if (ranges.length === 0) return []
  return asked.since < forgottenModseq ? await missing(tx, asked, ranges) : await buried(tx, asked, ranges)
}

/** Ascending ranges that do not touch, none of them beyond what was ever given. */
function disjoint(ranges: readonly UidRange[], uidNext: number): readonly UidRange[] {
  const merged: { from: number; to: number }[] = []
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const [first, last] = [Math.max(1, from), Math.min(to, uidNext - 1)]
    const before = merged.at(-1)
    if (first > last) continue
    if (before !== undefined && first <= before.to + 1) before.to = Math.max(before.to, last)
    else merged.push({ from: first, to: last })
  }
  return merged
}

async function buried(tx: Tx, asked: Vanished, ranges: readonly UidRange[]): Promise<number[]> {
  const found: number[] = []
  // Clients may send any number of 63 bits.
  let [modseq, uid] = [Math.min(asked.since, Number.MAX_SAFE_INTEGER - 1) + 1, 0]
  for (let full = true; full; ) {
    const rows = await tx.all<[modseq: number, uid: number]>(sql`
      SELECT modseq, uid FROM expunged
      WHERE account_id = ${asked.accountId} AND mailbox_id = ${asked.mailboxId} AND (modseq, uid) > (${modseq}, ${uid})
      ORDER BY modseq, uid LIMIT ${limits.rowsPerRead}`)
    for (const [, uid] of rows) found.push(uid)
    ;[modseq, uid] = rows.at(-1) ?? [modseq, uid]
    full = rows.length === limits.rowsPerRead
    if (full) await tx.turn()
  }
  found.sort((a, b) => a - b)
  return within(found, ranges)
}

/** Those of ascending `uids` that the ranges hold. */
function within(uids: readonly number[], ranges: readonly UidRange[]): number[] {
  let at = 0
  return uids.filter(uid => {
    while (at < ranges.length && (ranges[at]?.to ?? 0) < uid) at += 1
    return uid >= (ranges[at]?.from ?? Number.POSITIVE_INFINITY)
  })
}

async function missing(tx: Tx, asked: Vanished, ranges: readonly UidRange[]): Promise<number[]> {
  const found: number[] = []
  for (const { from, to } of ranges) {
    let next = from
    for (let full = true; full; ) {
      const rows = await tx.all<[number]>(sql`
        SELECT uid FROM entry
        WHERE account_id = ${asked.accountId} AND mailbox_id = ${asked.mailboxId} AND uid >= ${next} AND uid <= ${to}
        ORDER BY uid LIMIT ${limits.rowsPerRead}`)
      for (const [uid] of rows) {
        for (; next < uid; next += 1) found.push(next)
        next = uid + 1
      }
      full = rows.length === limits.rowsPerRead
      if (full) await tx.turn()
    }
    for (; next <= to; next += 1) found.push(next)
  }
  return found
}
