// The directory's tables, by numbered steps forward. An address has one owner whatever it is, so accounts' own addresses and aliases lie in one table.

import type { Migration } from '#io/sql/migrate.ts'

export const migrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // `name` in lower case ASCII, `shown` as it was given.
      `CREATE TABLE domain (
        name TEXT PRIMARY KEY,
        shown TEXT NOT NULL,
        created_at BIGINT NOT NULL
      ) CLUSTERED`,
      `CREATE TABLE account (
        account_id BIGINT PRIMARY KEY,
        address TEXT NOT NULL,
        password_hash TEXT NOT NULL,
        disabled BIGINT NOT NULL,
        created_at BIGINT NOT NULL
      )`,
      // `local_part` folded ('' is the catch-all of its domain), `shown` the whole address as it was given.
      `CREATE TABLE address (
        domain TEXT NOT NULL,
        local_part TEXT NOT NULL,
        shown TEXT NOT NULL,
        account_id BIGINT NOT NULL,
        is_alias BIGINT NOT NULL,
        PRIMARY KEY (domain, local_part)
      ) CLUSTERED`,
      'CREATE INDEX address_of_account ON address (account_id)',
      // One row: ids of removed accounts are never given again, for mail may still hang on them.
      'CREATE TABLE next_account (account_id BIGINT NOT NULL)',
      'INSERT INTO next_account (account_id) VALUES (1)',
    ],
  },
  {
    number: 2,
    statements: [
      // What SCRAM needs of a password, beside its argon2id hash: one RFC 5803 text for each mechanism (scram-keys.ts).
      `CREATE TABLE scram_keys (
        account_id BIGINT NOT NULL,
        mechanism TEXT NOT NULL,
        keys TEXT NOT NULL,
        PRIMARY KEY (account_id, mechanism)
      ) CLUSTERED`,
      // One row once it is there: what the salts of SCRAM are made from, of names with and without an account, in base64.
      'CREATE TABLE scram_secret (secret TEXT NOT NULL)',
      // `local_part` folded ('' is the whole domain), `shown` as it was given.
      `CREATE TABLE send_as (
        account_id BIGINT NOT NULL,
        domain TEXT NOT NULL,
        local_part TEXT NOT NULL,
        shown TEXT NOT NULL,
        PRIMARY KEY (account_id, domain, local_part)
      ) CLUSTERED`,
    ],
  },
  {
    number: 3,
    // Capabilities that are hidden from the account's mail programs, in upper case, with spaces between.
    statements: ["ALTER TABLE account ADD COLUMN hidden_capabilities TEXT NOT NULL DEFAULT ''"],
  },
  {
    number: 4,
    statements: [
      // Where the alias (domain, local_part) leads, when that is not one account: its row in `address` has the account 0 then. Both names
      // folded, `shown` as SMTP writes the target.
      `CREATE TABLE alias_target (
        domain TEXT NOT NULL,
        local_part TEXT NOT NULL,
        target_domain TEXT NOT NULL,
        target_local_part TEXT NOT NULL,
        shown TEXT NOT NULL,
        PRIMARY KEY (domain, local_part, target_domain, target_local_part)
      ) CLUSTERED`,
      'CREATE INDEX alias_of_target ON alias_target (target_domain, target_local_part)',
      // 0: nothing of its mail goes on; 1: all, and a copy stays; 2: all, and none stays.
      'ALTER TABLE account ADD COLUMN forwards BIGINT NOT NULL DEFAULT 0',
      `CREATE TABLE account_forward (
        account_id BIGINT NOT NULL,
        domain TEXT NOT NULL,
        local_part TEXT NOT NULL,
        shown TEXT NOT NULL,
        PRIMARY KEY (account_id, domain, local_part)
      ) CLUSTERED`,
      // One row once it is there: what signs return paths, in base64.
      'CREATE TABLE return_path_key (key TEXT NOT NULL)',
      // Senders whose address is too long to stand in a return path: under a short name in its place.
      `CREATE TABLE long_sender (
        name TEXT NOT NULL,
        address TEXT NOT NULL,
        kept_at BIGINT NOT NULL,
        PRIMARY KEY (name)
      ) CLUSTERED`,
      'CREATE INDEX long_sender_by_age ON long_sender (kept_at)',
    ],
  },
]
