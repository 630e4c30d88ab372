// Where the mail of an account goes on to, over a transaction.

import { sql, type Tx } from '#io/sql/database.ts'
import { show } from './account-verbs.ts'
import { limits } from './limits.ts'
import { forwardsOf, numberOf } from './look-up.ts'
import { readAddress } from './names.ts'
import { done, type Outcome } from './refusal.ts'
import { readTargets } from './targets.ts'

export interface Forward {
  /** The account's address. */
  readonly address: string
  /** None: its mail ends here. */
  readonly targets: readonly string[]
  /** Whether its own mailbox gets a copy. */
  readonly keepsCopy: boolean
}

/** In the place of what was so before; without targets nothing goes on any more. The account's own address among them is the copy that it keeps. */
export async function setForward(
  tx: Tx,
  address: string,
  { targets, keepsCopy }: { readonly targets: readonly string[]; readonly keepsCopy: boolean },
): Promise<Outcome<Forward>> {
  const found = await show(tx, address)
  if (found.kind !== 'done') return found
  const own = readAddress(address)
  const isOwn = (text: string) => {
    const name = readAddress(text)
    return name !== undefined && name.local === own?.local && name.domain === own.domain
  }
  const others = targets.filter(text => !isOwn(text))
  const read = await readTargets(tx, others, { of: undefined, most: limits.forwardsOfAccount, subject: address })
  if (read.kind !== 'done') return read
  if (targets.length > 0 && others.length === 0) return { kind: 'bad-target', subject: address }
  const { accountId } = found.value
  const keeps = keepsCopy || others.length < targets.length || others.length === 0
  const forwards = numberOf(others.length === 0 ? 'none' : keeps ? 'copy-stays' : 'no-copy')
  await tx.run(sql`DELETE FROM account_forward WHERE account_id = ${accountId}`)
  for (const { domain, local, shown } of read.value)
    await tx.run(sql`INSERT INTO account_forward (account_id, domain, local_part, shown)
      VALUES (${accountId}, ${domain}, ${local}, ${shown})`)
  await tx.run(sql`UPDATE account SET forwards = ${forwards} WHERE account_id = ${accountId}`)
  return await forwardOf(tx, address)
}

export async function forwardOf(tx: Tx, address: string): Promise<Outcome<Forward>> {
  const found = await show(tx, address)
  if (found.kind !== 'done') return found
  const { accountId } = found.value
  const row = await tx.get<[number]>(sql`SELECT forwards FROM account WHERE account_id = ${accountId}`)
  const rows = await tx.all<[string]>(sql`
    SELECT shown FROM account_forward WHERE account_id = ${accountId} ORDER BY domain, local_part`)
  const keepsCopy = forwardsOf(row?.[0] ?? 0) !== 'no-copy'
  return done({ address: found.value.address, targets: rows.map(([shown]) => shown), keepsCopy })
}
