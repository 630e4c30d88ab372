// The row of what was set for an account; most accounts have none.

import { sql, type Tx } from '#io/sql/database.ts'
import type { AccountSettings } from './policy.ts'

export const nothingSet: AccountSettings = {
  onDelete: undefined,
  retrieval: undefined,
  language: undefined,
  noticedAt: undefined,
}

type SettingsRow = [onDelete: string | null, retrieval: string | null, language: string | null, noticed: number | null]

export async function readSettings(tx: Tx, accountId: number): Promise<AccountSettings> {
  const row = await tx.get<SettingsRow>(sql`
    SELECT on_delete, retrieval, language, noticed_at FROM retrieval WHERE account_id = ${accountId}`)
  if (row === undefined) return nothingSet
  const [onDelete, retrieval, language, noticedAt] = row
  return {
    // Only writeSettings writes them, from the same types.
    onDelete: (onDelete ?? undefined) as AccountSettings['onDelete'],
    retrieval: (retrieval ?? undefined) as AccountSettings['retrieval'],
    language: language ?? undefined,
    noticedAt: noticedAt ?? undefined,
  }
}

export async function writeSettings(tx: Tx, accountId: number, settings: AccountSettings): Promise<void> {
  const { onDelete, retrieval, language, noticedAt } = settings
  await tx.run(sql`
    INSERT INTO retrieval (account_id, on_delete, retrieval, language, noticed_at)
    VALUES (${accountId}, ${onDelete ?? null}, ${retrieval ?? null}, ${language ?? null}, ${noticedAt ?? null})
    ON CONFLICT (account_id) DO UPDATE SET on_delete = excluded.on_delete, retrieval = excluded.retrieval,
      language = excluded.language, noticed_at = excluded.noticed_at`)
}

/** Since when devices are written down; `now` the first time. */
export async function knownSince(tx: Tx, now: number): Promise<number> {
  const row = await tx.get<[number]>(sql`SELECT since FROM retrieval_since`)
  if (row !== undefined) return row[0]
  await tx.run(sql`INSERT INTO retrieval_since (since) VALUES (${now})`)
  return now
}

export async function forgetAccount(tx: Tx, accountId: number): Promise<void> {
  await tx.run(sql`DELETE FROM retrieval WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM device WHERE account_id = ${accountId}`)
}
