// This folder's tables, by numbered steps forward: the greylist's, and what accounts sent.

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
  {
    number: 2,
    statements: [
      // What accounts sent, by slots of five minutes since 1970. `out_`: to other servers.
      `CREATE TABLE sender_slot (
        account_id BIGINT NOT NULL,
        slot BIGINT NOT NULL,
        messages BIGINT NOT NULL,
        recipients BIGINT NOT NULL,
        out_messages BIGINT NOT NULL,
        out_recipients BIGINT NOT NULL,
        PRIMARY KEY (account_id, slot)
      ) CLUSTERED`,
      // Accounts whose mail is held, or never is. `counts_from`: the first slot that counts.
      `CREATE TABLE sender_guard (
        account_id BIGINT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        changed_at BIGINT NOT NULL,
        counts_from BIGINT NOT NULL,
        PRIMARY KEY (account_id)
      ) CLUSTERED`,
      // What single accounts may send; NULL: as the configuration says.
      `CREATE TABLE sender_limit (
        account_id BIGINT NOT NULL,
        messages_per_hour BIGINT,
        messages_per_day BIGINT,
        recipients_per_hour BIGINT,
        recipients_per_day BIGINT,
        PRIMARY KEY (account_id)
      ) CLUSTERED`,
    ],
  },
]
