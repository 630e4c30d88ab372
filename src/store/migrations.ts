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
  {
    number: 3,
    statements: [
      // What vanished since a MODSEQ (RFC 7162), and tombstones that are nothing more than that, by age.
      'CREATE INDEX expunged_since ON expunged (account_id, mailbox_id, modseq)',
      'CREATE INDEX expunged_bare ON expunged (expunged_at, account_id) WHERE message_id IS NULL',
      // The highest MODSEQ of a tombstone that was removed; 0 while all are there.
      'ALTER TABLE mailbox ADD COLUMN forgotten_modseq BIGINT NOT NULL DEFAULT 0',
      // Whether a thread has a message left, and which keys lead to it.
      'CREATE INDEX message_thread ON message (account_id, thread_id)',
      'CREATE INDEX thread_key_thread ON thread_key (account_id, thread_id)',
    ],
  },
  {
    number: 4,
    statements: [
      'ALTER TABLE mail_account ADD COLUMN quota_messages BIGINT',
      // Annotations (RFC 5464). mailbox_id 0: the server as the account sees it. reader_id: whose private entry it is; 0: shared by all readers.
      // entry: the whole name in lower case.
      `CREATE TABLE metadata (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        reader_id BIGINT NOT NULL,
        entry TEXT NOT NULL,
        value BYTES NOT NULL,
        PRIMARY KEY (account_id, mailbox_id, reader_id, entry)) CLUSTERED`,
      // For the end of a reader's account: nearly all rows are those of an account's own.
      'CREATE INDEX metadata_foreign ON metadata (reader_id, account_id) WHERE reader_id <> 0 AND reader_id <> account_id',
    ],
  },
  {
    number: 5,
    statements: [
      // Access control lists (RFC 4314). grantee_id: an account; 0: anyone. The owner has no row.
      `CREATE TABLE mailbox_right (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        grantee_id BIGINT NOT NULL,
        negative BIGINT NOT NULL,
        rights TEXT NOT NULL,
        PRIMARY KEY (account_id, mailbox_id, grantee_id, negative)) CLUSTERED`,
      // The same from the other side. account_id: the grantee, or 0.
      `CREATE TABLE shared_mailbox (
        account_id BIGINT NOT NULL,
        owner_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        PRIMARY KEY (account_id, owner_id, mailbox_id)) CLUSTERED`,
      // Those who have read another's mailbox, each with its own \Seen; seen_count: rows of reader_seen with seen = 1.
      `CREATE TABLE reader (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        reader_id BIGINT NOT NULL,
        seen_count BIGINT NOT NULL,
        highestmodseq BIGINT NOT NULL,
        PRIMARY KEY (account_id, mailbox_id, reader_id)) CLUSTERED`,
      `CREATE TABLE reader_seen (
        account_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        reader_id BIGINT NOT NULL,
        uid BIGINT NOT NULL,
        seen BIGINT NOT NULL,
        modseq BIGINT NOT NULL,
        PRIMARY KEY (account_id, mailbox_id, reader_id, uid)) CLUSTERED`,
      // For the end of a reader's account. account_id: the reader.
      `CREATE TABLE read_mailbox (
        account_id BIGINT NOT NULL,
        owner_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        PRIMARY KEY (account_id, owner_id, mailbox_id)) CLUSTERED`,
    ],
  },
  {
    number: 6,
    statements: [
      // The search index (search/search-index.ts). indexed_to: every message up to this id is in a segment; version: of how words are made.
      `CREATE TABLE search_account (
        account_id BIGINT PRIMARY KEY,
        version TEXT NOT NULL,
        indexed_to BIGINT NOT NULL,
        last_segment BIGINT NOT NULL)`,
      // A segment covers the message ids above after_id, up to last_id. ids: of its messages; unread_...: those of them whose text has no words here.
      `CREATE TABLE search_segment (
        account_id BIGINT NOT NULL,
        last_id BIGINT NOT NULL,
        after_id BIGINT NOT NULL,
        segment_id BIGINT NOT NULL,
        messages BIGINT NOT NULL,
        ids BYTES NOT NULL,
        unread_header BYTES NOT NULL,
        unread_body BYTES NOT NULL,
        PRIMARY KEY (account_id, last_id))`,
      // kind: of which text (segment.ts); bucket: by a hash of the word.
      `CREATE TABLE search_words (
        account_id BIGINT NOT NULL,
        segment_id BIGINT NOT NULL,
        kind BIGINT NOT NULL,
        bucket BIGINT NOT NULL,
        words BYTES NOT NULL,
        postings BYTES NOT NULL,
        PRIMARY KEY (account_id, segment_id, kind, bucket))`,
      // field: which one (field-texts.ts); first: the place in the segment of the first message in the row.
      `CREATE TABLE search_fields (
        account_id BIGINT NOT NULL,
        segment_id BIGINT NOT NULL,
        field BIGINT NOT NULL,
        first BIGINT NOT NULL,
        texts BYTES NOT NULL,
        PRIMARY KEY (account_id, segment_id, field, first))`,
      // Messages that are gone, and still in a segment.
      `CREATE TABLE search_gone (
        account_id BIGINT NOT NULL,
        message_id BIGINT NOT NULL,
        gone_at BIGINT NOT NULL,
        PRIMARY KEY (account_id, message_id)) CLUSTERED`,
    ],
  },
  {
    number: 7,
    statements: [
      // Keys that authorize URLs (url-keys.ts). account_id: who gives them out; owner_id: whose the mailbox is.
      `CREATE TABLE url_key (
        account_id BIGINT NOT NULL,
        owner_id BIGINT NOT NULL,
        mailbox_id BIGINT NOT NULL,
        secret BYTES NOT NULL,
        PRIMARY KEY (account_id, owner_id, mailbox_id)) CLUSTERED`,
    ],
  },
  {
    number: 8,
    statements: [
      // 1: its last octets are no CRLF, so that POP3 sends one more. Few are so, and the index holds no others.
      'ALTER TABLE message ADD COLUMN lacks_end BIGINT NOT NULL DEFAULT 0',
      'CREATE INDEX message_lacks_end ON message (account_id, message_id) WHERE lacks_end = 1',
    ],
  },
  {
    number: 9,
    statements: [
      // A message that came from another account goes by the ids that it had there (RFC 8474 5.1): those of the account that it was taken in for
      // first. Most messages have no row: their ids are their own.
      `CREATE TABLE message_origin (
        account_id BIGINT NOT NULL,
        message_id BIGINT NOT NULL,
        origin_account BIGINT NOT NULL,
        origin_message BIGINT NOT NULL,
        origin_thread BIGINT NOT NULL,
        PRIMARY KEY (account_id, message_id)) CLUSTERED`,
    ],
  },
  {
    number: 10,
    statements: [
      // What POP3 sends of it to a session without UTF8, because a header has octets over 127: their number. -1: it has such octets, and nobody has
      // looked yet where. NULL: it is sent as it is. Nothing is known of messages from before; the others name the column.
      'ALTER TABLE message ADD COLUMN surrogate_bytes BIGINT DEFAULT -1',
      `CREATE INDEX message_surrogate ON message (account_id, message_id, surrogate_bytes)
        WHERE surrogate_bytes IS NOT NULL`,
      // POP3's unique-ids that came along from another server (uidls.ts). A row stays when its entry goes: no id is ever used twice.
      `CREATE TABLE pop3_uidl (
        account_id BIGINT NOT NULL,
        entry_id BIGINT NOT NULL,
        uidl TEXT NOT NULL,
        PRIMARY KEY (account_id, entry_id)) CLUSTERED`,
      'CREATE UNIQUE INDEX pop3_uidl_once ON pop3_uidl (account_id, uidl)',
      // By which protocol it was removed: 'imap', 'pop3'; NULL: that is not known.
      'ALTER TABLE expunged ADD COLUMN removed_by TEXT',
      // Those that can be restored.
      'CREATE INDEX expunged_entry ON expunged (account_id, entry_id) WHERE message_id IS NOT NULL',
    ],
  },
]
