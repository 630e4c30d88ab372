// The store's tables. Every primary key starts with account_id, so that the tables can be sharded by it; only blobs are shared by accounts.

import type { Migration } from '#io/sql/migrate.ts'

export const storeMigrations: readonly Migration[] = [
  {
    number: 1,
    statements: [
      // modseq and last_id: the counters that everything new in the account takes its number from. They only rise.
      `CREATE TABLE mail_account (
        account_id BIGINT PRIMARY KEY,
        modseq BIGINT NOT NULL,
        last_id BIGINT NOT NULL,
        last_uidvalidity BIGINT NOT NULL,
        used_bytes BIGINT NOT NULL,
        message_count BIGINT NOT NULL,
        quota_bytes BIGINT)`,
      `CREATE TABLE mailbox (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        name TEXT NOT NULL,
        uidvalidity BIGINT NOT NULL,
        uidnext BIGINT NOT NULL,
        highestmodseq BIGINT NOT NULL,
        special_use TEXT,
        exists_count BIGINT NOT NULL,
        unseen_count BIGINT NOT NULL,
        deleted_count BIGINT NOT NULL,
        size_bytes BIGINT NOT NULL,
        recent_from BIGINT NOT NULL,
        created_at BIGINT NOT NULL,
        PRIMARY KEY (account_id, mailbox_id),
        UNIQUE (account_id, name)) CLUSTERED`,
      // What a deleted mailbox was: its messages can be found again while they are kept.
      `CREATE TABLE mailbox_gone (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        name TEXT NOT NULL,
        uidvalidity BIGINT NOT NULL,
        modseq BIGINT NOT NULL,
        gone_at BIGINT NOT NULL,
        PRIMARY KEY (account_id, mailbox_id)) CLUSTERED`,
      `CREATE TABLE subscription (
        account_id BIGINT NOT NULL,
        name TEXT NOT NULL,
        PRIMARY KEY (account_id, name)) CLUSTERED`,
      // entry_refs: rows of entry and expunged that name the message. prefix: the header lines that delivery put before the blob.
      `CREATE TABLE message (
        account_id BIGINT NOT NULL,
        message_id BIGINT NOT NULL,
        blob_id BIGINT NOT NULL,
        prefix BYTES NOT NULL,
        size_bytes BIGINT NOT NULL,
        thread_id BIGINT NOT NULL,
        entry_refs BIGINT NOT NULL,
        PRIMARY KEY (account_id, message_id)) CLUSTERED`,
      `CREATE TABLE entry (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        uid BIGINT NOT NULL,
        entry_id BIGINT NOT NULL,
        message_id BIGINT NOT NULL,
        thread_id BIGINT NOT NULL,
        flags BIGINT NOT NULL,
        keywords TEXT NOT NULL,
        modseq BIGINT NOT NULL,
        internal_date BIGINT NOT NULL,
        saved_at BIGINT NOT NULL,
        size_bytes BIGINT NOT NULL,
        PRIMARY KEY (account_id, mailbox_id, uid)) CLUSTERED`,
      // Tombstones: first the whole entry, so that it can be read and restored; once purged (or moved away) only uid and modseq, message_id NULL.
      `CREATE TABLE expunged (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        uid BIGINT NOT NULL,
        modseq BIGINT NOT NULL,
        expunged_at BIGINT NOT NULL,
        entry_id BIGINT,
        message_id BIGINT,
        thread_id BIGINT,
        flags BIGINT,
        keywords TEXT,
        internal_date BIGINT,
        saved_at BIGINT,
        size_bytes BIGINT,
        PRIMARY KEY (account_id, mailbox_id, uid)) CLUSTERED`,
      'CREATE INDEX expunged_kept ON expunged (expunged_at, account_id) WHERE message_id IS NOT NULL',
      // refs: rows of message (and, from 2 on, of blob_kept) that name the blob. place: 'table' (its bytes are in blob_bytes) or 'file'.
      `CREATE TABLE blob (
        blob_id BIGINT PRIMARY KEY,
        refs BIGINT NOT NULL,
        size_bytes BIGINT NOT NULL,
        place TEXT NOT NULL)`,
      `CREATE TABLE blob_bytes (
        blob_id BIGINT PRIMARY KEY,
        bytes BYTES NOT NULL)`,
      // Files to remove: their blobs are gone.
      'CREATE TABLE blob_gone (blob_id BIGINT PRIMARY KEY)',
      // thread_key.key: a hash of a message id and the base subject (threads.ts).
      `CREATE TABLE thread_key (
        account_id BIGINT NOT NULL,
        key BIGINT NOT NULL,
        thread_id BIGINT NOT NULL,
        seen_at BIGINT NOT NULL,
        PRIMARY KEY (account_id, key)) CLUSTERED`,
    ],
  },
  {
    number: 2,
    statements: [
      'ALTER TABLE mail_account ADD COLUMN full_since BIGINT',
      // What the envelope asked for beyond the addresses; most messages have none.
      `CREATE TABLE message_envelope (
        account_id BIGINT NOT NULL,
        message_id BIGINT NOT NULL,
        envelope TEXT NOT NULL,
        PRIMARY KEY (account_id, message_id)) CLUSTERED`,
      // Blobs that a queue names: each counts once in blob.refs.
      `CREATE TABLE blob_kept (
        blob_id BIGINT PRIMARY KEY,
        kept_at BIGINT NOT NULL)`,
    ],
  },
]
