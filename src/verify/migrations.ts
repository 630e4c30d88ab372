// The tables of what was looked up and is kept, by numbered steps forward.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // Policies of MTA-STS by domain; `patterns` is JSON. `refresh_at`: when it is to be fetched anew, `ends_at`: when it counts no more.
      `CREATE TABLE sts_policy (
        domain TEXT NOT NULL PRIMARY KEY,
        policy_id TEXT NOT NULL,
        mode TEXT NOT NULL,
        patterns TEXT NOT NULL,
        max_age_seconds BIGINT NOT NULL,
        fetched_at BIGINT NOT NULL,
        refresh_at BIGINT NOT NULL,
        ends_at BIGINT NOT NULL
      ) CLUSTERED`,
      'CREATE INDEX sts_policy_by_refresh ON sts_policy (refresh_at)',
      'CREATE INDEX sts_policy_by_end ON sts_policy (ends_at)',
    ],
  },
]
