// The queue's tables. A message is its sender's, so its key starts with the sender's account.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // blob_id: kept by the store (blob_kept) as long as the row is there. next_at: when something is to be done, whatever it is.
      `CREATE TABLE queue_message (
        account_id BIGINT NOT NULL,
        message_id TEXT NOT NULL,
        sender TEXT NOT NULL,
        blob_id BIGINT NOT NULL,
        size_bytes BIGINT NOT NULL,
        fields TEXT NOT NULL,
        parameters TEXT NOT NULL,
        arrived_at BIGINT NOT NULL,
        release_at BIGINT NOT NULL,
        next_at BIGINT NOT NULL,
        tries BIGINT NOT NULL,
        PRIMARY KEY (account_id, message_id)) CLUSTERED`,
      'CREATE INDEX queue_message_due ON queue_message (next_at, message_id)',
      'CREATE UNIQUE INDEX queue_message_id ON queue_message (message_id)',
      // status, reply: of the last try. delay_told: 1 once the sender knows of the delay.
      `CREATE TABLE queue_recipient (
        account_id BIGINT NOT NULL,
        message_id TEXT NOT NULL,
        number BIGINT NOT NULL,
        address TEXT NOT NULL,
        parameters TEXT NOT NULL,
        state TEXT NOT NULL,
        status TEXT,
        reply TEXT,
        delay_told BIGINT NOT NULL,
        PRIMARY KEY (account_id, message_id, number)) CLUSTERED`,
    ],
  },
  {
    number: 2,
    statements: [
      // hop: where the recipient goes next, 'local' for mailboxes here. rank: the lower goes first. next_at: NULL while it is active or held, or waits
      // for its report. lease: of the process that has it in hand. held_for: why it waits for an operator; of an active one, why it will.
      `ALTER TABLE queue_recipient ADD COLUMN hop TEXT NOT NULL DEFAULT 'local'`,
      'ALTER TABLE queue_recipient ADD COLUMN rank BIGINT NOT NULL DEFAULT 0',
      'ALTER TABLE queue_recipient ADD COLUMN next_at BIGINT',
      'ALTER TABLE queue_recipient ADD COLUMN tries BIGINT NOT NULL DEFAULT 0',
      'ALTER TABLE queue_recipient ADD COLUMN class TEXT',
      'ALTER TABLE queue_recipient ADD COLUMN said_by TEXT',
      'ALTER TABLE queue_recipient ADD COLUMN held_for TEXT',
      'ALTER TABLE queue_recipient ADD COLUMN lease TEXT',
      'ALTER TABLE queue_recipient ADD COLUMN leased_until BIGINT',
      `UPDATE queue_recipient SET
        tries = (SELECT m.tries FROM queue_message m WHERE m.message_id = queue_recipient.message_id),
        next_at = (SELECT m.next_at FROM queue_message m WHERE m.message_id = queue_recipient.message_id)
        WHERE state = 'scheduled' OR state = 'deferred'`,
      'ALTER TABLE queue_message ADD COLUMN return_path TEXT',
      `ALTER TABLE queue_message ADD COLUMN origin TEXT NOT NULL DEFAULT 'submission'`,
      'ALTER TABLE queue_message ADD COLUMN report_at BIGINT',
      'UPDATE queue_message SET return_path = sender',
      `UPDATE queue_message SET report_at = next_at WHERE EXISTS (
        SELECT 1 FROM queue_recipient r WHERE r.account_id = queue_message.account_id
          AND r.message_id = queue_message.message_id AND (r.state = 'delivered' OR r.state = 'failed'))`,
      'DROP INDEX queue_message_due',
      'ALTER TABLE queue_message DROP COLUMN next_at',
      'ALTER TABLE queue_message DROP COLUMN tries',
      `CREATE INDEX queue_recipient_due ON queue_recipient (hop, rank, account_id, next_at, message_id, number)
        WHERE next_at IS NOT NULL`,
      'CREATE INDEX queue_recipient_leased ON queue_recipient (leased_until) WHERE leased_until IS NOT NULL',
      'CREATE INDEX queue_message_report ON queue_message (report_at) WHERE report_at IS NOT NULL',
      'CREATE INDEX queue_message_arrived ON queue_message (arrived_at, message_id)',
      `CREATE INDEX queue_message_released ON queue_message (account_id, release_at, size_bytes)
        WHERE release_at > arrived_at`,
      `CREATE TABLE queue_try (
        account_id BIGINT NOT NULL,
        message_id TEXT NOT NULL,
        number BIGINT NOT NULL,
        tried_at BIGINT NOT NULL,
        took_ms BIGINT NOT NULL,
        host TEXT NOT NULL,
        address TEXT,
        tls TEXT,
        transcript TEXT NOT NULL,
        PRIMARY KEY (account_id, message_id, number)) CLUSTERED`,
    ],
  },
]
