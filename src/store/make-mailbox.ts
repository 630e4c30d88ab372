// Making mailboxes: the defaults of a new account, one by name, with the parents that are missing.

import { sql, type Tx } from '#io/sql/database.ts'
import { nextUidValidity, stepOf } from './account-row.ts'
import { inheritAcl } from './acl.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { limits } from './limits.ts'
import type { Mailbox, SpecialUse } from './mailbox.ts'
import { mailboxNamed } from './mailbox-row.ts'
import { inbox, nameIsAllowed, normalName, parentsOf } from './names.ts'
import { takeUse } from './special-use.ts'
import type { MailboxRefusal } from './store.ts'

const defaults: readonly (readonly [name: string, use: SpecialUse | undefined])[] = [
  [inbox, undefined],
  ['Drafts', '\\Drafts'],
  ['Sent', '\\Sent'],
  ['Junk', '\\Junk'],
  ['Trash', '\\Trash'],
  ['Archive', '\\Archive'],
]

/** Makes the account and those of its default mailboxes that are missing, subscribed. */
export async function makeAccount(tx: Tx, accountId: number, now: number): Promise<Changed<void>> {
  await tx.run(sql`
    INSERT INTO mail_account (account_id, modseq, last_id, last_uidvalidity, used_bytes, message_count, quota_bytes)
    VALUES (${accountId}, ${0}, ${0}, ${0}, ${0}, ${0}, ${null})
    ON CONFLICT (account_id) DO NOTHING`)
  const changes: Change[] = []
  for (const [name, specialUse] of defaults) {
    if ((await mailboxNamed(tx, accountId, name)) !== undefined) continue
    await subscribe(tx, accountId, name)
    changes.push(madeOf(accountId, await insert(tx, { accountId, name, specialUse, now })))
  }
  return { result: undefined, changes }
}

export interface MakeMailbox {
  readonly accountId: number
  readonly name: string
  readonly specialUse?: SpecialUse | undefined
  readonly now: number
}

export async function makeMailbox(
  tx: Tx,
  make: MakeMailbox,
): Promise<Changed<{ kind: 'done'; mailbox: Mailbox } | MailboxRefusal>> {
  const name = normalName(make.name)
  if (!nameIsAllowed(name)) return unchanged({ kind: 'name-not-allowed' })
  if ((await mailboxNamed(tx, make.accountId, name)) !== undefined) return unchanged({ kind: 'already-exists' })
  const parents = await missingParents(tx, make.accountId, name)
  if (await areTooMany(tx, make.accountId, parents.length + 1)) return unchanged({ kind: 'too-many' })
  const changes = await makeParents(tx, make, parents)
  const { accountId, specialUse, now } = make
  if (specialUse !== undefined) changes.push(...(await takeUse(tx, { accountId, specialUse, now })))
  const mailbox = await insert(tx, { ...make, name, specialUse: make.specialUse })
  return { result: { kind: 'done', mailbox }, changes: [...changes, madeOf(make.accountId, mailbox)] }
}

/** Names above `name` that have no mailbox, from the top. */
export async function missingParents(tx: Tx, accountId: number, name: string): Promise<string[]> {
  const missing: string[] = []
  for (const parent of parentsOf(name))
    if ((await mailboxNamed(tx, accountId, parent)) === undefined) missing.push(parent)
  return missing
}

export async function makeParents(
  tx: Tx,
  { accountId, now }: { readonly accountId: number; readonly now: number },
  names: readonly string[],
): Promise<Change[]> {
  const changes: Change[] = []
  for (const name of names)
    changes.push(madeOf(accountId, await insert(tx, { accountId, name, specialUse: undefined, now })))
  return changes
}

/** Whether `more` mailboxes would be too many. */
export async function areTooMany(tx: Tx, accountId: number, more: number): Promise<boolean> {
  const row = await tx.get<[number]>(sql`SELECT COUNT(*) FROM mailbox WHERE account_id = ${accountId}`)
  return (row?.[0] ?? 0) + more > limits.mailboxesPerAccount
}

/** Settles with 0 when the name was subscribed before. */
export function subscribe(tx: Tx, accountId: number, name: string): Promise<number> {
  return tx.run(sql`
    INSERT INTO subscription (account_id, name) VALUES (${accountId}, ${name})
    ON CONFLICT (account_id, name) DO NOTHING`)
}

async function insert(
  tx: Tx,
  {
    accountId,
    name,
    specialUse,
    now,
  }: { accountId: number; name: string; specialUse: SpecialUse | undefined; now: number },
): Promise<Mailbox> {
  const { modseq, firstId } = await stepOf(tx, { accountId, now, ids: 1 })
  const uidValidity = await nextUidValidity(tx, accountId, now)
  await tx.run(sql`
    INSERT INTO mailbox (account_id, mailbox_id, name, uidvalidity, uidnext, highestmodseq, special_use,
      exists_count, unseen_count, deleted_count, size_bytes, recent_from, created_at)
    VALUES (${accountId}, ${firstId}, ${name}, ${uidValidity}, ${1}, ${modseq}, ${specialUse ?? null},
      ${0}, ${0}, ${0}, ${0}, ${1}, ${now})`)
  const parent = parentsOf(name).at(-1)
  const above = parent === undefined ? undefined : await mailboxNamed(tx, accountId, parent)
  if (above !== undefined) await inheritAcl(tx, { accountId, mailboxId: firstId }, above.mailboxId)
  // Read back: a subscription of the name may have been there before the mailbox.
  const mailbox = await mailboxNamed(tx, accountId, name)
  if (mailbox === undefined) throw new Error(`mailbox ${firstId} is not there after it was made`)
  return mailbox
}

function madeOf(accountId: number, mailbox: Mailbox): Change {
  return { kind: 'mailbox-made', accountId, mailboxId: mailbox.mailboxId, modseq: mailbox.highestModseq, mailbox }
}
