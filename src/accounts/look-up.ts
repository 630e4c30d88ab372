// One step of resolving: whose row of the table of addresses fits a name best.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Account } from './account.ts'
import { readAccount } from './account-verbs.ts'

const detailMark = '+'

export type Found =
  | {
      readonly kind: 'account'
      readonly account: Account
      readonly detail: string | undefined
      readonly forwards: Forwards
    }
  /** An alias with targets of its own (alias_target): `local` is '' of the catch-all. */
  | {
      readonly kind: 'alias'
      readonly local: string
      readonly domain: string
      /** As it was given. */
      readonly shown: string
      readonly detail: string | undefined
    }

/** Whether an account's mail goes on, and whether a copy stays. */
export type Forwards = 'none' | 'copy-stays' | 'no-copy'

const byNumber: readonly Forwards[] = ['none', 'copy-stays', 'no-copy']

/** How the table writes it. */
export function numberOf(forwards: Forwards): number {
  return byNumber.indexOf(forwards)
}

export function forwardsOf(number: number): Forwards {
  return byNumber[number] ?? 'none'
}

type FoundRow = readonly [
  local: string,
  shown: string,
  accountId: number | null,
  address: string | null,
  disabled: number | null,
  createdAt: number | null,
  forwards: number | null,
]

/** By the name itself, then by the one before `+`, then the catch-all. `local` and `domain` folded. */
export async function lookUp(tx: Tx, local: string, domain: string): Promise<Found | undefined> {
  const mark = local.indexOf(detailMark, 1)
  const base = mark < 0 ? local : local.slice(0, mark)
  const rows = await tx.all<FoundRow>(sql`
    SELECT local_part, shown, account.account_id, account.address, disabled, created_at, forwards
    FROM address LEFT JOIN account ON account.account_id = address.account_id
    WHERE domain = ${domain} AND local_part IN (${local}, ${base}, '')`)
  const named = (name: string) => rows.find(([one]) => one === name)
  const exact = named(local)
  if (exact !== undefined) return read(exact, domain, undefined)
  const byBase = named(base)
  if (byBase !== undefined) return read(byBase, domain, local.slice(mark + 1))
  const catchAll = named('')
  return catchAll && read(catchAll, domain, undefined)
}

function read(row: FoundRow, domain: string, detail: string | undefined): Found {
  const [local, shown, accountId, address, disabled, createdAt, forwards] = row
  if (accountId === null) return { kind: 'alias', local, domain, shown, detail }
  const account = readAccount([accountId, address ?? '', disabled ?? 0, createdAt ?? 0])
  return { kind: 'account', account, detail, forwards: forwardsOf(forwards ?? 0) }
}
