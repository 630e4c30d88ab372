// The uses of mailboxes (RFC 6154): each use belongs to one mailbox of the account at most, so giving it to one takes it from another.

import { sql, type Tx } from '#io/sql/database.ts'
import { stepOf } from './account-row.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import type { SpecialUse } from './mailbox.ts'
import { mailboxById } from './mailbox-row.ts'

export interface SetSpecialUse {
  readonly accountId: number
  readonly mailboxId: number
  /** Undefined: none. */
  readonly specialUse: SpecialUse | undefined
  readonly now: number
}

export async function setSpecialUse(
  tx: Tx,
  work: SetSpecialUse,
): Promise<Changed<{ readonly kind: 'done' | 'no-such-mailbox' }>> {
  const { accountId, mailboxId, specialUse, now } = work
  const mailbox = await mailboxById(tx, accountId, mailboxId)
  if (mailbox === undefined) return unchanged({ kind: 'no-such-mailbox' })
  if (mailbox.specialUse === specialUse) return unchanged({ kind: 'done' })
  const changes = specialUse === undefined ? [] : await takeUse(tx, { accountId, specialUse, now })
  changes.push(await write(tx, work))
  return { result: { kind: 'done' }, changes }
}

/** Takes a use from the mailbox that has it, if any. */
export async function takeUse(
  tx: Tx,
  { accountId, specialUse, now }: { accountId: number; specialUse: SpecialUse; now: number },
): Promise<Change[]> {
  const holders = await tx.all<[number]>(
    sql`SELECT mailbox_id FROM mailbox WHERE account_id = ${accountId} AND special_use = ${specialUse}`,
  )
  const changes: Change[] = []
  for (const [mailboxId] of holders) changes.push(await write(tx, { accountId, mailboxId, specialUse: undefined, now }))
  return changes
}

async function write(tx: Tx, { accountId, mailboxId, specialUse, now }: SetSpecialUse): Promise<Change> {
  await tx.run(sql`
    UPDATE mailbox SET special_use = ${specialUse ?? null} WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
  const { modseq } = await stepOf(tx, { accountId, now })
  await raiseHighestModseq(tx, { accountId, mailboxId, modseq })
  const mailbox = await mailboxById(tx, accountId, mailboxId)
  if (mailbox === undefined) throw new Error(`mailbox ${mailboxId} went away in its own transaction`)
  return { kind: 'mailbox-changed', accountId, mailboxId, modseq, mailbox, changed: 'use' }
}

/** RFC 7162 3.2: a client that looks at the HIGHESTMODSEQ of a mailbox finds there that its annotations, or its use, have changed. */
export async function raiseHighestModseq(
  tx: Tx,
  { accountId, mailboxId, modseq }: { accountId: number; mailboxId: number; modseq: number },
): Promise<void> {
  await tx.run(sql`
    UPDATE mailbox SET highestmodseq = ${modseq} WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
}
