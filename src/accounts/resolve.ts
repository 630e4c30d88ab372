// What becomes of mail to one address: its owner by name, by the name before `+` (RFC 5233), by the domain's catch-all; and postmaster always has one (RFC 5321 4.5.1).

import { sql, type Tx } from '#io/sql/database.ts'
import type { Account, Resolution } from './account.ts'
import { type AccountRow, readAccount } from './account-verbs.ts'
import { exists } from './domain-verbs.ts'

const detailMark = '+'
const postmaster = 'postmaster'

/** `local` and `domain` folded. */
export async function resolve(tx: Tx, local: string, domain: string): Promise<Resolution> {
  const mark = local.indexOf(detailMark, 1)
  const base = mark < 0 ? local : local.slice(0, mark)
  const owners = await ownersOf(tx, { local, base, domain })
  const exact = owners.get(local)
  const byBase = owners.get(base)
  const found = exact ?? byBase ?? owners.get('')
  if (found === undefined) return await nobody(tx, local, domain)
  if (found.disabled) return local === postmaster ? await bare(tx) : { kind: 'disabled' }
  const detail = exact === undefined && byBase !== undefined ? local.slice(mark + 1) : undefined
  return { kind: 'account', account: found, detail }
}

/** `<postmaster>` without a domain: whoever is postmaster in one of the domains, else the first account, which is the operator's. */
export async function bare(tx: Tx): Promise<Resolution> {
  const named = await tx.get<AccountRow>(sql`
    SELECT account.account_id, account.address, disabled, account.created_at
    FROM domain
      JOIN address ON address.domain = domain.name AND local_part = ${postmaster}
      JOIN account ON account.account_id = address.account_id
    WHERE disabled = 0 ORDER BY domain.created_at, domain.name LIMIT 1`)
  const row =
    named ??
    (await tx.get<AccountRow>(sql`
      SELECT account_id, address, disabled, created_at FROM account
      WHERE disabled = 0 ORDER BY account_id LIMIT 1`))
  if (row === undefined) return { kind: 'no-such-mailbox' }
  return { kind: 'account', account: readAccount(row), detail: undefined }
}

/** A name that nobody can have, at a domain that may be ours: its catch-all takes it all the same. */
export async function unreadableName(tx: Tx, domain: string): Promise<Resolution> {
  return await resolve(tx, '', domain)
}

async function nobody(tx: Tx, local: string, domain: string): Promise<Resolution> {
  if (!(await exists(tx, domain))) return { kind: 'not-local' }
  return local === postmaster ? await bare(tx) : { kind: 'no-such-mailbox' }
}

interface Candidates {
  readonly local: string
  readonly base: string
  readonly domain: string
}

/** The owners of the name itself, of its base, of the catch-all (''), by local part. */
async function ownersOf(tx: Tx, { local, base, domain }: Candidates): Promise<ReadonlyMap<string, Account>> {
  const rows = await tx.all<[...AccountRow, local: string]>(sql`
    SELECT account.account_id, account.address, disabled, created_at, local_part
    FROM address JOIN account ON account.account_id = address.account_id
    WHERE domain = ${domain} AND local_part IN (${local}, ${base}, '')`)
  return new Map(
    rows.map(([id, address, disabled, createdAt, name]) => [name, readAccount([id, address, disabled, createdAt])]),
  )
}
