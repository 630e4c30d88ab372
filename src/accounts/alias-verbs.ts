// Aliases, over a transaction: one more address of an account, or all addresses of a domain that have no other owner.

import { sql, type Tx } from '#io/sql/database.ts'
import { freeAddress, type Range, show } from './account-verbs.ts'
import { limits } from './limits.ts'
import { foldDomain, readAlias } from './names.ts'
import { type Page, pageOf, startOf } from './page.ts'
import { done, type Outcome } from './refusal.ts'

export interface Alias {
  /** As it was given; `@domain` for the catch-all. */
  readonly alias: string
  /** The address of the account that it leads to. */
  readonly account: string
}

export async function add(tx: Tx, alias: string, account: string): Promise<Outcome<Alias>> {
  const free = await freeAddress(tx, alias, readAlias)
  if (free.kind !== 'done') return free
  const found = await show(tx, account)
  if (found.kind !== 'done') return found
  const { domain, local, shown } = free.value
  await tx.run(sql`INSERT INTO address (domain, local_part, shown, account_id, is_alias)
    VALUES (${domain}, ${local}, ${shown}, ${found.value.accountId}, 1)`)
  return done({ alias: shown, account: found.value.address })
}

type AliasRow = [alias: string, account: string, domain: string, local: string]

export async function list(tx: Tx, { domain, after }: Range): Promise<Page<Alias>> {
  const start = startOf(after)
  const rows =
    domain === undefined
      ? await tx.all<AliasRow>(sql`
          SELECT address.shown, account.address, domain, local_part
          FROM address JOIN account ON account.account_id = address.account_id
          WHERE is_alias = 1 AND (domain, local_part) > (${start.domain}, ${start.local})
          ORDER BY domain, local_part LIMIT ${limits.pageItems + 1}`)
      : await tx.all<AliasRow>(sql`
          SELECT address.shown, account.address, domain, local_part
          FROM address JOIN account ON account.account_id = address.account_id
          WHERE is_alias = 1 AND domain = ${foldDomain(domain) ?? ''} AND local_part >= ${start.local}
          ORDER BY local_part LIMIT ${limits.pageItems + 2}`)
  // The catch-all's local part is '', the least of all: so `>=`, and the one before the page is dropped here.
  return pageOf(
    rows.filter(row => keyOf(row) !== after),
    keyOf,
    ([alias, account]) => ({ alias, account }),
  )
}

function keyOf([, , domain, local]: AliasRow): string {
  return `${local}@${domain}`
}

/** The first page of them. */
export async function ofAccount(tx: Tx, accountId: number): Promise<readonly string[]> {
  const rows = await tx.all<[string]>(sql`
    SELECT shown FROM address WHERE account_id = ${accountId} AND is_alias = 1
    ORDER BY domain, local_part LIMIT ${limits.pageItems}`)
  return rows.map(([shown]) => shown)
}

export async function remove(tx: Tx, alias: string): Promise<Outcome<Alias>> {
  const name = readAlias(alias)
  const row =
    name &&
    (await tx.get<[string, string]>(sql`
      SELECT address.shown, account.address
      FROM address JOIN account ON account.account_id = address.account_id
      WHERE domain = ${name.domain} AND local_part = ${name.local} AND is_alias = 1`))
  if (name === undefined || row === undefined) return { kind: 'no-such-alias', subject: alias }
  await tx.run(sql`DELETE FROM address WHERE domain = ${name.domain} AND local_part = ${name.local} AND is_alias = 1`)
  return done({ alias: row[0], account: row[1] })
}
