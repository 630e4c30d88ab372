// The queue's rows as values, and how a new message becomes rows. A message goes with its last recipient, and its bytes with it.

import { sql, type Tx } from '#io/sql/database.ts'
import { listOf, slices } from '#io/sql/list.ts'
import type { OutcomeClass } from '#mail/outcome.ts'
import { letGoAll } from '#store/kept.ts'
import {
  type MailParameters,
  noMailParameters,
  noRecipientParameters,
  type RecipientParameters,
} from '#wire/smtp/parameters.ts'
import type { Origin } from './queue.ts'
import type { State } from './states.ts'

export interface Key {
  readonly accountId: number
  readonly messageId: string
}

export interface QueuedMessage extends Key {
  readonly origin: Origin
  readonly sender: string
  readonly returnPath: string
  readonly blobId: number
  readonly sizeBytes: number
  readonly fields: string
  readonly parameters: MailParameters
  readonly arrivedAt: number
  readonly releaseAt: number
}

export interface QueuedRecipient {
  readonly number: number
  readonly address: string
  readonly parameters: RecipientParameters
  readonly tries: number
  readonly delayTold: boolean
}

export interface NewRow extends Pick<QueuedRecipient, 'number' | 'address' | 'parameters'> {
  readonly state: State
  readonly hop: string
  readonly rank: number
  readonly nextAt: number | undefined
  readonly heldFor: string | undefined
  readonly lease: Lease | undefined
  readonly reply?: string | undefined
}

export interface Lease {
  readonly holder: string
  readonly until: number
}

/** What nearly all messages and recipients have is not written anew each time. */
const plainMail = JSON.stringify(noMailParameters)
const plainRecipient = JSON.stringify(noRecipientParameters)

export async function insertMessage(tx: Tx, message: QueuedMessage, reportAt: number | undefined): Promise<void> {
  const { accountId, messageId, parameters } = message
  const asked = parameters === noMailParameters ? plainMail : JSON.stringify(parameters)
  await tx.run(sql`
    INSERT INTO queue_message (account_id, message_id, origin, sender, return_path, blob_id, size_bytes, fields, parameters,
      arrived_at, release_at, report_at)
    VALUES (${accountId}, ${messageId}, ${message.origin}, ${message.sender}, ${message.returnPath}, ${message.blobId},
      ${message.sizeBytes}, ${message.fields}, ${asked}, ${message.arrivedAt}, ${message.releaseAt}, ${reportAt ?? null})`)
}

export async function insertRecipient(tx: Tx, { accountId, messageId }: Key, row: NewRow): Promise<void> {
  const { lease, parameters } = row
  const asked = parameters === noRecipientParameters ? plainRecipient : JSON.stringify(parameters)
  await tx.run(sql`
    INSERT INTO queue_recipient (account_id, message_id, number, address, parameters, state, delay_told, hop, rank, next_at,
      held_for, lease, leased_until, reply)
    VALUES (${accountId}, ${messageId}, ${row.number}, ${row.address}, ${asked}, ${row.state}, ${0}, ${row.hop}, ${row.rank},
      ${row.nextAt ?? null}, ${row.heldFor ?? null}, ${lease?.holder ?? null}, ${lease?.until ?? null}, ${row.reply ?? null})`)
}

/** The number that the next new recipient of a message has. */
export async function nextNumber(tx: Tx, { accountId, messageId }: Key): Promise<number> {
  const row = await tx.get<[number]>(sql`
    SELECT COALESCE(MAX(number), -1) + 1 FROM queue_recipient WHERE account_id = ${accountId} AND message_id = ${messageId}`)
  return row?.[0] ?? 0
}

/** What of an account waits for the time that its sender chose. */
export async function scheduledOf(
  tx: Tx,
  accountId: number,
  now: number,
): Promise<{ readonly count: number; readonly bytes: number }> {
  const row = await tx.get<[number, number]>(sql`
    SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM queue_message
    WHERE account_id = ${accountId} AND release_at > arrived_at AND release_at > ${now}`)
  const [count = 0, bytes = 0] = row ?? []
  return { count, bytes }
}

export type MessageRow = [
  accountId: number,
  messageId: string,
  origin: string,
  sender: string,
  returnPath: string,
  blobId: number,
  sizeBytes: number,
  fields: string,
  parameters: string,
  arrivedAt: number,
  releaseAt: number,
]

const ofOne = listOf`
  SELECT account_id, message_id, origin, sender, return_path, blob_id, size_bytes, fields, parameters, arrived_at, release_at
  FROM queue_message WHERE account_id = ${0} AND message_id IN (${0})`

/** In any order. */
export async function messagesOf(
  tx: Tx,
  accountId: number,
  messageIds: readonly string[],
): Promise<readonly QueuedMessage[]> {
  const found: QueuedMessage[] = []
  for (const some of slices(messageIds))
    for (const row of await tx.all<MessageRow>(ofOne([accountId], some))) found.push(readMessage(row))
  return found
}

/** Undefined when it is gone. */
export async function messageOf(tx: Tx, messageId: string): Promise<QueuedMessage | undefined> {
  const row = await tx.get<MessageRow>(sql`
    SELECT account_id, message_id, origin, sender, return_path, blob_id, size_bytes, fields, parameters, arrived_at, release_at
    FROM queue_message WHERE message_id = ${messageId}`)
  return row === undefined ? undefined : readMessage(row)
}

/** What can't be read rises where its parameters are asked for: such a message can still be listed and dropped. */
export function readMessage(row: MessageRow): QueuedMessage {
  const [
    accountId,
    messageId,
    origin,
    sender,
    returnPath,
    blobId,
    sizeBytes,
    fields,
    parameters,
    arrivedAt,
    releaseAt,
  ] = row
  return {
    ...{ accountId, messageId, sender, returnPath, blobId, sizeBytes, fields, arrivedAt, releaseAt },
    origin: origin as Origin, // written from one
    get parameters() {
      return readMailParameters(parameters)
    },
  }
}

function readMailParameters(text: string): MailParameters {
  return text === plainMail ? noMailParameters : JSON.parse(text)
}

export function readRecipientParameters(text: string): RecipientParameters {
  return text === plainRecipient ? noRecipientParameters : JSON.parse(text)
}

export interface RecipientStatus extends QueuedRecipient {
  readonly state: State
  readonly hop: string
  readonly nextAt: number | undefined
  readonly status: string | undefined
  readonly reply: string | undefined
  readonly class: OutcomeClass | undefined
  /** The host that said `reply`. */
  readonly by: string | undefined
  readonly heldFor: string | undefined
}

export type RecipientRow = [
  number: number,
  address: string,
  parameters: string,
  state: string,
  hop: string,
  nextAt: number | null,
  tries: number,
  status: string | null,
  reply: string | null,
  outcomeClass: string | null,
  by: string | null,
  heldFor: string | null,
  delayTold: number,
]

/** By number; at most `count`, those after `after`. */
export async function recipientsOf(
  tx: Tx,
  { accountId, messageId }: Key,
  { after, count }: { readonly after: number; readonly count: number },
): Promise<readonly RecipientStatus[]> {
  const rows = await tx.all<RecipientRow>(sql`
    SELECT number, address, parameters, state, hop, next_at, tries, status, reply, class, said_by, held_for, delay_told
    FROM queue_recipient
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND number > ${after} ORDER BY number LIMIT ${count}`)
  return rows.map(readRecipient)
}

export function readRecipient(row: RecipientRow): RecipientStatus {
  const [number, address, parameters, state, hop, nextAt, tries, status, reply, outcomeClass, by, heldFor, told] = row
  return {
    ...{ number, address, hop, tries, nextAt: nextAt ?? undefined },
    get parameters() {
      return readRecipientParameters(parameters)
    },
    state: state as State, // written from one, as `class` below
    status: status ?? undefined,
    reply: reply ?? undefined,
    class: (outcomeClass as OutcomeClass | null) ?? undefined,
    by: by ?? undefined,
    heldFor: heldFor ?? undefined,
    delayTold: told === 1,
  }
}

const removeDone = listOf`
  DELETE FROM queue_message WHERE account_id = ${0} AND NOT EXISTS (
    SELECT 1 FROM queue_recipient r WHERE r.account_id = queue_message.account_id AND r.message_id = queue_message.message_id)
  AND message_id IN (${0}) RETURNING message_id, blob_id`

const removeTries = listOf`DELETE FROM queue_try WHERE account_id = ${0} AND message_id IN (${0})`

/** Of these messages those go that have no recipient any more. Settles with their ids. */
export async function endIfDone(tx: Tx, accountId: number, messageIds: readonly string[]): Promise<readonly string[]> {
  const ended: string[] = []
  for (const some of slices(messageIds)) {
    const gone = await tx.all<[string, number]>(removeDone([accountId], some))
    if (gone.length === 0) continue
    const ids = gone.map(([messageId]) => messageId)
    ended.push(...ids)
    await tx.run(removeTries([accountId], ids))
    await letGoAll(
      tx,
      gone.map(([, blobId]) => blobId),
    )
  }
  return ended
}

/** The lower goes first (RFC 6710). */
export function rankOf({ priority }: MailParameters): number {
  return priority === undefined || priority === 0 ? 0 : -priority
}
