// POP3's unique-ids (RFC 1939 7) that came along from another server, so that programs which know them fetch nothing twice. Entries without a row
// have the one that is made of their entry id (wire/pop3/print.ts). A row stays when its entry goes: no unique-id is ever used twice.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { AccountsWithout } from './accounts-without.ts'
import { limits } from './limits.ts'

export interface EntryUidl {
  readonly entryId: number
  readonly uidl: string
}

export interface UidlsSet {
  /** Entries that have theirs now. */
  readonly taken: number
  /** Those that cannot be one, or that the account has for another entry. */
  readonly refused: readonly string[]
}

export class Uidls {
  readonly #database: Database
  /** Most accounts have none: every session asks. */
  readonly #without = new AccountsWithout()

  constructor(database: Database) {
    this.#database = database
  }

  async of(accountId: number): Promise<ReadonlyMap<number, string>> {
    if (this.#without.has(accountId)) return new Map()
    const { generation } = this.#without
    const uidls = await this.#database.read(tx => uidlsOf(tx, accountId))
    if (uidls.size === 0) this.#without.add(accountId, generation)
    return uidls
  }

  /** Messages came with their own. */
  cameTo(accountId: number): void {
    this.#without.changed(accountId)
  }

  /** An entry keeps the one that it has. */
  set(accountId: number, entries: readonly EntryUidl[]): Promise<UidlsSet> {
    const done = () => this.#without.changed(accountId)
    return this.#database.write(tx => setUidls(tx, accountId, entries), done)
  }
}

async function uidlsOf(tx: Tx, accountId: number): Promise<ReadonlyMap<number, string>> {
  const found = new Map<number, string>()
  for (let last = 0, full = true; full; ) {
    const rows = await tx.all<[entryId: number, uidl: string]>(sql`
      SELECT entry_id, uidl FROM pop3_uidl WHERE account_id = ${accountId} AND entry_id > ${last}
      ORDER BY entry_id LIMIT ${limits.rowsPerRead}`)
    for (const [entryId, uidl] of rows) found.set(entryId, uidl)
    last = rows.at(-1)?.[0] ?? last
    full = rows.length === limits.rowsPerRead
    if (full) await tx.turn()
  }
  return found
}

export async function setUidls(tx: Tx, accountId: number, entries: readonly EntryUidl[]): Promise<UidlsSet> {
  let taken = 0
  const refused: string[] = []
  for (const [index, { entryId, uidl }] of entries.entries()) {
    if (index > 0 && index % limits.takenOverPerTurn === 0) await tx.turn()
    if (canBeUidl(uidl) && (await claim(tx, accountId, { entryId, uidl }))) taken += 1
    else refused.push(uidl)
  }
  return { taken, refused }
}

/** RFC 1939 7, and none that begins as ours do. */
function canBeUidl(uidl: string): boolean {
  return /^[!-~]{1,70}$/.test(uidl) && !uidl.startsWith('ph')
}

/** Whether it is the entry's, from now on or from before: an import that was broken off is begun again. */
async function claim(tx: Tx, accountId: number, { entryId, uidl }: EntryUidl): Promise<boolean> {
  const inserted = await tx.run(sql`
    INSERT INTO pop3_uidl (account_id, entry_id, uidl) VALUES (${accountId}, ${entryId}, ${uidl})
    ON CONFLICT DO NOTHING`)
  if (inserted === 1) return true
  const row = await tx.get<[string]>(
    sql`SELECT uidl FROM pop3_uidl WHERE account_id = ${accountId} AND entry_id = ${entryId}`,
  )
  return row?.[0] === uidl
}
