// STORE: flags and keywords of many entries in one change. Entries that are already as wanted keep their MODSEQ (RFC 7162 3.1.3).

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import { flag } from '#mail/flags.ts'
import { stepOf } from './account-row.ts'
import type { Entry, FlagChange } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { type AddTo, entriesOf, type Sums, sumsOf } from './entry-row.ts'
import { editedKeywords, tooManyKeywords } from './keywords.ts'
import type { FlagEdit } from './store.ts'

export interface SetFlags {
  readonly accountId: number
  readonly mailboxId: number
  readonly uids: readonly number[]
  readonly edit: FlagEdit
  readonly now: number
}

/** What an edit does to entries, before it is made. */
interface Sorted {
  readonly modified: readonly number[]
  readonly tooMany: readonly number[]
  readonly open: readonly Entry[]
}

interface FlagsSet extends Omit<Sorted, 'open'> {
  readonly modseq: number | undefined
}

export async function setFlags(tx: Tx, work: SetFlags): Promise<Changed<FlagsSet>> {
  const { accountId, mailboxId, edit } = work
  const found = await entriesOf(tx, accountId, mailboxId, work.uids)
  const { open, ...left } = sortedFor(edit, found, entry => entry.modseq)
  const before = open.filter(entry => !isAsWanted(entry, edit))
  if (before.length === 0) return unchanged({ ...left, modseq: undefined })
  const { modseq } = await stepOf(tx, { accountId, now: work.now })
  const after = before.map(entry => edited(entry, edit))
  await writeFlags(tx, { ...work, modseq }, before, after)
  const entries: FlagChange[] = after.map(({ uid, flags, keywords }) => ({ uid, flags, keywords }))
  return { result: { ...left, modseq }, changes: [{ kind: 'flags', accountId, mailboxId, modseq, entries }] }
}

/** Which of the entries the edit leaves alone, as `Store.setFlags` tells it; the others are `open` to it. */
export function sortedFor(edit: FlagEdit, entries: readonly Entry[], modseqOf: (entry: Entry) => number): Sorted {
  const sorted = { modified: [] as number[], tooMany: [] as number[], open: [] as Entry[] }
  for (const entry of entries) {
    if (isSpared(edit, entry, modseqOf(entry))) sorted.modified.push(entry.uid)
    else if (addsTooMany(edit, entry)) sorted.tooMany.push(entry.uid)
    else sorted.open.push(entry)
  }
  return sorted
}

/** RFC 7162 3.1.3. A MODSEQ of 0 is that of what the message never had: of a keyword that is not set, but of no flag. */
function isSpared(edit: FlagEdit, { keywords }: Entry, modseq: number): boolean {
  const { unchangedSince = Number.POSITIVE_INFINITY } = edit
  if (modseq <= unchangedSince) return false
  const isOfKeywords = edit.action !== 'replace' && edit.flags === 0
  return unchangedSince > 0 || !isOfKeywords || editedKeywords(keywords, 'remove', edit.keywords) !== keywords
}

function addsTooMany({ action, keywords }: FlagEdit, entry: Entry): boolean {
  return action === 'add' && keywords.length > 0 && tooManyKeywords(editedKeywords(entry.keywords, 'add', keywords))
}

/** Writes `after` in the place of `before`, and counts it. */
export async function writeFlags(
  tx: Tx,
  { accountId, mailboxId, modseq }: AddTo,
  before: readonly Entry[],
  after: readonly Entry[],
): Promise<void> {
  await update(tx, { accountId, mailboxId, modseq }, after)
  await recount(tx, { accountId, mailboxId, modseq }, { before: sumsOf(before), after: sumsOf(after) })
}

function edited(entry: Entry, edit: FlagEdit): Entry {
  return {
    ...entry,
    flags: editedFlags(entry.flags, edit),
    keywords: editedKeywords(entry.keywords, edit.action, edit.keywords),
  }
}

export function editedFlags(flags: number, edit: FlagEdit): number {
  if (edit.action === 'add') return flags | edit.flags
  if (edit.action === 'remove') return flags & ~edit.flags
  // The mark of POP3 is no flag that STORE speaks of.
  return edit.flags | (flags & flag.taken)
}

function isAsWanted(entry: Entry, edit: FlagEdit): boolean {
  return (
    editedFlags(entry.flags, edit) === entry.flags &&
    editedKeywords(entry.keywords, edit.action, edit.keywords) === entry.keywords
  )
}

const updateIn = listOf`
  UPDATE entry SET flags = ${0}, keywords = ${0}, modseq = ${0}
  WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0})`

/** One statement for all entries that become alike. */
async function update(tx: Tx, work: AddTo, entries: readonly Entry[]): Promise<void> {
  for (const alike of Map.groupBy(entries, entry => `${entry.flags} ${entry.keywords}`).values()) {
    const { flags, keywords } = alike[0] as Entry // a group is never empty
    for await (const slice of slicesInTurns(tx, alike)) {
      const uids = slice.map(entry => entry.uid)
      await tx.run(updateIn([flags, keywords, work.modseq, work.accountId, work.mailboxId], uids))
    }
  }
}

async function recount(tx: Tx, work: AddTo, sums: { before: Sums; after: Sums }): Promise<void> {
  await tx.run(sql`
    UPDATE mailbox SET
      highestmodseq = ${work.modseq},
      unseen_count = unseen_count + ${sums.after.unseen - sums.before.unseen},
      deleted_count = deleted_count + ${sums.after.deleted - sums.before.deleted}
    WHERE account_id = ${work.accountId} AND mailbox_id = ${work.mailboxId}`)
}
