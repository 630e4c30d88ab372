// Domains that are ours, over a transaction.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import { foldDomain } from './names.ts'
import { type Page, pageOf } from './page.ts'
import { done, type Outcome } from './refusal.ts'

export interface Domain {
  /** As it was given. */
  readonly name: string
  readonly accounts: number
  /** Milliseconds since 1970. */
  readonly createdAt: number
}

type DomainRow = [name: string, shown: string, createdAt: number, accounts: number]

export async function add(
  tx: Tx,
  { name, now }: { readonly name: string; readonly now: number },
): Promise<Outcome<Domain>> {
  const folded = foldDomain(name)
  if (folded === undefined) return { kind: 'bad-domain', subject: name }
  if (await exists(tx, folded)) return { kind: 'already-exists', subject: name }
  const shown = name.replace(/\.$/, '')
  await tx.run(sql`INSERT INTO domain (name, shown, created_at) VALUES (${folded}, ${shown}, ${now})`)
  return done({ name: shown, accounts: 0, createdAt: now })
}

/** `folded`: in lower case ASCII. */
export async function exists(tx: Tx, folded: string): Promise<boolean> {
  return (await tx.get(sql`SELECT 1 FROM domain WHERE name = ${folded}`)) !== undefined
}

export async function list(tx: Tx, after = ''): Promise<Page<Domain>> {
  const rows = await tx.all<DomainRow>(sql`
    SELECT name, shown, created_at,
      (SELECT COUNT(*) FROM address WHERE domain = name AND is_alias = 0)
    FROM domain WHERE name > ${after} ORDER BY name LIMIT ${limits.pageItems + 1}`)
  return pageOf(rows, ([name]) => name, readDomain)
}

export async function remove(tx: Tx, name: string): Promise<Outcome<Domain>> {
  const folded = foldDomain(name)
  const row = folded === undefined ? undefined : await find(tx, folded)
  if (row === undefined) return { kind: 'no-such-domain', subject: name }
  const domain = readDomain(row)
  if (domain.accounts > 0) return { kind: 'in-use', subject: name }
  await tx.run(sql`DELETE FROM address WHERE domain = ${row[0]}`)
  await tx.run(sql`DELETE FROM alias_target WHERE domain = ${row[0]}`)
  await tx.run(sql`DELETE FROM domain WHERE name = ${row[0]}`)
  return done(domain)
}

async function find(tx: Tx, folded: string): Promise<DomainRow | undefined> {
  return await tx.get<DomainRow>(sql`
    SELECT name, shown, created_at,
      (SELECT COUNT(*) FROM address WHERE domain = name AND is_alias = 0)
    FROM domain WHERE name = ${folded}`)
}

function readDomain([, shown, createdAt, accounts]: DomainRow): Domain {
  return { name: shown, accounts, createdAt }
}
