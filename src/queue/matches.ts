// The rows that fit a filter, a slice at a time: in the order in which their messages were taken, or by the key that the filter names. No look at the
// queue is longer than some milliseconds, however much waits.

import { type Database, type Sql, type SqlValue, sql, type Tx } from '#io/sql/database.ts'
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
import type { State } from './states.ts'

export interface Match {
  readonly message: QueuedMessage
  readonly recipient: RecipientStatus
}

/** Slices of at most limits.rowsPerSlice, some of them empty. @param now what `olderThanMs` is counted from */
export function matches(
  database: Database,
  filter: Filter,
  { now, after }: { readonly now: number; readonly after: Place | undefined },
): AsyncIterable<readonly Match[]> {
  const before = now - (filter.olderThanMs ?? 0)
  return walk(database, byArrival, { filter, before }, [after?.arrivedAt ?? least, after?.messageId ?? '', most])
}

/**
 * As `matches`, in whatever order costs least: what a filter names that is a key (an account, a message) costs what there is of it, however much waits
 * besides. Undefined: there is no such key in the filter.
 */
export function matchesByKey(
  database: Database,
  filter: Filter,
  { now, isDue }: { readonly now: number; readonly isDue: boolean },
): AsyncIterable<readonly Match[]> | undefined {
  const asked = { filter, before: now - (filter.olderThanMs ?? 0) }
  const { messageId, accountId, hop, state } = filter
  if (messageId !== undefined) return walk(database, ofMessage, asked, [messageId, least])
  if (accountId !== undefined) return walk(database, ofAccount, asked, ['', most])
  if (hop !== undefined && (isDue || (state !== undefined && dueStates.has(state))))
    return walk(database, dueOfHop, asked, [least, least, least, '', least])
  return undefined
}

const [least, most] = [Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER]

/** All of them wait for a time of their own, by which one index has them. */
const dueStates: ReadonlySet<State> = new Set(['scheduled', 'ready', 'deferred'])

/** A place in the order of a way, that of a recipient or of the last one of a message. */
type Key = readonly SqlValue[]

interface Asked {
  readonly filter: Filter
  /** Messages taken until then. */
  readonly before: number
}

/** An order in which the rows can be gone over, an index for each. */
interface Way {
  /** The last place of the next slice; undefined: there is none. */
  end(tx: Tx, asked: Asked, last: Key): Promise<Key | undefined>
  /** Those that fit behind `last` and up to `end`. */
  found(asked: Asked, last: Key, end: Key): Sql
  /** Undefined: a slice never has more than one read brings. */
  keyOf?(match: Match): Key
}

async function* walk(database: Database, way: Way, asked: Asked, begin: Key): AsyncIterable<readonly Match[]> {
  for (let last = begin; ; ) {
    const after = last
    const slice = await database.read(async tx => {
      const end = await way.end(tx, asked, after)
      return end && { end, found: await tx.all<MatchRow>(way.found(asked, after, end)) }
    })
    if (slice === undefined) return
    let found = slice.found.map(readMatch)
    yield found
    // One message may have more recipients than a slice has rows.
    for (let final = found.at(-1); found.length === limits.rowsPerSlice && final !== undefined; final = found.at(-1)) {
      const key = way.keyOf?.(final)
      if (key === undefined) break
      found = (await database.read(tx => tx.all<MatchRow>(way.found(asked, key, slice.end)))).map(readMatch)
      yield found
    }
    last = slice.end
  }
}

type MatchRow = [...MessageRow, ...RecipientRow]

function readMatch(row: MatchRow): Match {
  return {
    message: readMessage(row.slice(0, 11) as MessageRow), // the columns of `select`, in two
    recipient: readRecipient(row.slice(11) as RecipientRow), // as before
  }
}

const select = `
  SELECT m.account_id, m.message_id, m.origin, m.sender, m.return_path, m.blob_id, m.size_bytes, m.fields, m.parameters,
    m.arrived_at, m.release_at,
    r.number, r.address, r.parameters, r.state, r.hop, r.next_at, r.tries, r.status, r.reply, r.class, r.said_by, r.held_for,
    r.delay_told `

/** What the filter asks of each row. */
function conditions({ filter, before }: Asked): Sql {
  const { accountId = null, state = null, hop = null } = filter
  const sender = filter.sender?.toLowerCase() ?? null
  const recipient = filter.recipient?.toLowerCase() ?? null
  const domain = filter.domain === undefined ? null : `%@${escaped(filter.domain.toLowerCase())}`
  const outcome = filter.class ?? null
  // A sign before a column keeps its index out of it: the order is that of the way.
  return sql`
    AND +m.arrived_at <= ${before}
    AND (CAST(${accountId} AS BIGINT) IS NULL OR +m.account_id = ${accountId ?? 0})
    AND (CAST(${sender} AS TEXT) IS NULL OR LOWER(m.sender) = ${sender ?? ''})
    AND (CAST(${recipient} AS TEXT) IS NULL OR LOWER(r.address) = ${recipient ?? ''})
    AND (CAST(${domain} AS TEXT) IS NULL OR LOWER(r.address) LIKE ${domain ?? ''} ESCAPE '!')
    AND (CAST(${state} AS TEXT) IS NULL OR r.state = ${state ?? ''})
    AND (CAST(${hop} AS TEXT) IS NULL OR r.hop = ${hop ?? ''})
    AND (CAST(${outcome} AS TEXT) IS NULL OR r.class = ${outcome ?? ''})
    ORDER BY `
}

const conditionTexts = conditions({ filter: {}, before: 0 }).strings

/** A statement for each way: its own tables and range, the conditions, its own order. */
function look(order: string) {
  return (from: TemplateStringsArray, ..._places: 0[]): ((range: readonly SqlValue[], asked: Asked) => Sql) => {
    const [first = '', ...more] = from
    const [head = '', ...rest] = conditionTexts
    const [last = ''] = more.splice(-1)
    const tail = rest.pop() ?? ''
    const strings = [
      ...[`${select}${first}`, ...more, `${last}${head}`, ...rest],
      `${tail}${order} LIMIT ${limits.rowsPerSlice}`,
    ]
    return (range, asked) => ({ strings, values: [...range, ...conditions(asked).values] })
  }
}

const foundByArrival = look('m.arrived_at, m.message_id, r.number')`
  FROM queue_message m JOIN queue_recipient r ON r.account_id = m.account_id AND r.message_id = m.message_id
  WHERE (m.arrived_at, m.message_id) >= (${0}, ${0}) AND (m.arrived_at, m.message_id) <= (${0}, ${0})
    AND (m.message_id <> ${0} OR r.number > ${0})`

const byArrival: Way = {
  async end(tx, { before }, [arrivedAt = 0, messageId = '']) {
    const rows = await tx.all<[number, string]>(sql`
      SELECT arrived_at, message_id FROM queue_message
      WHERE (arrived_at, message_id) > (${arrivedAt}, ${messageId}) AND arrived_at <= ${before}
      ORDER BY arrived_at, message_id LIMIT ${limits.rowsPerSlice}`)
    const last = rows.at(-1)
    return last && [...last, most]
  },
  found(asked, [arrivedAt = 0, messageId = '', number = 0], [lastAt = 0, lastId = '']) {
    return foundByArrival([arrivedAt, messageId, lastAt, lastId, messageId, number], asked)
  },
  keyOf: ({ message: { arrivedAt, messageId }, recipient: { number } }) => [arrivedAt, messageId, number],
}

const foundOfAccount = look('r.message_id, r.number')`
  FROM queue_recipient r JOIN queue_message m ON m.account_id = r.account_id AND m.message_id = r.message_id
  WHERE r.account_id = ${0} AND (r.message_id, r.number) > (${0}, ${0}) AND r.message_id <= ${0}`

const ofAccount: Way = {
  async end(tx, { filter: { accountId = 0 } }, [messageId = '']) {
    const rows = await tx.all<[string]>(sql`
      SELECT message_id FROM queue_message
      WHERE account_id = ${accountId} AND message_id > ${messageId} ORDER BY message_id LIMIT ${limits.rowsPerSlice}`)
    const last = rows.at(-1)
    return last && [...last, most]
  },
  found({ filter, before }, [messageId = '', number = 0], [lastId = '']) {
    const { accountId = 0 } = filter
    return foundOfAccount([accountId, messageId, number, lastId], { filter, before })
  },
  keyOf: ({ message: { messageId }, recipient: { number } }) => [messageId, number],
}

const foundOfMessage = look('r.number')`
  FROM queue_message m JOIN queue_recipient r ON r.account_id = m.account_id AND r.message_id = m.message_id
  WHERE m.message_id = ${0} AND r.number > ${0}`

const ofMessage: Way = {
  async end(_tx, _asked, [messageId = '', number = 0]) {
    return number === most ? undefined : [messageId, most]
  },
  found: (asked, [messageId = '', number = 0]) => foundOfMessage([messageId, number], asked),
  keyOf: ({ message: { messageId }, recipient: { number } }) => [messageId, number],
}

const foundDue = look('r.rank, r.account_id, r.next_at, r.message_id, r.number')`
  FROM queue_recipient r JOIN queue_message m ON m.account_id = r.account_id AND m.message_id = r.message_id
  WHERE r.hop = ${0} AND r.next_at IS NOT NULL
    AND (r.rank, r.account_id, r.next_at, r.message_id, r.number) > (${0}, ${0}, ${0}, ${0}, ${0})
    AND (r.rank, r.account_id, r.next_at, r.message_id, r.number) <= (${0}, ${0}, ${0}, ${0}, ${0})`

const dueOfHop: Way = {
  async end(tx, { filter: { hop = '' } }, [rank = 0, accountId = 0, nextAt = 0, messageId = '', number = 0]) {
    const rows = await tx.all<[number, number, number, string, number]>(sql`
      SELECT rank, account_id, next_at, message_id, number FROM queue_recipient
      WHERE hop = ${hop} AND next_at IS NOT NULL
        AND (rank, account_id, next_at, message_id, number) > (${rank}, ${accountId}, ${nextAt}, ${messageId}, ${number})
      ORDER BY rank, account_id, next_at, message_id, number LIMIT ${limits.rowsPerSlice}`)
    return rows.at(-1)
  },
  found: (asked, last, end) => foundDue([asked.filter.hop ?? '', ...last, ...end], asked),
}

function escaped(text: string): string {
  return text.replaceAll(/[!%_]/g, '!$&')
}
