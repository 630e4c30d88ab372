// Accounts, over a transaction. Each is found by its own address, folded; the verbs say no before they change anything.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import type { Account } from './account.ts'
import { exists } from './domain-verbs.ts'
import { forgetTarget } from './forget-target.ts'
import { limits } from './limits.ts'
import { type FoldedAddress, foldDomain, readAddress } from './names.ts'
import { type Page, pageOf, startOf } from './page.ts'
import { done, type Outcome } from './refusal.ts'
import { type KeysText, putKeys } from './scram-verbs.ts'

export interface Credentials {
  readonly account: Account
  /** A PHC string. */
  readonly passwordHash: string
}

export type AccountRow = readonly [accountId: number, address: string, disabled: number, createdAt: number]

export function readAccount([accountId, address, disabled, createdAt]: AccountRow): Account {
  return { accountId, address, disabled: disabled !== 0, createdAt }
}

export async function reserveId(tx: Tx): Promise<number> {
  const row = await tx.get<[number]>(sql`SELECT account_id FROM next_account`)
  if (row === undefined) throw new Error('the table next_account has no row')
  await tx.run(sql`UPDATE next_account SET account_id = account_id + 1`)
  return row[0]
}

export async function canAdd(tx: Tx, address: string): Promise<Outcome<undefined>> {
  const free = await freeAddress(tx, address)
  return free.kind === 'done' ? done(undefined) : free
}

export interface NewAccount {
  readonly accountId: number
  readonly address: string
  readonly passwordHash: string
  readonly scramKeys?: readonly KeysText[]
  readonly now: number
}

export async function add(tx: Tx, account: NewAccount): Promise<Outcome<Account>> {
  const free = await freeAddress(tx, account.address)
  if (free.kind !== 'done') return free
  const { domain, local, shown } = free.value
  const { accountId, passwordHash, scramKeys = [], now } = account
  await tx.run(sql`INSERT INTO account (account_id, address, password_hash, disabled, created_at)
    VALUES (${accountId}, ${shown}, ${passwordHash}, 0, ${now})`)
  await tx.run(sql`INSERT INTO address (domain, local_part, shown, account_id, is_alias)
    VALUES (${domain}, ${local}, ${shown}, ${accountId}, 0)`)
  await putKeys(tx, accountId, scramKeys)
  return done({ accountId, address: shown, disabled: false, createdAt: now })
}

/** The address, folded, if an account or alias of that name could be made. */
export async function freeAddress(
  tx: Tx,
  text: string,
  read: (text: string) => FoldedAddress | undefined = readAddress,
): Promise<Outcome<FoldedAddress>> {
  const name = read(text)
  if (name === undefined) return { kind: 'bad-address', subject: text }
  if (!(await exists(tx, name.domain))) return { kind: 'no-such-domain', subject: name.domain }
  const taken = await tx.get(sql`SELECT 1 FROM address WHERE domain = ${name.domain} AND local_part = ${name.local}`)
  return taken === undefined ? done(name) : { kind: 'already-exists', subject: text }
}

export interface Range {
  readonly domain?: string
  readonly after?: string
}

export async function list(tx: Tx, { domain, after }: Range): Promise<Page<Account>> {
  const start = startOf(after)
  const count = limits.pageItems + 1
  type ListedRow = [...AccountRow, domain: string, local: string]
  const rows =
    domain === undefined
      ? await tx.all<ListedRow>(sql`
          SELECT account.account_id, account.address, disabled, created_at, domain, local_part
          FROM address JOIN account ON account.account_id = address.account_id
          WHERE is_alias = 0 AND (domain, local_part) > (${start.domain}, ${start.local})
          ORDER BY domain, local_part LIMIT ${count}`)
      : await tx.all<ListedRow>(sql`
          SELECT account.account_id, account.address, disabled, created_at, domain, local_part
          FROM address JOIN account ON account.account_id = address.account_id
          WHERE is_alias = 0 AND domain = ${foldDomain(domain) ?? ''} AND local_part > ${start.local}
          ORDER BY local_part LIMIT ${count}`)
  return pageOf(
    rows,
    row => `${row[5]}@${row[4]}`,
    ([accountId, address, disabled, createdAt]) => readAccount([accountId, address, disabled, createdAt]),
  )
}

export async function show(tx: Tx, address: string): Promise<Outcome<Account>> {
  const name = readAddress(address)
  const row =
    name &&
    (await tx.get<AccountRow>(sql`
      SELECT account.account_id, account.address, disabled, created_at
      FROM address JOIN account ON account.account_id = address.account_id
      WHERE domain = ${name.domain} AND local_part = ${name.local} AND is_alias = 0`))
  return row === undefined ? { kind: 'no-such-account', subject: address } : done(readAccount(row))
}

const withIds = listOf`
  SELECT account_id, address, disabled, created_at FROM account WHERE account_id IN (${0})`

/** Those that exist. */
export async function byId(tx: Tx, accountIds: readonly number[]): Promise<ReadonlyMap<number, Account>> {
  const found = new Map<number, Account>()
  for (const slice of slices(accountIds))
    for (const row of await tx.all<AccountRow>(withIds([], slice))) found.set(row[0], readAccount(row))
  return found
}

export interface NewPassword {
  readonly passwordHash: string
  readonly scramKeys: readonly KeysText[]
}

export async function setPassword(tx: Tx, address: string, password: NewPassword): Promise<Outcome<Account>> {
  const found = await show(tx, address)
  if (found.kind !== 'done') return found
  const { accountId } = found.value
  await tx.run(sql`UPDATE account SET password_hash = ${password.passwordHash} WHERE account_id = ${accountId}`)
  // Those of mechanisms that are no longer allowed would let the old password in when they are again.
  await tx.run(sql`DELETE FROM scram_keys WHERE account_id = ${accountId}`)
  await putKeys(tx, accountId, password.scramKeys)
  return found
}

export async function setDisabled(tx: Tx, address: string, disabled: boolean): Promise<Outcome<Account>> {
  const found = await show(tx, address)
  if (found.kind !== 'done') return found
  const { accountId } = found.value
  await tx.run(sql`UPDATE account SET disabled = ${disabled ? 1 : 0} WHERE account_id = ${accountId}`)
  return done({ ...found.value, disabled })
}

/** Whether it exists and is not disabled. */
export async function isInUse(tx: Tx, accountId: number): Promise<boolean> {
  return (await tx.get(sql`SELECT 1 FROM account WHERE account_id = ${accountId} AND disabled = 0`)) !== undefined
}

export async function remove(tx: Tx, address: string): Promise<Outcome<Account>> {
  const found = await show(tx, address)
  if (found.kind !== 'done') return found
  const { accountId } = found.value
  await forgetTarget(tx, accountId)
  await tx.run(sql`DELETE FROM account_forward WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM address WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM send_as WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM scram_keys WHERE account_id = ${accountId}`)
  await tx.run(sql`DELETE FROM account WHERE account_id = ${accountId}`)
  return found
}

export async function credentials(tx: Tx, name: FoldedAddress): Promise<Credentials | undefined> {
  const row = await tx.get<[...AccountRow, passwordHash: string]>(sql`
    SELECT account.account_id, account.address, disabled, created_at, password_hash
    FROM address JOIN account ON account.account_id = address.account_id
    WHERE domain = ${name.domain} AND local_part = ${name.local} AND is_alias = 0`)
  if (row === undefined) return undefined
  const [accountId, address, disabled, createdAt, passwordHash] = row
  return { account: readAccount([accountId, address, disabled, createdAt]), passwordHash }
}

export interface HashChange {
  readonly accountId: number
  readonly oldHash: string
  readonly newHash: string
}

export async function replaceHash(tx: Tx, { accountId, oldHash, newHash }: HashChange): Promise<void> {
  await tx.run(sql`UPDATE account SET password_hash = ${newHash}
    WHERE account_id = ${accountId} AND password_hash = ${oldHash}`)
}
