// Capabilities that are hidden from an account's mail programs, over a transaction: in upper case, as one text with spaces between.

import { sql, type Tx } from '#io/sql/database.ts'
import { show } from './account-verbs.ts'
import { limits } from './limits.ts'
import { done, type Outcome } from './refusal.ts'

export interface Hidden {
  /** The account's address. */
  readonly address: string
  readonly capabilities: readonly string[]
}

/** In the place of those that were hidden before. */
export async function setHidden(tx: Tx, address: string, capabilities: readonly string[]): Promise<Outcome<Hidden>> {
  const found = await show(tx, address)
  if (found.kind !== 'done') return found
  const names = [...new Set(capabilities.map(name => name.toUpperCase()))]
  if (names.length > limits.hiddenOfAccount) return { kind: 'too-many', subject: address }
  const { accountId } = found.value
  await tx.run(sql`UPDATE account SET hidden_capabilities = ${names.join(' ')} WHERE account_id = ${accountId}`)
  return done({ address: found.value.address, capabilities: names })
}

export async function hiddenOf(tx: Tx, accountId: number): Promise<readonly string[]> {
  const row = await tx.get<[string]>(sql`SELECT hidden_capabilities FROM account WHERE account_id = ${accountId}`)
  return row === undefined || row[0] === '' ? [] : row[0].split(' ')
}
