// What the queue's rows and the store's kept bytes promise each other, looked at in one snapshot. It changes nothing.

import { type Database, type Sql, sql } from '#io/sql/database.ts'
import type { Finding } from '#store/check.ts'

const checks: readonly { readonly what: string; readonly query: Sql }[] = [
  {
    what: 'queued-message-without-bytes',
    query: sql`
      SELECT q.account_id, q.message_id, q.blob_id
      FROM queue_message q LEFT JOIN blob_kept k ON k.blob_id = q.blob_id WHERE k.blob_id IS NULL`,
  },
  {
    what: 'queued-message-without-recipient',
    query: sql`
      SELECT q.account_id, q.message_id FROM queue_message q
      WHERE NOT EXISTS (SELECT 1 FROM queue_recipient r WHERE r.account_id = q.account_id AND r.message_id = q.message_id)`,
  },
  {
    what: 'queued-recipient-without-message',
    query: sql`
      SELECT r.account_id, r.message_id, r.number FROM queue_recipient r
      WHERE NOT EXISTS (SELECT 1 FROM queue_message q WHERE q.account_id = r.account_id AND q.message_id = r.message_id)`,
  },
  {
    // Nothing would ever take it up.
    what: 'queued-recipient-without-time',
    query: sql`
      SELECT account_id, message_id, number FROM queue_recipient
      WHERE next_at IS NULL AND (state = 'scheduled' OR state = 'ready' OR state = 'deferred'
        OR (state = 'active' AND leased_until IS NULL) OR (state = 'held' AND held_for IS NULL))`,
  },
  {
    what: 'report-without-time',
    query: sql`
      SELECT q.account_id, q.message_id FROM queue_message q
      WHERE q.report_at IS NULL AND EXISTS (
        SELECT 1 FROM queue_recipient r WHERE r.account_id = q.account_id AND r.message_id = q.message_id
          AND (r.state = 'delivered' OR r.state = 'failed' OR r.state = 'expired'))`,
  },
  {
    what: 'tries-without-message',
    query: sql`
      SELECT t.account_id, t.message_id, t.number FROM queue_try t
      WHERE NOT EXISTS (SELECT 1 FROM queue_message q WHERE q.account_id = t.account_id AND q.message_id = t.message_id)`,
  },
  {
    what: 'kept-for-nobody',
    query: sql`
      SELECT NULL, k.blob_id FROM blob_kept k
      WHERE NOT EXISTS (SELECT 1 FROM queue_message q WHERE q.blob_id = k.blob_id)`,
  },
]

/** Yields nothing when all is well, or when the installation has no queue yet, or one that no server of this version has opened. */
export async function* checkQueue(database: Database): AsyncIterable<Finding> {
  const findings = await database.read(async tx => {
    const found: Finding[] = []
    const room = await tx.get(sql`SELECT number FROM schema_version WHERE room = 'queue' AND number = 2`)
    if (room === undefined) return found
    for (const { what, query } of checks) {
      for (const [accountId, ...rest] of await tx.all(query)) {
        const detail = rest.map(String).join(' ')
        found.push({ severity: 'error', what, accountId: accountId === null ? undefined : Number(accountId), detail })
      }
    }
    return found
  })
  yield* findings
}
