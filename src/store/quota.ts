// What an account uses, and may use.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Limited, Quota } from './store.ts'

export async function quotaOf(tx: Tx, accountId: number): Promise<Quota> {
  const row = await tx.get<[number, number | null, number, number | null]>(
    sql`SELECT used_bytes, quota_bytes, message_count, quota_messages FROM mail_account WHERE account_id = ${accountId}`,
  )
  const [usedBytes, limitBytes, messages, limitMessages] = row ?? [0, null, 0, null]
  return { usedBytes, limitBytes: limitBytes ?? undefined, messages, limitMessages: limitMessages ?? undefined }
}

/** Undefined when there is no limit. */
export async function limitOf(tx: Tx, accountId: number): Promise<Limited | undefined> {
  const row = await tx.get<[number, number | null, number, number | null, number | null]>(sql`
    SELECT used_bytes, quota_bytes, message_count, quota_messages, full_since
    FROM mail_account WHERE account_id = ${accountId}`)
  if (row === undefined) return undefined
  const [usedBytes, limitBytes, messages, limitMessages, fullSince] = row
  if (limitBytes === null && limitMessages === null) return undefined
  return {
    usedBytes,
    limitBytes: limitBytes ?? Number.POSITIVE_INFINITY,
    messages,
    limitMessages: limitMessages ?? Number.POSITIVE_INFINITY,
    fullSince: fullSince ?? undefined,
  }
}

/** Under a new limit the account's time without room starts anew. */
export async function setQuota(tx: Tx, accountId: number, limitBytes: number | undefined): Promise<void> {
  await tx.run(sql`
    UPDATE mail_account SET quota_bytes = ${limitBytes ?? null}, full_since = NULL WHERE account_id = ${accountId}`)
}

/** As `setQuota`, for the number of messages. */
export async function setMessageQuota(tx: Tx, accountId: number, limitMessages: number | undefined): Promise<void> {
  await tx.run(sql`
    UPDATE mail_account SET quota_messages = ${limitMessages ?? null}, full_since = NULL WHERE account_id = ${accountId}`)
}

export async function noteFull(tx: Tx, accountId: number, fullSince: number | undefined): Promise<void> {
  await tx.run(sql`UPDATE mail_account SET full_since = ${fullSince ?? null} WHERE account_id = ${accountId}`)
}
