// The queue's rows, in and out of the database. A message goes with its last recipient, and its bytes with it.

import { sql, type Tx } from '#io/sql/database.ts'
import { letGo } from '#store/kept.ts'
import type { MailParameters, RecipientParameters } from '#wire/smtp/parameters.ts'
import type { HeldMessage } from './queue.ts'
import type { State } from './states.ts'

export interface Key {
  readonly accountId: number
  readonly messageId: string
}

export interface DueKey extends Key {
  readonly tries: number
}

export interface QueuedMessage extends DueKey {
  readonly sender: string
  readonly blobId: number
  readonly sizeBytes: number
  readonly fields: string
  readonly parameters: MailParameters
  readonly arrivedAt: number
  readonly releaseAt: number
  readonly nextAt: number
}

export interface QueuedRecipient {
  readonly number: number
  readonly address: string
  readonly parameters: RecipientParameters
  readonly state: State
  readonly status: string | undefined
  readonly reply: string | undefined
  readonly delayTold: boolean
}

export async function insert(tx: Tx, message: HeldMessage, blobId: number, now: number): Promise<void> {
  const { messageId, sender, spooled, fields, parameters, releaseAt } = message
  await tx.run(sql`
    INSERT INTO queue_message (account_id, message_id, sender, blob_id, size_bytes, fields, parameters, arrived_at,
      release_at, next_at, tries)
    VALUES (${sender.accountId}, ${messageId}, ${sender.address}, ${blobId}, ${spooled.sizeBytes}, ${fields},
      ${JSON.stringify(parameters)}, ${now}, ${releaseAt}, ${releaseAt}, ${0})`)
  const state: State = 'scheduled'
  for (const [number, { address, parameters }] of message.recipients.entries()) {
    await tx.run(sql`
      INSERT INTO queue_recipient (account_id, message_id, number, address, parameters, state, delay_told)
      VALUES (${sender.accountId}, ${messageId}, ${number}, ${address}, ${JSON.stringify(parameters)}, ${state}, ${0})`)
  }
}

export async function heldOf(tx: Tx, accountId: number): Promise<{ readonly count: number; readonly bytes: number }> {
  const row = await tx.get<[number, number]>(sql`
    SELECT COUNT(*), CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM queue_message WHERE account_id = ${accountId}`)
  const [count = 0, bytes = 0] = row ?? []
  return { count, bytes }
}

/** When the next message is due. */
export async function firstDue(tx: Tx): Promise<number | undefined> {
  const row = await tx.get<[number | null]>(sql`SELECT MIN(next_at) FROM queue_message`)
  return row?.[0] ?? undefined
}

/** Longest due first. */
export async function dueKeys(tx: Tx, now: number, count: number): Promise<readonly DueKey[]> {
  const rows = await tx.all<[number, string, number]>(sql`
    SELECT account_id, message_id, tries FROM queue_message WHERE next_at <= ${now} ORDER BY next_at, message_id LIMIT ${count}`)
  return rows.map(([accountId, messageId, tries]) => ({ accountId, messageId, tries }))
}

export type MessageRow = [
  accountId: number,
  messageId: string,
  sender: string,
  blobId: number,
  sizeBytes: number,
  fields: string,
  parameters: string,
  arrivedAt: number,
  releaseAt: number,
  nextAt: number,
  tries: number,
]

/** Undefined when it is gone. */
export async function messageOf(tx: Tx, messageId: string): Promise<QueuedMessage | undefined> {
  const row = await tx.get<MessageRow>(sql`
    SELECT account_id, message_id, sender, blob_id, size_bytes, fields, parameters, arrived_at, release_at, next_at, tries
    FROM queue_message WHERE message_id = ${messageId}`)
  return row === undefined ? undefined : readMessage(row)
}

/** What can't be read rises where its parameters are asked for: such a message can still be listed and dropped. */
export function readMessage(row: MessageRow): QueuedMessage {
  return {
    accountId: row[0],
    messageId: row[1],
    sender: row[2],
    blobId: row[3],
    sizeBytes: row[4],
    fields: row[5],
    get parameters() {
      return JSON.parse(row[6])
    },
    arrivedAt: row[7],
    releaseAt: row[8],
    nextAt: row[9],
    tries: row[10],
  }
}

type RecipientRow = [
  number: number,
  address: string,
  parameters: string,
  state: string,
  status: string | null,
  reply: string | null,
  delayTold: number,
]

export async function recipientsOf(tx: Tx, { accountId, messageId }: Key): Promise<readonly QueuedRecipient[]> {
  const rows = await tx.all<RecipientRow>(sql`
    SELECT number, address, parameters, state, status, reply, delay_told FROM queue_recipient
    WHERE account_id = ${accountId} AND message_id = ${messageId} ORDER BY number`)
  return rows.map(([number, address, parameters, state, status, reply, delayTold]) => ({
    number,
    address,
    get parameters() {
      return JSON.parse(parameters)
    },
    state: state as State, // written from one, above and below
    status: status ?? undefined,
    reply: reply ?? undefined,
    delayTold: delayTold === 1,
  }))
}

export interface Said {
  readonly state: State
  readonly status: string | undefined
  readonly reply: string | undefined
}

export async function setState(tx: Tx, { accountId, messageId }: Key, number: number, said: Said): Promise<void> {
  await tx.run(sql`
    UPDATE queue_recipient SET state = ${said.state}, status = ${said.status ?? null}, reply = ${said.reply ?? null}
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number}`)
}

export async function setDelayTold(tx: Tx, { accountId, messageId }: Key, number: number): Promise<void> {
  await tx.run(sql`
    UPDATE queue_recipient SET delay_told = 1
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number}`)
}

export async function removeRecipient(tx: Tx, { accountId, messageId }: Key, number: number): Promise<void> {
  await tx.run(sql`
    DELETE FROM queue_recipient WHERE account_id = ${accountId} AND message_id = ${messageId} AND number = ${number}`)
}

/** The message goes if it has no recipient any more. */
export async function endIfDone(tx: Tx, key: Key): Promise<boolean> {
  const { accountId, messageId } = key
  const left = await tx.get(
    sql`SELECT number FROM queue_recipient WHERE account_id = ${accountId} AND message_id = ${messageId} LIMIT 1`,
  )
  return left === undefined && (await removeMessage(tx, key))
}

/** With all its recipients. False when it is gone already. */
export async function removeMessage(tx: Tx, { accountId, messageId }: Key): Promise<boolean> {
  const row = await tx.get<[number]>(sql`
    DELETE FROM queue_message WHERE account_id = ${accountId} AND message_id = ${messageId} RETURNING blob_id`)
  if (row === undefined) return false
  await tx.run(sql`DELETE FROM queue_recipient WHERE account_id = ${accountId} AND message_id = ${messageId}`)
  await letGo(tx, row[0])
  return true
}

/** False when the message is gone. */
export async function setNext(tx: Tx, { accountId, messageId }: Key, nextAt: number, tries: number): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE queue_message SET next_at = ${nextAt}, tries = ${tries}
    WHERE account_id = ${accountId} AND message_id = ${messageId}`)
  return changed > 0
}

/** A release that was still to come is now. False when the message is gone. */
export async function setDueNow(tx: Tx, messageId: string, now: number): Promise<boolean> {
  const changed = await tx.run(sql`
    UPDATE queue_message SET next_at = ${now}, release_at = CASE WHEN release_at > ${now} THEN ${now} ELSE release_at END
    WHERE message_id = ${messageId}`)
  return changed > 0
}
