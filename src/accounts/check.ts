// What the directory's tables promise each other, looked at in one snapshot.

import { sql, type Tx } from '#io/sql/database.ts'

export interface DirectoryFinding {
  readonly severity: 'error'
  /** Which rule is broken. */
  readonly what: string
  readonly accountId: number | undefined
  readonly detail: string
}

/** Nothing when all is well. */
export async function check(tx: Tx): Promise<readonly DirectoryFinding[]> {
  const ownerless = await tx.all<[string, number]>(sql`
    SELECT shown, account_id FROM address
    WHERE (account_id <> 0 OR is_alias = 0)
      AND NOT EXISTS (SELECT 1 FROM account WHERE account.account_id = address.account_id)`)
  const foreign = await tx.all<[string, number]>(sql`
    SELECT shown, account_id FROM address WHERE NOT EXISTS (SELECT 1 FROM domain WHERE name = domain)`)
  const nameless = await tx.all<[string, number]>(sql`
    SELECT address, account_id FROM account WHERE NOT EXISTS (
      SELECT 1 FROM address WHERE address.account_id = account.account_id AND is_alias = 0)`)
  const early = await tx.all<[string, number]>(sql`
    SELECT address, account_id FROM account WHERE account_id >= (SELECT account_id FROM next_account)`)
  const keys = await tx.all<[string, number]>(sql`
    SELECT mechanism, account_id FROM scram_keys
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE account.account_id = scram_keys.account_id)`)
  const grants = await tx.all<[string, number]>(sql`
    SELECT shown, account_id FROM send_as
    WHERE NOT EXISTS (SELECT 1 FROM account WHERE account.account_id = send_as.account_id)`)
  const nowhere = await tx.all<[string, number]>(sql`
    SELECT shown, account_id FROM address WHERE account_id = 0 AND NOT EXISTS (
      SELECT 1 FROM alias_target t WHERE t.domain = address.domain AND t.local_part = address.local_part)`)
  const loose = await tx.all<[string, number]>(sql`
    SELECT shown, 0 FROM alias_target t WHERE NOT EXISTS (
      SELECT 1 FROM address a WHERE a.domain = t.domain AND a.local_part = t.local_part AND a.account_id = 0)`)
  const forwards = await tx.all<[string, number]>(sql`
    SELECT shown, account_id FROM account_forward f
    WHERE NOT EXISTS (SELECT 1 FROM account a WHERE a.account_id = f.account_id AND a.forwards > 0)`)
  return [
    ...found('address-without-account', ownerless),
    ...found('address-without-domain', foreign),
    ...found('account-without-address', nameless),
    ...found('account-id-not-reserved', early),
    ...found('scram-keys-without-account', keys),
    ...found('grant-without-account', grants),
    ...found('alias-without-target', nowhere),
    ...found('target-without-alias', loose),
    ...found('forward-without-account', forwards),
  ]
}

function found(what: string, rows: readonly (readonly [string, number])[]): readonly DirectoryFinding[] {
  return rows.map(([detail, accountId]) => ({ severity: 'error', what, accountId, detail }))
}
