// Which messages were imported, by the names that they had where they came from.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import { limits } from './limits.ts'

export interface ImportPlace {
  readonly accountId: number
  readonly mailbox: string
}

/** In their order; `next` asks for those after. */
export async function importedNames(
  database: Database,
  { accountId, mailbox }: ImportPlace,
  after = '',
): Promise<{ readonly items: readonly string[]; readonly next: string | undefined }> {
  const rows = await database.read(tx =>
    tx.all<[string]>(sql`
      SELECT name FROM imported WHERE account_id = ${accountId} AND mailbox = ${mailbox} AND name > ${after}
      ORDER BY name LIMIT ${limits.namesPerPage}`),
  )
  const items = rows.map(([name]) => name)
  return { items, next: items.length < limits.namesPerPage ? undefined : items.at(-1) }
}

const importedAmong = listOf`SELECT name FROM imported WHERE account_id = ${0} AND mailbox = ${0} AND name IN (${0})`

/** Those of `names` that were. */
export async function namesImported(
  database: Database,
  { accountId, mailbox }: ImportPlace,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  await database.read(async tx => {
    for (const slice of slices(names))
      for (const [name] of await tx.all<[string]>(importedAmong([accountId, mailbox], slice))) found.add(name)
  })
  return found
}

export async function noteImported(tx: Tx, { accountId, mailbox }: ImportPlace, name: string): Promise<void> {
  await tx.run(sql`INSERT INTO imported (account_id, mailbox, name) VALUES (${accountId}, ${mailbox}, ${name})`)
}

export async function forgetImported(database: Database, accountId: number): Promise<void> {
  await database.write(tx => tx.run(sql`DELETE FROM imported WHERE account_id = ${accountId}`))
}

const uidlsAmong = listOf`SELECT COUNT(*) FROM pop3_uidl WHERE account_id = ${0} AND entry_id IN (${0})`

/** How many of these entries have a unique-id that came along. */
export async function countUidls(database: Database, accountId: number, entryIds: readonly number[]): Promise<number> {
  let count = 0
  await database.read(async tx => {
    for (const slice of slices([...new Set(entryIds)])) {
      const row = await tx.get<[number]>(uidlsAmong([accountId], slice))
      count += row?.[0] ?? 0
    }
  })
  return count
}
