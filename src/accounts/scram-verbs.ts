// SCRAM's keys in the tables, over a transaction: one text for each account and mechanism, and the installation's secret for salts.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Account } from './account.ts'
import type { FoldedAddress } from './names.ts'
import type { ScramMechanism } from './scram-keys.ts'

export interface KeysText {
  readonly mechanism: ScramMechanism
  /** As scram-keys.ts prints it. */
  readonly text: string
}

export async function putKeys(tx: Tx, accountId: number, keys: readonly KeysText[]): Promise<void> {
  for (const { mechanism, text } of keys) {
    await tx.run(sql`DELETE FROM scram_keys WHERE account_id = ${accountId} AND mechanism = ${mechanism}`)
    await tx.run(sql`INSERT INTO scram_keys (account_id, mechanism, keys) VALUES (${accountId}, ${mechanism}, ${text})`)
  }
}

/** Nothing if the password is another by now. */
export async function addKeys(
  tx: Tx,
  { accountId, passwordHash, keys }: { accountId: number; passwordHash: string; keys: readonly KeysText[] },
): Promise<void> {
  const row = await tx.get(
    sql`SELECT 1 FROM account WHERE account_id = ${accountId} AND password_hash = ${passwordHash}`,
  )
  if (row !== undefined) await putKeys(tx, accountId, keys)
}

export async function keysOf(tx: Tx, accountId: number): Promise<readonly string[]> {
  const rows = await tx.all<[string]>(sql`SELECT keys FROM scram_keys WHERE account_id = ${accountId}`)
  return rows.map(([text]) => text)
}

export interface FoundKeys {
  readonly account: Account
  /** Undefined: it has none of this mechanism. */
  readonly keys: string | undefined
}

/** One statement whether there is such an account, and keys, or not. */
export async function credentials(
  tx: Tx,
  name: FoldedAddress,
  mechanism: ScramMechanism,
): Promise<FoundKeys | undefined> {
  type Found = [accountId: number, address: string, disabled: number, createdAt: number, keys: string | null]
  const row = await tx.get<Found>(sql`
    SELECT account.account_id, account.address, disabled, created_at, keys
    FROM address JOIN account ON account.account_id = address.account_id
      LEFT JOIN scram_keys ON scram_keys.account_id = account.account_id AND mechanism = ${mechanism}
    WHERE domain = ${name.domain} AND local_part = ${name.local} AND is_alias = 0`)
  if (row === undefined) return undefined
  const [accountId, address, disabled, createdAt, keys] = row
  return { account: { accountId, address, disabled: disabled !== 0, createdAt }, keys: keys ?? undefined }
}

/** The installation's secret: `fresh` the first time, the same ever after. */
export async function saltSecret(tx: Tx, fresh: Uint8Array): Promise<Uint8Array> {
  const row = await tx.get<[string]>(sql`SELECT secret FROM scram_secret`)
  if (row !== undefined) return Uint8Array.fromBase64(row[0])
  await tx.run(sql`INSERT INTO scram_secret (secret) VALUES (${fresh.toBase64()})`)
  return fresh
}
