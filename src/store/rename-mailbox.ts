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
import { inbox, nameIsAllowed, normalName, parentsOf } from './names.ts'
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
  if (work.from === inbox && source !== undefined) return renameInbox(tx, work, source)
  // RFC 3501 6.3.5: also of a level that nobody made, or whose mailbox was deleted.
  const moving = mailboxes.filter(({ name }) => name === work.from || name.startsWith(work.from + delimiter))
  if (moving.length === 0) return unchanged({ kind: 'no-such-mailbox' })
  const refusal = refusalOf(work, mailboxes, moving)
  if (refusal !== undefined) return unchanged(refusal)
  const parents = await missingParents(tx, work.accountId, work.to)
  if (await areTooMany(tx, work.accountId, parents.length)) return unchanged({ kind: 'too-many' })
  const changes = await makeParents(tx, work, parents)
  const names = new Set(moving.map(({ name }) => name))
  for (const mailbox of moving) {
    const isBelowAnother = parentsOf(mailbox.name).some(parent => names.has(parent))
    changes.push(await rename(tx, work, { mailbox, isBelowAnother }))
  }
  return { result: { kind: 'done' }, changes }
}

function refusalOf(
  { from, to }: RenameMailbox,
  mailboxes: readonly Mailbox[],
  moving: readonly Mailbox[],
): MailboxRefusal | undefined {
  if (to.startsWith(from + delimiter)) return { kind: 'name-not-allowed' }
  const targets = new Set([to, ...moving.map(({ name }) => to + name.slice(from.length))])
  if (mailboxes.some(({ name }) => targets.has(name))) return { kind: 'already-exists' }
  return [...targets].every(nameIsAllowed) ? undefined : { kind: 'name-not-allowed' }
}

/** What is below another that moves along is told with that one. */
async function rename(
  tx: Tx,
  { accountId, from, to, now }: RenameMailbox,
  { mailbox, isBelowAnother }: { readonly mailbox: Mailbox; readonly isBelowAnother: boolean },
): Promise<Change> {
  const { modseq } = await stepOf(tx, { accountId, now })
  const { mailboxId } = mailbox
  const name = to + mailbox.name.slice(from.length)
  await tx.run(sql`UPDATE mailbox SET name = ${name} WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
  const renamed = await mailboxById(tx, accountId, mailboxId)
  const change = { accountId, mailboxId, modseq, mailbox: renamed ?? { ...mailbox, name } }
  return { kind: 'mailbox-changed', changed: 'name', ...change, ...(isBelowAnother ? {} : { oldName: mailbox.name }) }
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
  const { mailboxId } = made.result.mailbox
  // RFC 5465 5.4: what has its messages now was INBOX, which is told nothing of.
  const told = made.changes.map(change =>
    change.kind === 'mailbox-made' && change.mailboxId === mailboxId ? { ...change, oldName: inbox } : change,
  )
  return { result: { kind: 'done' }, changes: [...told, ...moved.changes] }
}
