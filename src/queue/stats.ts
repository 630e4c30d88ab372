// How much is in the queue: counted row by row, a slice at a time.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import type { QueueStats } from './queue.ts'
import type { State } from './states.ts'

type CountedRow = [accountId: number, messageId: string, number: number, state: string, hop: string]

export async function statsOf(database: Database): Promise<QueueStats> {
  const counts = new Counts()
  const oldestAt = await database.read(oldest)
  let last: CountedRow = [-1, '', -1, '', '']
  for (;;) {
    const after = last
    const rows = await database.read(tx => rowsAfter(tx, after))
    for (const row of rows) counts.add(row)
    if (rows.length < limits.rowsPerSlice) break
    last = rows.at(-1) ?? last
  }
  return { ...counts.all, oldestAt }
}

async function oldest(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<[number]>(sql`SELECT arrived_at FROM queue_message ORDER BY arrived_at, message_id LIMIT 1`)
  return row?.[0]
}

async function rowsAfter(tx: Tx, [accountId, messageId, number]: CountedRow): Promise<readonly CountedRow[]> {
  return await tx.all<CountedRow>(sql`
    SELECT account_id, message_id, number, state, hop FROM queue_recipient
    WHERE (account_id, message_id, number) > (${accountId}, ${messageId}, ${number})
    ORDER BY account_id, message_id, number LIMIT ${limits.rowsPerSlice}`)
}

class Counts {
  #messages = 0
  #recipients = 0
  #lastMessage: string | undefined
  readonly #states = new Map<State, number>()
  readonly #hops = new Map<string, number>()
  readonly #accounts = new Map<number, number>()

  add([accountId, messageId, , state, hop]: CountedRow): void {
    this.#recipients += 1
    if (messageId !== this.#lastMessage) this.#messages += 1
    this.#lastMessage = messageId
    count(this.#states, state as State) // written from one
    count(this.#accounts, accountId)
    if (this.#hops.size < limits.hopsCounted || this.#hops.has(hop)) count(this.#hops, hop)
  }

  get all(): Omit<QueueStats, 'oldestAt'> {
    return {
      messages: this.#messages,
      recipients: this.#recipients,
      states: this.#states,
      hops: largest(this.#hops, limits.hopsInStats),
      accounts: largest(this.#accounts, limits.accountsInStats),
    }
  }
}

function count<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

function largest<K>(counts: ReadonlyMap<K, number>, most: number): readonly (readonly [K, number])[] {
  return [...counts].sort(([, a], [, b]) => b - a).slice(0, most)
}
