// The statements of the suppression list, over a transaction.

import { sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import type { RecipientKey } from './recipient-key.ts'
import type { NewSuppression, Reason, Scope, Source, Suppression } from './suppression.ts'

type Row = [
  accountId: number,
  senderDomain: string,
  domain: string,
  local: string,
  shown: string,
  reason: string,
  source: string,
  detail: string,
  addedAt: number,
  expiresAt: number | null,
]

interface Asked extends RecipientKey {
  readonly accountId: number
  readonly senderDomain: string
}

/** The account's own word before its domain's. */
export async function find(tx: Tx, asked: Asked, now: number): Promise<Suppression | undefined> {
  const { accountId, senderDomain, domain, local } = asked
  const row = await tx.get<Row>(sql`
    SELECT account_id, sender_domain, domain, local_part, shown, reason, source, detail, added_at, expires_at
    FROM suppression
    WHERE account_id = ${accountId} AND sender_domain = '' AND domain = ${domain} AND local_part = ${local}
      AND (expires_at IS NULL OR expires_at > ${now})
    UNION ALL
    SELECT account_id, sender_domain, domain, local_part, shown, reason, source, detail, added_at, expires_at
    FROM suppression
    WHERE account_id = 0 AND sender_domain = ${senderDomain} AND domain = ${domain} AND local_part = ${local}
      AND (expires_at IS NULL OR expires_at > ${now})
    LIMIT 1`)
  return row && readRow(row)
}

/** Whether the list has anybody, past their time or not. */
export async function hasAny(tx: Tx, scope: Scope): Promise<boolean> {
  const { accountId, senderDomain } = columnsOf(scope)
  const row = await tx.get(sql`
    SELECT 1 FROM suppression WHERE account_id = ${accountId} AND sender_domain = ${senderDomain} LIMIT 1`)
  return row !== undefined
}

/** In the place of what stood there. False when it was there already. */
export async function put(tx: Tx, key: RecipientKey, entry: NewSuppression, now: number): Promise<boolean> {
  const { accountId, senderDomain } = columnsOf(entry.scope)
  const old = await tx.get(sql`
    SELECT 1 FROM suppression
    WHERE account_id = ${accountId} AND sender_domain = ${senderDomain}
      AND domain = ${key.domain} AND local_part = ${key.local}`)
  await tx.run(sql`
    INSERT INTO suppression
      (account_id, sender_domain, domain, local_part, shown, reason, source, detail, added_at, expires_at)
    VALUES (${accountId}, ${senderDomain}, ${key.domain}, ${key.local}, ${entry.recipient}, ${entry.reason},
      ${entry.source}, ${entry.detail}, ${now}, ${entry.expiresAt ?? null})
    ON CONFLICT (account_id, sender_domain, domain, local_part) DO UPDATE
    SET shown = excluded.shown, reason = excluded.reason, source = excluded.source, detail = excluded.detail,
      added_at = excluded.added_at, expires_at = excluded.expires_at`)
  return old === undefined
}

/** Whatever stands there, past its time or not. */
export async function standing(
  tx: Tx,
  scope: Scope,
  { domain, local }: RecipientKey,
): Promise<Suppression | undefined> {
  const { accountId, senderDomain } = columnsOf(scope)
  const row = await tx.get<Row>(sql`
    SELECT account_id, sender_domain, domain, local_part, shown, reason, source, detail, added_at, expires_at
    FROM suppression
    WHERE account_id = ${accountId} AND sender_domain = ${senderDomain} AND domain = ${domain} AND local_part = ${local}`)
  return row && readRow(row)
}

/** Settles with their number. */
export async function take(tx: Tx, scope: Scope, { domain, local }: RecipientKey): Promise<number> {
  const { accountId, senderDomain } = columnsOf(scope)
  return await tx.run(sql`
    DELETE FROM suppression
    WHERE account_id = ${accountId} AND sender_domain = ${senderDomain} AND domain = ${domain} AND local_part = ${local}`)
}

export async function countOf(tx: Tx, scope: Scope): Promise<number> {
  const { accountId, senderDomain } = columnsOf(scope)
  const row = await tx.get<[number]>(sql`
    SELECT COUNT(*) FROM suppression WHERE account_id = ${accountId} AND sender_domain = ${senderDomain}`)
  return row?.[0] ?? 0
}

export async function purge(tx: Tx, now: number, most: number): Promise<void> {
  await tx.run(sql`
    DELETE FROM suppression WHERE (account_id, sender_domain, domain, local_part) IN (
      SELECT account_id, sender_domain, domain, local_part FROM suppression
      WHERE expires_at IS NOT NULL AND expires_at <= ${now} ORDER BY expires_at LIMIT ${most})`)
}

export async function forget(tx: Tx, accountId: number): Promise<void> {
  await tx.run(sql`DELETE FROM suppression WHERE account_id = ${accountId}`)
}

export interface SuppressionPage {
  readonly items: readonly Suppression[]
  /** Of the next page; undefined at the end. */
  readonly next: string | undefined
}

type Place = readonly [accountId: number, senderDomain: string, domain: string, local: string]

/** In the order of the key; of one scope if it is given. */
export async function page(
  tx: Tx,
  { scope, after, now }: { scope: Scope | undefined; after: string | undefined; now: number },
): Promise<SuppressionPage> {
  const [accountId, senderDomain, domain, local] = after === undefined ? startOf(scope) : readPlace(after)
  const most = limits.pageItems + 1
  const rows =
    scope === undefined
      ? await tx.all<Row>(sql`
        SELECT account_id, sender_domain, domain, local_part, shown, reason, source, detail, added_at, expires_at
        FROM suppression
        WHERE (account_id, sender_domain, domain, local_part) > (${accountId}, ${senderDomain}, ${domain}, ${local})
          AND (expires_at IS NULL OR expires_at > ${now})
        ORDER BY account_id, sender_domain, domain, local_part LIMIT ${most}`)
      : await tx.all<Row>(sql`
        SELECT account_id, sender_domain, domain, local_part, shown, reason, source, detail, added_at, expires_at
        FROM suppression
        WHERE account_id = ${accountId} AND sender_domain = ${senderDomain}
          AND (domain, local_part) > (${domain}, ${local}) AND (expires_at IS NULL OR expires_at > ${now})
        ORDER BY domain, local_part LIMIT ${most}`)
  const shown = rows.slice(0, limits.pageItems)
  const last = shown.at(-1)
  const next = rows.length > shown.length && last !== undefined ? JSON.stringify(last.slice(0, 4)) : undefined
  return { items: shown.map(readRow), next }
}

function startOf(scope: Scope | undefined): Place {
  if (scope === undefined) return [0, '', '', '']
  const { accountId, senderDomain } = columnsOf(scope)
  return [accountId, senderDomain, '', '']
}

function readPlace(after: string): Place {
  const read: unknown = JSON.parse(after)
  const isPlace =
    Array.isArray(read) && read.length === 4 && read.every((one, at) => typeof one === (at < 1 ? 'number' : 'string'))
  if (!isPlace) throw new Error('no page begins there')
  return [read[0], read[1], read[2], read[3]]
}

function columnsOf(scope: Scope): { readonly accountId: number; readonly senderDomain: string } {
  return scope.kind === 'account'
    ? { accountId: scope.accountId, senderDomain: '' }
    : { accountId: 0, senderDomain: scope.senderDomain }
}

function readRow(row: Row): Suppression {
  const [accountId, senderDomain, , , shown, reason, source, detail, addedAt, expiresAt] = row
  return {
    scope: senderDomain === '' ? { kind: 'account', accountId } : { kind: 'domain', senderDomain },
    recipient: shown,
    // Written from these types, above.
    reason: reason as Reason,
    source: source as Source,
    detail,
    addedAt,
    expiresAt: expiresAt ?? undefined,
  }
}
