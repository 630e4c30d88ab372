// What an account uses, and may use.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Quota } from './store.ts'

export async function quotaOf(tx: Tx, accountId: number): Promise<Quota> {
  const row = await tx.get<[number, number | null, number]>(
    sql`SELECT used_bytes, quota_bytes, message_count FROM mail_account WHERE account_id = ${accountId}`,
  )
  const [usedBytes, limitBytes, messages] = row ?? [0, null, 0]
  return { usedBytes, limitBytes: limitBytes ?? undefined, messages }
}

export async function setQuota(tx: Tx, accountId: number, limitBytes: number | undefined): Promise<void> {
  await tx.run(sql`UPDATE mail_account SET quota_bytes = ${limitBytes ?? null} WHERE account_id = ${accountId}`)
}
