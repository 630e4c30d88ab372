// Which messages POP3 sends in another form to a session without UTF8, and how many octets that has (mail/surrogate.ts makes it). Few messages have
// octets over 127, fewer have them in a header.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slicesInTurns } from '#io/sql/list.ts'
import { limits } from './limits.ts'

/** The message has octets over 127, and nobody has looked yet where. */
export const notLookedAt = -1

const amongIn = listOf`
  SELECT message_id, surrogate_bytes FROM message
  WHERE account_id = ${0} AND surrogate_bytes IS NOT NULL AND message_id IN (${0})`

type Row = [messageId: number, octets: number]

/**
 * By message id: `notLookedAt`, or the octets of what is sent in the place of the message.
 * `among`: the ids that are asked for; the answer may hold others too. Few are looked up one by one, so that a large archive beside them is not read.
 */
export async function surrogatesOf(
  tx: Tx,
  accountId: number,
  among: ArrayLike<number> | undefined,
): Promise<ReadonlyMap<number, number>> {
  if (among === undefined || among.length > limits.surrogatesByList) return await allOf(tx, accountId)
  const found = new Map<number, number>()
  for await (const slice of slicesInTurns(tx, Array.from(among)))
    for (const [messageId, octets] of await tx.all<Row>(amongIn([accountId], slice))) found.set(messageId, octets)
  return found
}

async function allOf(tx: Tx, accountId: number): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>()
  for (let last = 0, full = true; full; ) {
    const rows = await tx.all<Row>(sql`
      SELECT message_id, surrogate_bytes FROM message
      WHERE account_id = ${accountId} AND message_id > ${last} AND surrogate_bytes IS NOT NULL
      ORDER BY message_id LIMIT ${limits.rowsPerRead}`)
    for (const [messageId, octets] of rows) found.set(messageId, octets)
    last = rows.at(-1)?.[0] ?? last
    full = rows.length === limits.rowsPerRead
    if (full) await tx.turn()
  }
  return found
}

const setIn = listOf`
  UPDATE message SET surrogate_bytes = ${0} WHERE account_id = ${0} AND message_id IN (${0})`

/** What looking at messages has shown; undefined: sent as it is. */
export async function setSurrogates(
  tx: Tx,
  accountId: number,
  sizes: ReadonlyMap<number, number | undefined>,
): Promise<void> {
  for (const [octets, alike] of Map.groupBy(sizes, ([, size]) => size)) {
    const ids = alike.map(([messageId]) => messageId)
    for await (const slice of slicesInTurns(tx, ids)) await tx.run(setIn([octets ?? null, accountId], slice))
  }
}
