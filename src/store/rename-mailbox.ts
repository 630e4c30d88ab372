// RENAME (RFC 3501 6.3.5): children move along, UIDs stay; INBOX gives its messages to the new name and stays.

import { sql, type Tx } from '#io/sql/database.ts'
import { stepOf } from './account-row.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { move } from './copy.ts'
import { delimiter, type Mailbox } from './mailbox.ts'
import { mailboxById, mailboxesOf } from './mailbox-row.ts'
import { areTooMany, makeMailbox, makeParents, missingParents } from './make-mailbox.ts'
import { copyMetadata } from './metadata.ts'
import { inbox, nameIsAllowed, normalName } from './names.ts'
import type { MailboxRefusal } from './store.ts'

export interface RenameMailbox {
  readonly accountId: number
  readonly from: string
  readonly to: string
  readonly now: number
}

type Renamed = Changed<{ kind: 'done' } | MailboxRefusal>

export async function renameMailbox(tx: Tx, asked: RenameMailbox): Promise<Renamed> {
  const work = { ...asked, from: normalName(asked.from), to: normalName(asked.to) }
  const mailboxes = await mailboxesOf(tx, work.accountId)
  const source = mailboxes.find(mailbox => mailbox.name === work.from)
  if (source === undefined) return unchanged({ kind: 'no-such-mailbox' })
  if (work.from === inbox) return renameInbox(tx, work, source)
  const moving = mailboxes.filter(({ name }) => name === work.from || name.startsWith(work.from + delimiter))
  const refusal = refusalOf(work, mailboxes, moving)
  if (refusal !== undefined) return unchanged(refusal)
  const parents = await missingParents(tx, work.accountId, work.to)
  if (await areTooMany(tx, work.accountId, parents.length)) return unchanged({ kind: 'too-many' })
  const changes = await makeParents(tx, work, parents)
  for (const mailbox of moving) changes.push(await rename(tx, work, mailbox))
  return { result: { kind: 'done' }, changes }
}

function refusalOf(
  { from, to }: RenameMailbox,
  mailboxes: readonly Mailbox[],
  moving: readonly Mailbox[],
): MailboxRefusal | undefined {
  if (to.startsWith(from + delimiter)) return { kind: 'name-not-allowed' }
  const targets = new Set(moving.map(({ name }) => to + name.slice(from.length)))
  if (mailboxes.some(({ name }) => targets.has(name))) return { kind: 'already-exists' }
  return [...targets].every(nameIsAllowed) ? undefined : { kind: 'name-not-allowed' }
}

async function rename(tx: Tx, { accountId, from, to, now }: RenameMailbox, mailbox: Mailbox): Promise<Change> {
  const { modseq } = await stepOf(tx, { accountId, now })
  const { mailboxId } = mailbox
  const name = to + mailbox.name.slice(from.length)
  await tx.run(sql`UPDATE mailbox SET name = ${name} WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
  const renamed = await mailboxById(tx, accountId, mailboxId)
  const change = { accountId, mailboxId, modseq, mailbox: renamed ?? { ...mailbox, name } }
  return { kind: 'mailbox-changed', changed: 'name', ...change, ...(mailbox.name === from ? { oldName: from } : {}) }
}

async function renameInbox(tx: Tx, work: RenameMailbox, source: Mailbox): Promise<Renamed> {
  const { accountId, now } = work
  const made = await makeMailbox(tx, { accountId, name: work.to, now })
  if (made.result.kind !== 'done') return { result: made.result, changes: made.changes }
  await copyMetadata(tx, { accountId, from: source.mailboxId, to: made.result.mailbox.mailboxId })
  const rows = await tx.all<[number]>(
    sql`SELECT uid FROM entry WHERE account_id = ${accountId} AND mailbox_id = ${source.mailboxId} ORDER BY uid`,
  )
  const uids = rows.map(([uid]) => uid)
  const moved = await move(tx, { accountId, from: source.mailboxId, to: made.result.mailbox.mailboxId, uids, now })
  return { result: { kind: 'done' }, changes: [...made.changes, ...moved.changes] }
}
