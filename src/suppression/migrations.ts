// The tables of suppressed recipients and of what was sent to whom, by numbered steps forward.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // Of an account: sender_domain ''. Of a sender's domain: account_id 0. `domain` and `local_part` as recipientKey makes them, `shown` as it was given.
      `CREATE TABLE suppression (
        account_id BIGINT NOT NULL,
        sender_domain TEXT NOT NULL,
        domain TEXT NOT NULL,
        local_part TEXT NOT NULL,
        shown TEXT NOT NULL,
        reason TEXT NOT NULL,
        source TEXT NOT NULL,
        detail TEXT NOT NULL,
        added_at BIGINT NOT NULL,
        expires_at BIGINT,
        PRIMARY KEY (account_id, sender_domain, domain, local_part)
      ) CLUSTERED`,
      'CREATE INDEX suppression_by_expiry ON suppression (expires_at) WHERE expires_at IS NOT NULL',
      // What other hosts took from us: a report that comes back later is about one of these, or about nothing.
      `CREATE TABLE sent_recipient (
        account_id BIGINT NOT NULL,
        message_id TEXT NOT NULL,
        recipient TEXT NOT NULL,
        sent_at BIGINT NOT NULL,
        PRIMARY KEY (account_id, message_id, recipient)
      ) CLUSTERED`,
      'CREATE INDEX sent_recipient_by_message ON sent_recipient (message_id)',
      'CREATE INDEX sent_recipient_by_age ON sent_recipient (sent_at)',
    ],
  },
]
