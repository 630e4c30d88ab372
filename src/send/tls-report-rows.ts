// The statements of the daily reports about TLS, over a transaction. A day is counted from 1970; times are in milliseconds since then.

import { sql, type Tx } from '#io/sql/database.ts'

export interface ReportKey {
  readonly day: number
  /** The mail domain, in A-labels. */
  readonly domain: string
}

export interface CountedResult extends ReportKey {
  readonly key: string
  /** JSON. */
  readonly detail: string
  readonly sessions: number
}

export async function addSessions(tx: Tx, { day, domain, key, detail, sessions }: CountedResult): Promise<void> {
  await tx.run(sql`
    INSERT INTO tls_result (day, domain, key, detail, sessions) VALUES (${day}, ${domain}, ${key}, ${detail}, ${sessions})
    ON CONFLICT (day, domain, key) DO UPDATE SET sessions = tls_result.sessions + excluded.sessions`)
}

/** Owed from now on, unless it is already. */
export async function owe(tx: Tx, { day, domain }: ReportKey, nextAt: number): Promise<void> {
  await tx.run(sql`
    INSERT INTO tls_report (day, domain, next_at) VALUES (${day}, ${domain}, ${nextAt})
    ON CONFLICT (day, domain) DO NOTHING`)
}

export async function due(tx: Tx, now: number, most: number): Promise<readonly ReportKey[]> {
  const rows = await tx.all<[number, string]>(sql`
    SELECT day, domain FROM tls_report WHERE next_at <= ${now} ORDER BY next_at LIMIT ${most}`)
  return rows.map(([day, domain]) => ({ day, domain }))
}

export async function postpone(tx: Tx, { day, domain }: ReportKey, nextAt: number): Promise<void> {
  await tx.run(sql`UPDATE tls_report SET next_at = ${nextAt} WHERE day = ${day} AND domain = ${domain}`)
}

export async function resultsOf(
  tx: Tx,
  { day, domain }: ReportKey,
  most: number,
): Promise<readonly Pick<CountedResult, 'detail' | 'sessions'>[]> {
  const rows = await tx.all<[string, number]>(sql`
    SELECT detail, sessions FROM tls_result WHERE day = ${day} AND domain = ${domain} ORDER BY key LIMIT ${most}`)
  return rows.map(([detail, sessions]) => ({ detail, sessions }))
}

export async function settle(tx: Tx, { day, domain }: ReportKey): Promise<void> {
  await tx.run(sql`DELETE FROM tls_result WHERE day = ${day} AND domain = ${domain}`)
  await tx.run(sql`DELETE FROM tls_report WHERE day = ${day} AND domain = ${domain}`)
}

export async function countResults(tx: Tx): Promise<number> {
  return (await tx.get<[number]>(sql`SELECT COUNT(*) FROM tls_result`))?.[0] ?? 0
}
