// The rows that fit a filter, a slice at a time, in the order in which their messages were taken: no look at the queue is longer than some milliseconds,
// however much waits.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { limits } from './limits.ts'
import type { Filter, Place } from './queue.ts'
import {
  type MessageRow,
  type QueuedMessage,
  type RecipientRow,
  type RecipientStatus,
  readMessage,
  readRecipient,
} from './rows.ts'

export interface Match {
  readonly message: QueuedMessage
  readonly recipient: RecipientStatus
}

interface Cursor extends Place {
  /** Of the recipient. */
  readonly number: number
}

/** Slices of at most limits.rowsPerSlice, some of them empty. @param now what `olderThanMs` is counted from */
export async function* matches(
  database: Database,
  filter: Filter,
  { now, after }: { readonly now: number; readonly after: Place | undefined },
): AsyncIterable<readonly Match[]> {
  const before = now - (filter.olderThanMs ?? 0)
  let last: Place = after ?? { arrivedAt: Number.MIN_SAFE_INTEGER, messageId: '' }
  for (;;) {
    const end = await database.read(tx => endOfSlice(tx, filter, { last, before }))
    if (end === undefined) return
    let cursor: Cursor | undefined = { ...last, number: Number.MAX_SAFE_INTEGER }
    while (cursor !== undefined) {
      const from: Cursor = cursor
      const found = await database.read(tx => matchesIn(tx, filter, from, end))
      yield found
      const final = found.at(-1)
      cursor = found.length < limits.rowsPerSlice || final === undefined ? undefined : cursorOf(final)
    }
    last = end
  }
}

function cursorOf({ message, recipient }: Match): Cursor {
  return { arrivedAt: message.arrivedAt, messageId: message.messageId, number: recipient.number }
}

/** The last message of the next slice. */
async function endOfSlice(
  tx: Tx,
  { messageId }: Filter,
  { last, before }: { readonly last: Place; readonly before: number },
): Promise<Place | undefined> {
  const rows =
    messageId === undefined
      ? await tx.all<[number, string]>(sql`
          SELECT arrived_at, message_id FROM queue_message
          WHERE (arrived_at, message_id) > (${last.arrivedAt}, ${last.messageId}) AND arrived_at <= ${before}
          ORDER BY arrived_at, message_id LIMIT ${limits.rowsPerSlice}`)
      : await tx.all<[number, string]>(sql`
          SELECT arrived_at, message_id FROM queue_message
          WHERE message_id = ${messageId} AND (arrived_at, message_id) > (${last.arrivedAt}, ${last.messageId})
            AND arrived_at <= ${before}`)
  const end = rows.at(-1)
  return end && { arrivedAt: end[0], messageId: end[1] }
}

type MatchRow = [...MessageRow, ...RecipientRow]

/** Of the messages behind `from`, or in it, up to `end`. */
async function matchesIn(tx: Tx, filter: Filter, from: Cursor, end: Place): Promise<readonly Match[]> {
  const { messageId = null, accountId = null, state = null, hop = null } = filter
  const sender = filter.sender?.toLowerCase() ?? null
  const recipient = filter.recipient?.toLowerCase() ?? null
  const domain = filter.domain === undefined ? null : `%@${escaped(filter.domain.toLowerCase())}`
  const outcome = filter.class ?? null
  const rows = await tx.all<MatchRow>(sql`
    SELECT m.account_id, m.message_id, m.origin, m.sender, m.return_path, m.blob_id, m.size_bytes, m.fields, m.parameters,
      m.arrived_at, m.release_at,
      r.number, r.address, r.parameters, r.state, r.hop, r.next_at, r.tries, r.status, r.reply, r.class, r.said_by, r.held_for,
      r.delay_told
    FROM queue_message m JOIN queue_recipient r ON r.account_id = m.account_id AND r.message_id = m.message_id
    WHERE (m.arrived_at, m.message_id) >= (${from.arrivedAt}, ${from.messageId})
      AND (m.arrived_at, m.message_id) <= (${end.arrivedAt}, ${end.messageId})
      AND (m.message_id <> ${from.messageId} OR r.number > ${from.number})
      AND (CAST(${messageId} AS TEXT) IS NULL OR m.message_id = ${messageId ?? ''})
      AND (CAST(${accountId} AS BIGINT) IS NULL OR m.account_id = ${accountId ?? 0})
      AND (CAST(${sender} AS TEXT) IS NULL OR LOWER(m.sender) = ${sender ?? ''})
      AND (CAST(${recipient} AS TEXT) IS NULL OR LOWER(r.address) = ${recipient ?? ''})
      AND (CAST(${domain} AS TEXT) IS NULL OR LOWER(r.address) LIKE ${domain ?? ''} ESCAPE '!')
      AND (CAST(${state} AS TEXT) IS NULL OR r.state = ${state ?? ''})
      AND (CAST(${hop} AS TEXT) IS NULL OR r.hop = ${hop ?? ''})
      AND (CAST(${outcome} AS TEXT) IS NULL OR r.class = ${outcome ?? ''})
    ORDER BY m.arrived_at, m.message_id, r.number LIMIT ${limits.rowsPerSlice}`)
  return rows.map(row => ({
    message: readMessage(row.slice(0, 11) as MessageRow), // the columns above, in two
    recipient: readRecipient(row.slice(11) as RecipientRow), // as before
  }))
}

function escaped(text: string): string {
  return text.replaceAll(/[!%_]/g, '!$&')
}
