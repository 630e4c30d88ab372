// Subscriptions are names, whether a mailbox stands behind them or not (RFC 3501 6.3.6).

import { sql, type Tx } from '#io/sql/database.ts'
import { stepOf } from './account-row.ts'
import { type Changed, unchanged } from './changed.ts'
import { mailboxNamed } from './mailbox-row.ts'
import { subscribe } from './make-mailbox.ts'
import { normalName } from './names.ts'

export interface SetSubscribed {
  readonly accountId: number
  readonly name: string
  readonly subscribed: boolean
  readonly now: number
}

export async function setSubscribed(
  tx: Tx,
  { accountId, subscribed, now, ...rest }: SetSubscribed,
): Promise<Changed<void>> {
  const name = normalName(rest.name)
  const changed = subscribed
    ? await subscribe(tx, accountId, name)
    : await tx.run(sql`DELETE FROM subscription WHERE account_id = ${accountId} AND name = ${name}`)
  if (changed === 0) return unchanged(undefined)
  const mailboxId = (await mailboxNamed(tx, accountId, name))?.mailboxId ?? 0
  const { modseq } = await stepOf(tx, { accountId, now })
  return { result: undefined, changes: [{ kind: 'subscription', accountId, mailboxId, modseq, name, subscribed }] }
}

export async function subscriptionsOf(tx: Tx, accountId: number): Promise<string[]> {
  const rows = await tx.all<[string]>(sql`SELECT name FROM subscription WHERE account_id = ${accountId}`)
  return rows.map(([name]) => name).sort()
}
