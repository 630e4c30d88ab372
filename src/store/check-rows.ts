// What must hold between the store's rows: each statement finds those for which it does not.

import { type Sql, sql } from '#io/sql/database.ts'

/** A statement whose rows are faults: account (null: none), what identifies the row, what is wrong. */
export interface RowCheck {
  readonly what: string
  readonly query: Sql
}

export const rowChecks: readonly RowCheck[] = [
  {
    what: 'mailbox-counts',
    query: sql`
      SELECT m.account_id, m.mailbox_id, m.exists_count, COALESCE(e.n, 0), m.unseen_count, COALESCE(e.unseen, 0),
        m.deleted_count, COALESCE(e.deleted, 0), m.size_bytes, COALESCE(e.size, 0)
      FROM mailbox m LEFT JOIN (
        SELECT account_id, mailbox_id, COUNT(*) AS n, SUM(size_bytes) AS size,
          SUM(CASE WHEN (flags & 1) = 0 THEN 1 ELSE 0 END) AS unseen,
          SUM(CASE WHEN (flags & 8) <> 0 THEN 1 ELSE 0 END) AS deleted
        FROM entry GROUP BY account_id, mailbox_id) e
      ON e.account_id = m.account_id AND e.mailbox_id = m.mailbox_id
      WHERE m.exists_count <> COALESCE(e.n, 0) OR m.unseen_count <> COALESCE(e.unseen, 0)
        OR m.deleted_count <> COALESCE(e.deleted, 0) OR m.size_bytes <> COALESCE(e.size, 0)`,
  },
  {
    what: 'quota-sums',
    query: sql`
      SELECT a.account_id, a.used_bytes, COALESCE(e.size, 0), a.message_count, COALESCE(e.n, 0)
      FROM mail_account a LEFT JOIN (
        SELECT account_id, COUNT(*) AS n, SUM(size_bytes) AS size FROM entry GROUP BY account_id) e
      ON e.account_id = a.account_id
      WHERE a.used_bytes <> COALESCE(e.size, 0) OR a.message_count <> COALESCE(e.n, 0)`,
  },
  {
    what: 'uid-not-below-uidnext',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid, m.uidnext
      FROM entry e JOIN mailbox m ON m.account_id = e.account_id AND m.mailbox_id = e.mailbox_id
      WHERE e.uid >= m.uidnext OR e.uid < 1`,
  },
  {
    what: 'tombstone-uid-not-below-uidnext',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid, m.uidnext
      FROM expunged e JOIN mailbox m ON m.account_id = e.account_id AND m.mailbox_id = e.mailbox_id
      WHERE e.uid >= m.uidnext OR e.uid < 1`,
  },
  {
    what: 'uid-used-twice',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid
      FROM entry e JOIN expunged x ON x.account_id = e.account_id AND x.mailbox_id = e.mailbox_id AND x.uid = e.uid`,
  },
  {
    what: 'modseq-above-highest',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid, e.modseq, m.highestmodseq
      FROM entry e JOIN mailbox m ON m.account_id = e.account_id AND m.mailbox_id = e.mailbox_id
      WHERE e.modseq > m.highestmodseq OR e.modseq < 1`,
  },
  {
    what: 'tombstone-modseq-above-highest',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid, e.modseq, m.highestmodseq
      FROM expunged e JOIN mailbox m ON m.account_id = e.account_id AND m.mailbox_id = e.mailbox_id
      WHERE e.modseq > m.highestmodseq OR e.modseq < 1`,
  },
  {
    what: 'mailbox-ahead-of-account',
    query: sql`
      SELECT m.account_id, m.mailbox_id, m.highestmodseq, a.modseq, m.uidvalidity, a.last_uidvalidity, m.recent_from, m.uidnext, m.forgotten_modseq
      FROM mailbox m LEFT JOIN mail_account a ON a.account_id = m.account_id
      WHERE a.account_id IS NULL OR m.highestmodseq > a.modseq OR m.uidvalidity > a.last_uidvalidity
        OR m.mailbox_id > a.last_id OR m.recent_from > m.uidnext OR m.forgotten_modseq > m.highestmodseq`,
  },
  {
    what: 'uidvalidity-used-twice',
    query: sql`
      SELECT account_id, uidvalidity FROM (
        SELECT account_id, uidvalidity FROM mailbox UNION ALL SELECT account_id, uidvalidity FROM mailbox_gone) v
      GROUP BY account_id, uidvalidity HAVING COUNT(*) > 1`,
  },
  {
    what: 'entry-id-used-twice',
    query: sql`
      SELECT account_id, entry_id FROM (
        SELECT account_id, entry_id FROM entry
        UNION ALL SELECT account_id, entry_id FROM expunged WHERE entry_id IS NOT NULL) i
      GROUP BY account_id, entry_id HAVING COUNT(*) > 1`,
  },
  {
    what: 'entry-without-mailbox',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid
      FROM entry e LEFT JOIN mailbox m ON m.account_id = e.account_id AND m.mailbox_id = e.mailbox_id
      WHERE m.mailbox_id IS NULL`,
  },
  {
    what: 'tombstone-without-mailbox',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid FROM expunged e
      LEFT JOIN mailbox m ON m.account_id = e.account_id AND m.mailbox_id = e.mailbox_id
      LEFT JOIN mailbox_gone g ON g.account_id = e.account_id AND g.mailbox_id = e.mailbox_id
      WHERE m.mailbox_id IS NULL AND g.mailbox_id IS NULL`,
  },
  {
    what: 'entry-unlike-its-message',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid, e.message_id, e.size_bytes, m.size_bytes, e.thread_id, m.thread_id
      FROM entry e LEFT JOIN message m ON m.account_id = e.account_id AND m.message_id = e.message_id
      WHERE m.message_id IS NULL OR m.size_bytes <> e.size_bytes OR m.thread_id <> e.thread_id`,
  },
  {
    what: 'id-above-the-counter',
    query: sql`
      SELECT e.account_id, e.mailbox_id, e.uid, e.entry_id, e.message_id, a.last_id
      FROM entry e JOIN mail_account a ON a.account_id = e.account_id
      WHERE e.entry_id > a.last_id OR e.message_id > a.last_id`,
  },
  {
    what: 'message-references',
    query: sql`
      SELECT m.account_id, m.message_id, m.entry_refs, COALESCE(r.n, 0)
      FROM message m LEFT JOIN (
        SELECT account_id, message_id, COUNT(*) AS n FROM (
          SELECT account_id, message_id FROM entry
          UNION ALL SELECT account_id, message_id FROM expunged WHERE message_id IS NOT NULL) named
        GROUP BY account_id, message_id) r
      ON r.account_id = m.account_id AND r.message_id = m.message_id
      WHERE m.entry_refs <> COALESCE(r.n, 0) OR m.entry_refs < 1`,
  },
  {
    what: 'tombstone-without-message',
    query: sql`
      SELECT x.account_id, x.mailbox_id, x.uid, x.message_id
      FROM expunged x LEFT JOIN message m ON m.account_id = x.account_id AND m.message_id = x.message_id
      WHERE x.message_id IS NOT NULL AND m.message_id IS NULL`,
  },
  {
    what: 'message-unlike-its-blob',
    query: sql`
      SELECT m.account_id, m.message_id, m.blob_id, m.size_bytes, b.size_bytes
      FROM message m LEFT JOIN blob b ON b.blob_id = m.blob_id
      WHERE b.blob_id IS NULL OR m.size_bytes <> b.size_bytes + OCTET_LENGTH(m.prefix)`,
  },
  {
    what: 'blob-references',
    query: sql`
      SELECT NULL, b.blob_id, b.refs, COALESCE(r.n, 0)
      FROM blob b LEFT JOIN (
        SELECT blob_id, COUNT(*) AS n FROM (
          SELECT blob_id FROM message UNION ALL SELECT blob_id FROM blob_kept) named
        GROUP BY blob_id) r
      ON r.blob_id = b.blob_id
      WHERE b.refs <> COALESCE(r.n, 0) OR b.refs < 1`,
  },
  {
    what: 'kept-without-blob',
    query: sql`SELECT NULL, k.blob_id FROM blob_kept k LEFT JOIN blob b ON b.blob_id = k.blob_id WHERE b.blob_id IS NULL`,
  },
  {
    what: 'envelope-without-message',
    query: sql`
      SELECT e.account_id, e.message_id
      FROM message_envelope e LEFT JOIN message m ON m.account_id = e.account_id AND m.message_id = e.message_id
      WHERE m.message_id IS NULL`,
  },
  {
    what: 'origin-without-message',
    query: sql`
      SELECT o.account_id, o.message_id
      FROM message_origin o LEFT JOIN message m ON m.account_id = o.account_id AND m.message_id = o.message_id
      WHERE m.message_id IS NULL`,
  },
  {
    what: 'annotation-without-mailbox',
    query: sql`
      SELECT d.account_id, d.mailbox_id, d.reader_id
      FROM metadata d LEFT JOIN mailbox m ON m.account_id = d.account_id AND m.mailbox_id = d.mailbox_id
      WHERE d.mailbox_id <> 0 AND m.mailbox_id IS NULL`,
  },
  {
    // The bits of mail/flags.ts.
    what: 'unknown-flag',
    query: sql`
      SELECT account_id, mailbox_id, uid, flags FROM entry WHERE (flags & 159) <> flags
      UNION ALL SELECT account_id, mailbox_id, uid, flags FROM expunged
      WHERE message_id IS NOT NULL AND (flags & 159) <> flags`,
  },
  {
    what: 'bare-tombstone-with-more',
    query: sql`
      SELECT account_id, mailbox_id, uid FROM expunged
      WHERE (message_id IS NULL AND (entry_id IS NOT NULL OR flags IS NOT NULL OR removed_by IS NOT NULL))
        OR (message_id IS NOT NULL AND entry_id IS NULL)`,
  },
  {
    what: 'surrogate-of-no-size',
    query: sql`SELECT account_id, message_id, surrogate_bytes FROM message WHERE surrogate_bytes < -1 OR surrogate_bytes = 0`,
  },
  {
    what: 'unique-id-of-nobody',
    query: sql`
      SELECT u.account_id, u.entry_id
      FROM pop3_uidl u LEFT JOIN mail_account a ON a.account_id = u.account_id
      WHERE a.account_id IS NULL OR u.entry_id > a.last_id OR LENGTH(u.uidl) NOT BETWEEN 1 AND 70 OR SUBSTR(u.uidl, 1, 2) = 'ph'`,
  },
  {
    what: 'blob-unlike-its-bytes',
    query: sql`
      SELECT NULL, b.blob_id, b.size_bytes, OCTET_LENGTH(y.bytes)
      FROM blob b LEFT JOIN blob_bytes y ON y.blob_id = b.blob_id
      WHERE (b.place = 'table' AND (y.blob_id IS NULL OR OCTET_LENGTH(y.bytes) <> b.size_bytes))
        OR (b.place <> 'table' AND y.blob_id IS NOT NULL)`,
  },
  {
    what: 'bytes-without-blob',
    query: sql`SELECT NULL, y.blob_id FROM blob_bytes y LEFT JOIN blob b ON b.blob_id = y.blob_id WHERE b.blob_id IS NULL`,
  },
]
