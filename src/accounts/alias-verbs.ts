// Aliases, over a transaction: one more address of an account, or of several accounts and addresses elsewhere; or all addresses of a domain
// that have no other owner. One that leads to one account alone is that account's own, and its row names it; the targets of others are rows of their own.

import { sql, type Tx } from '#io/sql/database.ts'
import { freeAddress, type Range } from './account-verbs.ts'
import { limits } from './limits.ts'
import { type FoldedAddress, foldDomain, readAlias } from './names.ts'
import { type Page, pageOf, startOf } from './page.ts'
import { done, type Outcome } from './refusal.ts'
import { readTargets } from './targets.ts'

export interface Alias {
  /** As it was given; `@domain` for the catch-all. */
  readonly alias: string
  /** The addresses that it leads to. */
  readonly targets: readonly string[]
}

/** The account of an alias with targets of its own. */
const nobody = 0

export async function add(tx: Tx, alias: string, targets: readonly string[]): Promise<Outcome<Alias>> {
  const free = await freeAddress(tx, alias, readAlias)
  if (free.kind !== 'done') return free
  const { domain, local, shown } = free.value
  const read = await readTargets(tx, targets, { of: free.value, most: limits.aliasTargets, subject: alias })
  if (read.kind !== 'done') return read
  const [first] = read.value
  if (first === undefined) return { kind: 'bad-target', subject: alias }
  const account = read.value.length === 1 ? await accountAt(tx, first) : undefined
  await tx.run(sql`INSERT INTO address (domain, local_part, shown, account_id, is_alias)
    VALUES (${domain}, ${local}, ${shown}, ${account?.[0] ?? nobody}, 1)`)
  if (account !== undefined) return done({ alias: shown, targets: [account[1]] })
  for (const target of read.value)
    await tx.run(sql`INSERT INTO alias_target (domain, local_part, target_domain, target_local_part, shown)
      VALUES (${domain}, ${local}, ${target.domain}, ${target.local}, ${target.shown})`)
  return done({ alias: shown, targets: read.value.map(target => target.shown) })
}

type AliasRow = [alias: string, account: string | null, domain: string, local: string]

export async function list(tx: Tx, { domain, after }: Range): Promise<Page<Alias>> {
  const start = startOf(after)
  const rows =
    domain === undefined
      ? await tx.all<AliasRow>(sql`
          SELECT address.shown, account.address, domain, local_part
          FROM address LEFT JOIN account ON account.account_id = address.account_id
          WHERE is_alias = 1 AND (domain, local_part) > (${start.domain}, ${start.local})
          ORDER BY domain, local_part LIMIT ${limits.pageItems + 1}`)
      : await tx.all<AliasRow>(sql`
          SELECT address.shown, account.address, domain, local_part
          FROM address LEFT JOIN account ON account.account_id = address.account_id
          WHERE is_alias = 1 AND domain = ${foldDomain(domain) ?? ''} AND local_part >= ${start.local}
          ORDER BY local_part LIMIT ${limits.pageItems + 2}`)
  // The catch-all's local part is '', the least of all: so `>=`, and the one before the page is dropped here.
  const page = pageOf(
    rows.filter(row => keyOf(row) !== after),
    keyOf,
    row => row,
  )
  const items: Alias[] = []
  for (const row of page.items) items.push(await withTargets(tx, row))
  return { ...page, items }
}

function keyOf([, , domain, local]: AliasRow): string {
  return `${local}@${domain}`
}

async function withTargets(tx: Tx, [alias, account, domain, local]: AliasRow): Promise<Alias> {
  return { alias, targets: account === null ? await targetsOf(tx, { domain, local }) : [account] }
}

async function targetsOf(
  tx: Tx,
  { domain, local }: { readonly domain: string; readonly local: string },
): Promise<readonly string[]> {
  const rows = await tx.all<[string]>(sql`
    SELECT shown FROM alias_target WHERE domain = ${domain} AND local_part = ${local}
    ORDER BY target_domain, target_local_part`)
  return rows.map(([shown]) => shown)
}

/** The first page of those that are its own. */
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
    (await tx.get<AliasRow>(sql`
      SELECT address.shown, account.address, domain, local_part
      FROM address LEFT JOIN account ON account.account_id = address.account_id
      WHERE domain = ${name.domain} AND local_part = ${name.local} AND is_alias = 1`))
  if (name === undefined || row === undefined) return { kind: 'no-such-alias', subject: alias }
  const removed = await withTargets(tx, row)
  await tx.run(sql`DELETE FROM address WHERE domain = ${name.domain} AND local_part = ${name.local} AND is_alias = 1`)
  await tx.run(sql`DELETE FROM alias_target WHERE domain = ${name.domain} AND local_part = ${name.local}`)
  return done(removed)
}

/** The account that has this very address. Through another alias it would stay after that one is gone. */
async function accountAt(
  tx: Tx,
  { domain, local }: FoldedAddress,
): Promise<readonly [accountId: number, address: string] | undefined> {
  return await tx.get<[number, string]>(sql`
    SELECT account.account_id, account.address
    FROM address JOIN account ON account.account_id = address.account_id
    WHERE domain = ${domain} AND local_part = ${local} AND is_alias = 0`)
}
