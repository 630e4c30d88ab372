// The table of what was imported: by its names a second run knows what it need not bring again.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // name: of the message where it came from, the base name of its Maildir file for one.
      `CREATE TABLE imported (
        account_id BIGINT NOT NULL,
        mailbox TEXT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (account_id, mailbox, name)) CLUSTERED`,
    ],
  },
]
