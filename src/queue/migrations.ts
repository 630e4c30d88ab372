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
]
