// What becomes of mail to one address: its owner by name, by the name before `+` (RFC 5233), by the domain's catch-all; and postmaster always has one (RFC 5321 4.5.1).
// Where it goes on from there is forwarding.ts.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Account, Resolution } from './account.ts'
import { type AccountRow, readAccount } from './account-verbs.ts'
import { exists } from './domain-verbs.ts'
import { followed } from './forwarding.ts'
import { type Found, lookUp } from './look-up.ts'

const postmaster = 'postmaster'

/** `local` and `domain` folded. */
export async function resolve(tx: Tx, local: string, domain: string): Promise<Resolution> {
  const found = await lookUp(tx, local, domain)
  if (found === undefined) return await nobody(tx, local, domain)
  if (found.kind === 'account' && found.account.disabled)
    return local === postmaster ? await bare(tx) : { kind: 'disabled' }
  return isEnd(found)
    ? { kind: 'account', account: found.account, detail: found.detail }
    : await followed(tx, found, `${local}@${domain}`)
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

/** Those whose name it is, for what they may send as: the account, or the accounts that an alias names. Not those to whom an account forwards. */
export async function ownersOf(tx: Tx, local: string, domain: string): Promise<ReadonlySet<number>> {
  const found = await lookUp(tx, local, domain)
  if (found === undefined) {
    const resolved = await nobody(tx, local, domain)
    return new Set(resolved.kind === 'account' ? [resolved.account.accountId] : [])
  }
  if (found.kind === 'account') return new Set(found.account.disabled ? [] : [found.account.accountId])
  const rows = await tx.all<[number]>(sql`
    SELECT DISTINCT account.account_id
    FROM alias_target t
      JOIN address ON address.domain = t.target_domain AND address.local_part = t.target_local_part
      JOIN account ON account.account_id = address.account_id
    WHERE t.domain = ${found.domain} AND t.local_part = ${found.local} AND disabled = 0`)
  return new Set(rows.map(([accountId]) => accountId))
}

function isEnd(found: Found): found is Found & { readonly kind: 'account'; readonly account: Account } {
  return found.kind === 'account' && found.forwards === 'none'
}

async function nobody(tx: Tx, local: string, domain: string): Promise<Resolution> {
  if (!(await exists(tx, domain))) return { kind: 'not-local' }
  return local === postmaster ? await bare(tx) : { kind: 'no-such-mailbox' }
}
