// What was removed comes back: the tombstone's entry under a new UID. To every session it is a message that came in; where it was, its old UID stays
// a bare tombstone, so that whoever was away learns that it vanished there.

import type { Tx } from '#io/sql/database.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import { flag } from '#mail/flags.ts'
import { isOverQuota, stepOf } from './account-row.ts'
import { namesOf } from './buried.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { addEntries, type NewEntry, sumsOf } from './entry-row.ts'
import type { Mailbox } from './mailbox.ts'
import { mailboxNamed } from './mailbox-row.ts'
import { makeMailbox } from './make-mailbox.ts'
import { inbox, normalName } from './names.ts'
import { withOrigins } from './origins.ts'
import type { MailboxRefusal, RestoredEntry, RestoreOptions } from './store.ts'

export interface Restore extends RestoreOptions {
  readonly accountId: number
  readonly entryIds: readonly number[]
  readonly now: number
}

type Restoring = { kind: 'done'; restored: readonly RestoredEntry[] } | MailboxRefusal

interface Grave {
  readonly mailboxId: number
  readonly uid: number
  readonly entry: NewEntry
}

/** One mailbox, and what comes back there. */
interface Target {
  readonly mailbox: Mailbox
  readonly entries: readonly NewEntry[]
}

export async function restore(tx: Tx, work: Restore): Promise<Changed<Restoring>> {
  const { accountId, now } = work
  const graves = await gravesOf(tx, work)
  if (graves.length === 0) return unchanged({ kind: 'done', restored: [] })
  const { sizeBytes, count } = sumsOf(graves.map(({ entry }) => entry))
  if (await isOverQuota(tx, accountId, { bytes: sizeBytes, messages: count })) return unchanged({ kind: 'over-quota' })
  const changes: Change[] = []
  const targets = await targetsOf(tx, work, graves, changes)
  if ('kind' in targets) return unchanged(targets)
  const { modseq } = await stepOf(tx, { accountId, now, bytes: sizeBytes, messages: count })
  await leaveBare(tx, accountId, graves)
  const restored: RestoredEntry[] = []
  for (const { mailbox, entries } of targets) {
    const to = { accountId, mailboxId: mailbox.mailboxId, modseq }
    const added = await addEntries(tx, to, await withOrigins(tx, accountId, entries))
    if (added === undefined) throw new Error(`mailbox ${mailbox.mailboxId} went away in its own transaction`)
    changes.push({ kind: 'added', ...to, entries: added.entries })
    for (const { entryId, uid, flags } of added.entries)
      restored.push({ entryId, mailbox: mailbox.name, uid, taken: (flags & flag.taken) !== 0 })
  }
  return { result: { kind: 'done', restored }, changes }
}

type Row = [
  mailboxId: number,
  uid: number,
  entryId: number,
  messageId: number,
  threadId: number,
  flags: number,
  keywords: string,
  internalDate: number,
  sizeBytes: number,
  removedBy: string | null,
]

// Without the order SQLite takes the primary key, and reads every tombstone of the account.
const gravesIn = listOf`
  SELECT mailbox_id, uid, entry_id, message_id, thread_id, flags, keywords, internal_date, size_bytes, removed_by
  FROM expunged WHERE account_id = ${0} AND message_id IS NOT NULL AND entry_id IN (${0}) ORDER BY entry_id`

/** In the order in which they came. */
async function gravesOf(tx: Tx, { accountId, entryIds, forPop3, now }: Restore): Promise<readonly Grave[]> {
  const graves: Grave[] = []
  for await (const slice of slicesInTurns(
    tx,
    [...new Set(entryIds)].sort((a, b) => a - b),
  )) {
    for (const row of await tx.all<Row>(gravesIn([accountId], slice))) {
      const [mailboxId, uid, entryId, messageId, threadId, , keywords, internalDate, sizeBytes] = row
      const entry = { entryId, messageId, threadId, flags: flagsOf(row, forPop3), keywords, internalDate, sizeBytes }
      graves.push({ mailboxId, uid, entry: { ...entry, savedAt: now } })
    }
  }
  return graves
}

function flagsOf(row: Row, forPop3 = false): number {
  const flags = row[5] & ~flag.deleted
  if (forPop3) return flags & ~flag.taken
  return row[9] === 'pop3' ? flags | flag.taken : flags
}

/** Makes the mailboxes that are missing. */
async function targetsOf(
  tx: Tx,
  work: Restore,
  graves: readonly Grave[],
  changes: Change[],
): Promise<readonly Target[] | MailboxRefusal> {
  const { accountId } = work
  const wanted = work.mailbox === undefined ? undefined : normalName(work.mailbox)
  const names = wanted === undefined ? await namesOf(tx, accountId) : undefined
  const groups = Map.groupBy(graves, ({ mailboxId }) => wanted ?? names?.get(mailboxId) ?? inbox)
  const targets = new Map<number, Target>()
  for (const [name, alike] of groups) {
    const found = await mailboxFor(tx, work, name, changes)
    const mailbox = found.kind === 'done' ? found.mailbox : await mailboxNamed(tx, accountId, inbox)
    if (mailbox === undefined || (found.kind !== 'done' && wanted !== undefined)) return refused(found)
    const entries = [...(targets.get(mailbox.mailboxId)?.entries ?? []), ...alike.map(({ entry }) => entry)]
    targets.set(mailbox.mailboxId, { mailbox, entries })
  }
  return [...targets.values()]
}

function refused(found: { kind: 'done' } | MailboxRefusal): MailboxRefusal {
  return found.kind === 'done' ? { kind: 'no-such-mailbox' } : found
}

async function mailboxFor(
  tx: Tx,
  { accountId, now }: Restore,
  name: string,
  changes: Change[],
): Promise<{ kind: 'done'; mailbox: Mailbox } | MailboxRefusal> {
  const mailbox = await mailboxNamed(tx, accountId, name)
  if (mailbox !== undefined) return { kind: 'done', mailbox }
  const made = await makeMailbox(tx, { accountId, name, now })
  changes.push(...made.changes)
  return made.result
}

const bareIn = listOf`
  UPDATE expunged SET entry_id = NULL, message_id = NULL, thread_id = NULL, flags = NULL, keywords = NULL,
    internal_date = NULL, saved_at = NULL, size_bytes = NULL, removed_by = NULL
  WHERE account_id = ${0} AND mailbox_id = ${0} AND uid IN (${0})`

/** Tombstones keep UID and MODSEQ alone; the message's references stand still, as its entry has them now. */
async function leaveBare(tx: Tx, accountId: number, graves: readonly Grave[]): Promise<void> {
  for (const [mailboxId, alike] of Map.groupBy(graves, grave => grave.mailboxId)) {
    const uids = alike.map(({ uid }) => uid)
    for await (const slice of slicesInTurns(tx, uids)) await tx.run(bareIn([accountId, mailboxId], slice))
  }
}
