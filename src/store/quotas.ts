// Quotas for those who ask often: of accounts without one it is remembered that they have none.

import type { Database } from '#io/sql/database.ts'
import { AccountsWithout } from './accounts-without.ts'
import { limitOf, noteFull, quotaOf, setMessageQuota, setQuota } from './quota.ts'
import type { Limited, Quota } from './store.ts'

export class Quotas {
  readonly #database: Database
  /** Every RCPT asks. */
  readonly #unlimited = new AccountsWithout()

  constructor(database: Database) {
    this.#database = database
  }

  of(accountId: number): Promise<Quota> {
    return this.#database.read(tx => quotaOf(tx, accountId))
  }

  async limitOf(accountId: number): Promise<Limited | undefined> {
    if (this.#unlimited.has(accountId)) return undefined
    const { generation } = this.#unlimited
    const limited = await this.#database.read(tx => limitOf(tx, accountId))
    if (limited === undefined) this.#unlimited.add(accountId, generation)
    return limited
  }

  setBytes(accountId: number, limitBytes: number | undefined): Promise<void> {
    return this.#database.write(
      tx => setQuota(tx, accountId, limitBytes),
      () => this.#unlimited.changed(accountId),
    )
  }

  setMessages(accountId: number, limitMessages: number | undefined): Promise<void> {
    return this.#database.write(
      tx => setMessageQuota(tx, accountId, limitMessages),
      () => this.#unlimited.changed(accountId),
    )
  }

  noteFull(accountId: number, fullSince: number | undefined): Promise<void> {
    return this.#database.write(tx => noteFull(tx, accountId, fullSince))
  }
}
