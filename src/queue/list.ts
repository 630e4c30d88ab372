// What an operator sees of the queue.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import { readHeader } from '#mail/header.ts'
import type { Store } from '#store/store.ts'
import { utf8 } from '#text/bytes.ts'
import { limits } from './limits.ts'
import type { Filter, Listed, Place, Shown } from './queue.ts'
import { type MessageRow, messageOf, type QueuedMessage, readMessage, recipientsOf } from './rows.ts'
import { expiresAt } from './schedule.ts'

export async function listed(tx: Tx, filter: Filter, after: Place | undefined): Promise<readonly Listed[]> {
  const rows = await tx.all<MessageRow>(sql`
    SELECT account_id, message_id, sender, blob_id, size_bytes, fields, parameters, arrived_at, release_at, next_at, tries
    FROM queue_message m
    WHERE (next_at, message_id) > (${after?.nextAt ?? -1}, ${after?.messageId ?? ''})
      AND (CAST(${filter.sender ?? null} AS TEXT) IS NULL OR LOWER(sender) = LOWER(${filter.sender ?? ''}))
      AND (CAST(${filter.recipient ?? null} AS TEXT) IS NULL OR EXISTS (
        SELECT 1 FROM queue_recipient r WHERE r.account_id = m.account_id AND r.message_id = m.message_id
          AND LOWER(r.address) = LOWER(${filter.recipient ?? ''})))
      AND (CAST(${filter.state ?? null} AS TEXT) IS NULL OR EXISTS (
        SELECT 1 FROM queue_recipient r WHERE r.account_id = m.account_id AND r.message_id = m.message_id
          AND r.state = ${filter.state ?? ''}))
    ORDER BY next_at, message_id LIMIT ${limits.listed}`)
  const found: Listed[] = []
  for (const row of rows) found.push(await withRecipients(tx, readMessage(row)))
  return found
}

async function withRecipients(tx: Tx, message: QueuedMessage): Promise<Listed> {
  const { messageId, sender, nextAt, releaseAt, sizeBytes } = message
  const recipients = await recipientsOf(tx, message)
  return {
    messageId,
    sender,
    nextAt,
    releaseAt,
    sizeBytes,
    recipients: recipients.map(({ address, state, reply }) => ({ address, state, reply })),
  }
}

export async function shown(
  needs: { readonly database: Database; readonly store: Store },
  messageId: string,
): Promise<Shown | undefined> {
  const found = await needs.database.read(async tx => {
    const message = await messageOf(tx, messageId)
    return message === undefined ? undefined : { message, listed: await withRecipients(tx, message) }
  })
  const spooled = found && (await needs.store.kept(found.message.blobId))
  if (found === undefined || spooled === undefined) return undefined
  const { message, listed } = found
  const { arrivedAt, tries, fields } = message
  const head = utf8(spooled.head.subarray(0, readHeader(spooled.head).end))
  return { ...listed, arrivedAt, tries, expiresAt: expiresAt(message), header: fields + head }
}
