// Whom an account may name as the sender besides its own addresses, over a transaction. A whole domain is granted as `@domain`, its local part is ''.
// The domain need not be ours: whoever grants it answers for it.

import { sql, type Tx } from '#io/sql/database.ts'
import { show } from './account-verbs.ts'
import { limits } from './limits.ts'
import { readAlias } from './names.ts'
import { done, type Outcome } from './refusal.ts'

export interface SendAs {
  /** The account's address. */
  readonly account: string
  /** As it was given; `@domain` for a whole domain. */
  readonly address: string
}

export async function grant(tx: Tx, account: string, address: string): Promise<Outcome<SendAs>> {
  const found = await show(tx, account)
  if (found.kind !== 'done') return found
  const name = readAlias(address)
  if (name === undefined) return { kind: 'bad-address', subject: address }
  const { accountId } = found.value
  const { domain, local, shown } = name
  if (await isGranted(tx, accountId, { local, domain })) return { kind: 'already-exists', subject: address }
  const granted = await count(tx, accountId)
  if (granted >= limits.sendAsOfAccount) return { kind: 'too-many', subject: account }
  await tx.run(sql`INSERT INTO send_as (account_id, domain, local_part, shown)
    VALUES (${accountId}, ${domain}, ${local}, ${shown})`)
  return done({ account: found.value.address, address: shown })
}

export async function revoke(tx: Tx, account: string, address: string): Promise<Outcome<SendAs>> {
  const found = await show(tx, account)
  if (found.kind !== 'done') return found
  const name = readAlias(address)
  const { accountId } = found.value
  const row =
    name &&
    (await tx.get<[string]>(sql`
      SELECT shown FROM send_as
      WHERE account_id = ${accountId} AND domain = ${name.domain} AND local_part = ${name.local}`))
  if (name === undefined || row === undefined) return { kind: 'no-such-grant', subject: address }
  await tx.run(sql`DELETE FROM send_as
    WHERE account_id = ${accountId} AND domain = ${name.domain} AND local_part = ${name.local}`)
  return done({ account: found.value.address, address: row[0] })
}

/** All of them: there are at most `limits.sendAsOfAccount`. */
export async function ofAccount(tx: Tx, accountId: number): Promise<readonly string[]> {
  const rows = await tx.all<[string]>(sql`
    SELECT shown FROM send_as WHERE account_id = ${accountId} ORDER BY domain, local_part`)
  return rows.map(([shown]) => shown)
}

/** `local` and `domain` folded: that address, or all of its domain. */
export async function covers(
  tx: Tx,
  accountId: number,
  { local, domain }: { readonly local: string; readonly domain: string },
): Promise<boolean> {
  const row = await tx.get(sql`
    SELECT 1 FROM send_as
    WHERE account_id = ${accountId} AND domain = ${domain} AND local_part IN (${local}, '')`)
  return row !== undefined
}

async function isGranted(
  tx: Tx,
  accountId: number,
  { local, domain }: { readonly local: string; readonly domain: string },
): Promise<boolean> {
  const row = await tx.get(sql`
    SELECT 1 FROM send_as WHERE account_id = ${accountId} AND domain = ${domain} AND local_part = ${local}`)
  return row !== undefined
}

async function count(tx: Tx, accountId: number): Promise<number> {
  const row = await tx.get<[number]>(sql`SELECT COUNT(*) FROM send_as WHERE account_id = ${accountId}`)
  return row?.[0] ?? 0
}
