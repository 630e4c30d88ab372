// What is due: lanes (a hop, a rank, an account) by one index, a page of a lane at a time under a lease. What is in hand has no due time.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Load } from './bringer.ts'
import type { Route } from './carriage.ts'
import { type Lease, messagesOf, type QueuedMessage, type QueuedRecipient, readRecipientParameters } from './rows.ts'

/** Where a recipient stands in the order of service: by hop, then by rank, and the accounts of one rank in turn. */
export interface Lane {
  readonly hop: string
  readonly rank: number
  readonly accountId: number
}

export interface DueLane extends Lane {
  /** Of its earliest recipient. */
  readonly nextAt: number
}

/** The lane behind `after`; undefined: that was the last. One look into the index, however many recipients wait. */
export async function laneAfter(tx: Tx, after: Lane | undefined): Promise<DueLane | undefined> {
  const { hop, rank, accountId } = after ?? { hop: '', rank: 0, accountId: 0 }
  const row = await tx.get<[string, number, number, number]>(sql`
    SELECT hop, rank, account_id, next_at FROM queue_recipient
    WHERE next_at IS NOT NULL AND (hop, rank, account_id) > (${hop}, ${rank}, ${accountId})
    ORDER BY hop, rank, account_id, next_at LIMIT 1`)
  return row && { hop: row[0], rank: row[1], accountId: row[2], nextAt: row[3] }
}

export interface Taken {
  /** In the order of the lane. */
  readonly loads: readonly Load[]
  /** So many recipients were due. */
  readonly count: number
  /** When the lane's next is due; undefined: it has none. */
  readonly nextAt: number | undefined
  /** Rows that go elsewhere by now. */
  readonly moved: readonly Moved[]
  /** Messages whose rows can't be read. */
  readonly faults: readonly { readonly messageId: string; readonly reason: string }[]
}

export interface Moved {
  readonly message: QueuedMessage
  readonly recipient: QueuedRecipient
  readonly route: Route
}

export interface TakeNeeds {
  readonly now: number
  readonly count: number
  readonly lease: Lease
  /** Asked again before each try; undefined: it goes where it was to go. */
  route(message: QueuedMessage, recipient: QueuedRecipient): Route | undefined
  /** When what can't be read is looked at again. */
  afterFault(tries: number): number
}

type DueRow = [
  nextAt: number,
  messageId: string,
  number: number,
  address: string,
  parameters: string,
  tries: number,
  delayTold: number,
]

/** Takes up what a lane has due, the longest due first. */
export async function takePage(tx: Tx, lane: Lane, needs: TakeNeeds): Promise<Taken> {
  const rows = await dueRows(tx, lane, needs)
  await lease(tx, lane, rows.at(-1), needs.lease)
  const messages = new Map<string, QueuedMessage>()
  const ids = [...new Set(rows.map(row => row[1]))]
  for (const message of await messagesOf(tx, lane.accountId, ids)) messages.set(message.messageId, message)
  const sorted = sortOut(rows, messages, needs)
  for (const { row, messageId } of sorted.unreadable) await putOff(tx, lane, messageId, row, needs)
  return { ...sorted, count: rows.length, nextAt: await firstOf(tx, lane) }
}

async function dueRows(tx: Tx, { hop, rank, accountId }: Lane, { now, count }: TakeNeeds): Promise<readonly DueRow[]> {
  return await tx.all<DueRow>(sql`
    SELECT next_at, message_id, number, address, parameters, tries, delay_told FROM queue_recipient
    WHERE hop = ${hop} AND rank = ${rank} AND account_id = ${accountId} AND next_at IS NOT NULL AND next_at <= ${now}
    ORDER BY next_at, message_id, number LIMIT ${count}`)
}

/** All up to the last of the page: these are the page, for the transaction sees nothing else. */
async function lease(tx: Tx, { hop, rank, accountId }: Lane, last: DueRow | undefined, to: Lease): Promise<void> {
  if (last === undefined) return
  const [nextAt, messageId, number] = last
  await tx.run(sql`
    UPDATE queue_recipient SET state = 'active', next_at = NULL, lease = ${to.holder}, leased_until = ${to.until}
    WHERE hop = ${hop} AND rank = ${rank} AND account_id = ${accountId} AND next_at IS NOT NULL AND next_at <= ${nextAt}
      AND (next_at, message_id, number) <= (${nextAt}, ${messageId}, ${number})`)
}

async function firstOf(tx: Tx, { hop, rank, accountId }: Lane): Promise<number | undefined> {
  const row = await tx.get<[number]>(sql`
    SELECT next_at FROM queue_recipient
    WHERE hop = ${hop} AND rank = ${rank} AND account_id = ${accountId} AND next_at IS NOT NULL
    ORDER BY next_at LIMIT 1`)
  return row?.[0]
}

type Sorted = Pick<Taken, 'loads' | 'moved' | 'faults'> & {
  readonly unreadable: readonly { readonly messageId: string; readonly row: DueRow }[]
}

function sortOut(rows: readonly DueRow[], messages: ReadonlyMap<string, QueuedMessage>, needs: TakeNeeds): Sorted {
  const loads = new Map<string, Gathered>()
  const moved: Moved[] = []
  const faults: { messageId: string; reason: string }[] = []
  const unreadable: { messageId: string; row: DueRow }[] = []
  for (const row of rows) {
    const messageId = row[1]
    const message = messages.get(messageId)
    try {
      if (message === undefined) throw new Error('a queued recipient without its message')
      const recipient = readable(message, row)
      const route = needs.route(message, recipient)
      if (route !== undefined) moved.push({ message, recipient, route })
      else addTo(loads, message, recipient)
    } catch (error) {
      faults.push({ messageId, reason: String(error) })
      unreadable.push({ messageId, row })
    }
  }
  return { loads: [...loads.values()], moved, faults, unreadable }
}

interface Gathered extends Load {
  readonly recipients: QueuedRecipient[]
}

function addTo(loads: Map<string, Gathered>, message: QueuedMessage, recipient: QueuedRecipient): void {
  const load = loads.get(message.messageId)
  if (load === undefined) loads.set(message.messageId, { message, recipients: [recipient], heldBytes: 0 })
  else load.recipients.push(recipient)
}

/** Throws where a row is not what was written. */
function readable(message: QueuedMessage, row: DueRow): QueuedRecipient {
  const [, , number, address, parameters, tries, told] = row
  void message.parameters
  return { number, address, tries, parameters: readRecipientParameters(parameters), delayTold: told === 1 }
}

/** A row that nobody can read holds up no other, and waits to be dropped. */
async function putOff(tx: Tx, lane: Lane, messageId: string, row: DueRow, needs: TakeNeeds): Promise<void> {
  const [, , number, , , tries] = row
  await tx.run(sql`
    UPDATE queue_recipient SET state = 'deferred', next_at = ${needs.afterFault(tries)}, tries = ${tries + 1}, class = 'ours',
      lease = NULL, leased_until = NULL
    WHERE account_id = ${lane.accountId} AND message_id = ${messageId} AND number = ${number}`)
}

/** Nothing of an earlier process is in hand any more. Settles with how many recipients were. */
export async function voidLeases(tx: Tx, now: number): Promise<number> {
  return await tx.run(sql`
    UPDATE queue_recipient SET state = CASE WHEN held_for IS NULL THEN 'ready' ELSE 'held' END,
      next_at = CASE WHEN held_for IS NULL THEN CAST(${now} AS BIGINT) ELSE NULL END, lease = NULL, leased_until = NULL
    WHERE leased_until IS NOT NULL`)
}

export async function renewLeases(tx: Tx, { holder, until }: Lease): Promise<number> {
  return await tx.run(sql`
    UPDATE queue_recipient SET leased_until = ${until}
    WHERE leased_until IS NOT NULL AND leased_until < ${until} AND lease = ${holder}`)
}
