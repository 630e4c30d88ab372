// The greylist's tables, by numbered steps forward.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // `sender` as senderKey makes it, `shown` as it was written. `noted_at`: since when it waits; once it has passed, when it did last.
      `CREATE TABLE greylist (
        account_id BIGINT NOT NULL,
        network TEXT NOT NULL,
        sender TEXT NOT NULL,
        recipient TEXT NOT NULL,
        shown TEXT NOT NULL,
        passed BIGINT NOT NULL,
        noted_at BIGINT NOT NULL,
        PRIMARY KEY (account_id, network, sender, recipient)
      ) CLUSTERED`,
      'CREATE INDEX greylist_by_age ON greylist (passed, noted_at)',
      // Whom an account has written to, and from whom it has been sent mail that was accepted.
      `CREATE TABLE correspondent (
        account_id BIGINT NOT NULL,
        address TEXT NOT NULL,
        written_to BIGINT NOT NULL,
        noted_at BIGINT NOT NULL,
        PRIMARY KEY (account_id, address)
      ) CLUSTERED`,
      'CREATE INDEX correspondent_by_age ON correspondent (written_to, noted_at)',
    ],
  },
]
