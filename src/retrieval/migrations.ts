// The tables of who reads an account with what, by numbered steps forward.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // What was set for an account; NULL: as the configuration says. noticed_at: when its owner was last told.
      `CREATE TABLE retrieval (
        account_id BIGINT PRIMARY KEY,
        on_delete TEXT,
        retrieval TEXT,
        language TEXT,
        noticed_at BIGINT)`,
      // client: '' where it has said no name. taken, removed, hidden: messages.
      `CREATE TABLE device (
        account_id BIGINT NOT NULL,
        protocol TEXT NOT NULL,
        client TEXT NOT NULL,
        network TEXT NOT NULL,
        first_at BIGINT NOT NULL,
        last_at BIGINT NOT NULL,
        last_address TEXT NOT NULL,
        taken BIGINT NOT NULL,
        removed BIGINT NOT NULL,
        hidden BIGINT NOT NULL,
        PRIMARY KEY (account_id, protocol, client, network)) CLUSTERED`,
      // One row: since when devices are written down. Of accounts that are older nobody knows at first what they are read by.
      'CREATE TABLE retrieval_since (since BIGINT NOT NULL)',
    ],
  },
]
