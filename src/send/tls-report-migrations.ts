// The tables of the daily reports about TLS, by numbered steps forward.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // Connections of one day (days since 1970) to one mail domain that went alike: `detail` is JSON, `key` its digest.
      `CREATE TABLE tls_result (
        day BIGINT NOT NULL,
        domain TEXT NOT NULL,
        key TEXT NOT NULL,
        detail TEXT NOT NULL,
        sessions BIGINT NOT NULL,
        PRIMARY KEY (day, domain, key)
      ) CLUSTERED`,
      // A report that is owed: to be handed in at `next_at`.
      `CREATE TABLE tls_report (
        day BIGINT NOT NULL,
        domain TEXT NOT NULL,
        next_at BIGINT NOT NULL,
        PRIMARY KEY (day, domain)
      ) CLUSTERED`,
      'CREATE INDEX tls_report_by_time ON tls_report (next_at)',
    ],
  },
]
