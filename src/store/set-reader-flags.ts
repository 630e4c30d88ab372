// STORE by one who reads another's mailbox: its own \Seen, and of the flags that all share those that its rights let it change.

import type { Tx } from '#io/sql/database.ts'
import { flag } from '#mail/flags.ts'
import { stepOf } from './account-row.ts'
import type { Change, Entry } from './change.ts'
import { unchanged } from './changed.ts'
import { entriesOf } from './entry-row.ts'
import { editedKeywords } from './keywords.ts'
import { putSeen, type Seen, seenOf } from './seen.ts'
import { editedFlags, type SetFlags, type setFlags, sortedFor, writeFlags } from './set-flags.ts'
import type { ReaderEdit } from './shares.ts'

interface SetReaderFlags extends SetFlags {
  readonly reader: ReaderEdit
}

interface Edited {
  readonly before: Entry
  readonly after: Entry
  readonly seenBefore: boolean
  readonly seen: boolean
}

export async function setReaderFlags(tx: Tx, work: SetReaderFlags): ReturnType<typeof setFlags> {
  const { accountId, mailboxId, edit, reader, now } = work
  const { readerId } = reader
  const found = await entriesOf(tx, accountId, mailboxId, work.uids)
  const uids = found.map(({ uid }) => uid)
  const seen = await seenOf(tx, { accountId, mailboxId, readerId }, uids)
  const within = reader.keywords ? edit : { ...edit, keywords: [] }
  const modseqOf = (entry: Entry) => Math.max(entry.modseq, seen.get(entry.uid)?.modseq ?? 0)
  const { open, ...left } = sortedFor(within, found, modseqOf)
  const edits = open.map(entry => edited(entry, seen.get(entry.uid), work))
  const shared = edits.filter(({ before, after }) => before.flags !== after.flags || before.keywords !== after.keywords)
  const own = edits.filter(one => one.seen !== one.seenBefore)
  if (shared.length === 0 && own.length === 0) return unchanged({ ...left, modseq: undefined })
  const { modseq } = await stepOf(tx, { accountId, now })
  const changes: Change[] = []
  if (shared.length > 0) {
    const after = shared.map(one => one.after)
    const before = shared.map(one => one.before)
    await writeFlags(tx, { accountId, mailboxId, modseq }, before, after)
    const entries = after.map(({ uid, flags, keywords }) => ({ uid, flags, keywords }))
    changes.push({ kind: 'flags', accountId, mailboxId, modseq, entries })
  }
  if (own.length > 0) {
    const rows = own.map(one => ({ uid: one.before.uid, seen: one.seen, before: one.seenBefore }))
    await putSeen(tx, { accountId, mailboxId, readerId, modseq }, rows)
    const entries = rows.map(({ uid, seen }) => ({ uid, seen }))
    changes.push({ kind: 'seen', accountId, mailboxId, modseq, readerId, entries })
  }
  return { result: { ...left, modseq }, changes }
}

/** The entry keeps its owner's \Seen; the reader's stands apart. */
function edited(entry: Entry, seen: Seen | undefined, { edit, reader }: SetReaderFlags): Edited {
  const seenBefore = seen?.seen === true
  const shown = (entry.flags & ~flag.seen) | (seenBefore ? flag.seen : 0)
  const wanted = (shown & ~reader.flags) | (editedFlags(shown, edit) & reader.flags)
  const keywords = reader.keywords ? editedKeywords(entry.keywords, edit.action, edit.keywords) : entry.keywords
  const flags = (wanted & ~flag.seen) | (entry.flags & flag.seen)
  return { before: entry, after: { ...entry, flags, keywords }, seenBefore, seen: (wanted & flag.seen) !== 0 }
}
