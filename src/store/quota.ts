// What an account uses, and may use.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Limited, Quota } from './store.ts'

export async function quotaOf(tx: Tx, accountId: number): Promise<Quota> {
  const row = await tx.get<[number, number | null, number]>(
    sql`SELECT used_bytes, quota_bytes, message_count FROM mail_account WHERE account_id = ${accountId}`,
  )
  const [usedBytes, limitBytes, messages] = row ?? [0, null, 0]
  return { usedBytes, limitBytes: limitBytes ?? undefined, messages }
}

/** Undefined when there is no limit. */
export async function limitOf(tx: Tx, accountId: number): Promise<Limited | undefined> {
  const row = await tx.get<[number, number | null, number | null]>(
    sql`SELECT used_bytes, quota_bytes, full_since FROM mail_account WHERE account_id = ${accountId}`,
  )
  const [usedBytes, limitBytes, fullSince] = row ?? [0, null, null]
  return limitBytes === null ? undefined : { usedBytes, limitBytes, fullSince: fullSince ?? undefined }
}

/** Under a new limit the account's time without room starts anew. */
export async function setQuota(tx: Tx, accountId: number, limitBytes: number | undefined): Promise<void> {
  await tx.run(sql`
    UPDATE mail_account SET quota_bytes = ${limitBytes ?? null}, full_since = NULL WHERE account_id = ${accountId}`)
}

export async function noteFull(tx: Tx, accountId: number, fullSince: number | undefined): Promise<void> {
  await tx.run(sql`UPDATE mail_account SET full_since = ${fullSince ?? null} WHERE account_id = ${accountId}`)
}
