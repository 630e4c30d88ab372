// What a removed account leaves in aliases, over a transaction.

import { sql, type Tx } from '#io/sql/database.ts'

/** Of aliases that lead to the account with others: it is none of their targets any more, and one that led nowhere else goes. */
export async function forgetTarget(tx: Tx, accountId: number): Promise<void> {
  const lost = await tx.all<[string, string]>(sql`
    SELECT t.domain, t.local_part FROM alias_target t
      JOIN address ON address.domain = t.target_domain AND address.local_part = t.target_local_part
    WHERE address.account_id = ${accountId}`)
  await tx.run(sql`
    DELETE FROM alias_target WHERE (target_domain, target_local_part) IN (
      SELECT domain, local_part FROM address WHERE account_id = ${accountId})`)
  for (const [domain, local] of lost)
    await tx.run(sql`
      DELETE FROM address WHERE domain = ${domain} AND local_part = ${local} AND account_id = 0
        AND NOT EXISTS (SELECT 1 FROM alias_target t WHERE t.domain = ${domain} AND t.local_part = ${local})`)
}
