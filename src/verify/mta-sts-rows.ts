// The statements of kept MTA-STS policies, over a transaction. Times in milliseconds since 1970.

import { sql, type Tx } from '#io/sql/database.ts'
import type { StsPolicy } from './mta-sts-policy.ts'

export interface KeptPolicy extends StsPolicy {
  readonly fetchedAt: number
  readonly endsAt: number
}

type Row = readonly [id: string, mode: string, patterns: string, maxAge: number, fetchedAt: number, endsAt: number]

export async function find(tx: Tx, domain: string): Promise<KeptPolicy | undefined> {
  const row = await tx.get<Row>(sql`
    SELECT policy_id, mode, patterns, max_age_seconds, fetched_at, ends_at FROM sts_policy WHERE domain = ${domain}`)
  if (row === undefined) return undefined
  const [id, mode, patterns, maxAgeSeconds, fetchedAt, endsAt] = row
  const read: unknown = JSON.parse(patterns)
  if (!Array.isArray(read) || (mode !== 'enforce' && mode !== 'testing' && mode !== 'none')) return undefined
  return { id, mode, patterns: read.map(String), maxAgeSeconds, fetchedAt, endsAt }
}

export async function put(tx: Tx, domain: string, policy: KeptPolicy, refreshAt: number): Promise<void> {
  const { id, mode, patterns, maxAgeSeconds, fetchedAt, endsAt } = policy
  await tx.run(sql`
    INSERT INTO sts_policy (domain, policy_id, mode, patterns, max_age_seconds, fetched_at, refresh_at, ends_at)
    VALUES (${domain}, ${id}, ${mode}, ${JSON.stringify(patterns)}, ${maxAgeSeconds}, ${fetchedAt}, ${refreshAt}, ${endsAt})
    ON CONFLICT (domain) DO UPDATE SET
      policy_id = excluded.policy_id, mode = excluded.mode, patterns = excluded.patterns,
      max_age_seconds = excluded.max_age_seconds, fetched_at = excluded.fetched_at,
      refresh_at = excluded.refresh_at, ends_at = excluded.ends_at`)
}

/** Where it is still due: a fetch that went well has set a later time. */
export async function postpone(
  tx: Tx,
  domain: string,
  { now, refreshAt }: { readonly now: number; readonly refreshAt: number },
): Promise<void> {
  await tx.run(sql`UPDATE sts_policy SET refresh_at = ${refreshAt} WHERE domain = ${domain} AND refresh_at <= ${now}`)
}

export async function dueForRefresh(tx: Tx, now: number, most: number): Promise<readonly string[]> {
  const rows = await tx.all<[string]>(
    sql`SELECT domain FROM sts_policy WHERE refresh_at <= ${now} ORDER BY refresh_at LIMIT ${most}`,
  )
  return rows.map(([domain]) => domain)
}

export async function count(tx: Tx): Promise<number> {
  return (await tx.get<[number]>(sql`SELECT COUNT(*) FROM sts_policy`))?.[0] ?? 0
}

/** Takes those away that have ended; settles with their number. */
export async function purge(tx: Tx, now: number): Promise<number> {
  return await tx.run(sql`DELETE FROM sts_policy WHERE ends_at <= ${now}`)
}

/** The `most` that would end first. */
export async function dropFirstToEnd(tx: Tx, most: number): Promise<number> {
  return await tx.run(sql`
    DELETE FROM sts_policy WHERE domain IN (SELECT domain FROM sts_policy ORDER BY ends_at LIMIT ${most})`)
}
