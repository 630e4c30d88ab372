// What must hold between the rows of shared mailboxes: rights, their other side, and what readers have seen.

import { sql } from '#io/sql/database.ts'
import type { RowCheck } from './check-rows.ts'

export const sharedRowChecks: readonly RowCheck[] = [
  {
    what: 'right-without-mailbox',
    query: sql`
      SELECT r.account_id, r.mailbox_id, r.grantee_id
      FROM mailbox_right r LEFT JOIN mailbox m ON m.account_id = r.account_id AND m.mailbox_id = r.mailbox_id
      WHERE m.mailbox_id IS NULL OR r.grantee_id = r.account_id OR r.rights = ''`,
  },
  {
    what: 'right-without-its-other-side',
    query: sql`
      SELECT r.account_id, r.mailbox_id, r.grantee_id
      FROM mailbox_right r LEFT JOIN shared_mailbox s
      ON s.account_id = r.grantee_id AND s.owner_id = r.account_id AND s.mailbox_id = r.mailbox_id
      WHERE s.mailbox_id IS NULL`,
  },
  {
    what: 'shared-mailbox-without-right',
    query: sql`
      SELECT s.account_id, s.owner_id, s.mailbox_id
      FROM shared_mailbox s LEFT JOIN mailbox_right r
      ON r.account_id = s.owner_id AND r.mailbox_id = s.mailbox_id AND r.grantee_id = s.account_id
      WHERE r.mailbox_id IS NULL`,
  },
  {
    what: 'grantee-without-account',
    query: sql`
      SELECT s.account_id, s.owner_id, s.mailbox_id
      FROM shared_mailbox s LEFT JOIN mail_account a ON a.account_id = s.account_id
      WHERE s.account_id <> 0 AND a.account_id IS NULL`,
  },
  {
    what: 'reader-counts',
    query: sql`
      SELECT r.account_id, r.mailbox_id, r.reader_id, r.seen_count, COALESCE(s.n, 0)
      FROM reader r LEFT JOIN (
        SELECT account_id, mailbox_id, reader_id, SUM(seen) AS n, MAX(modseq) AS modseq FROM reader_seen
        GROUP BY account_id, mailbox_id, reader_id) s
      ON s.account_id = r.account_id AND s.mailbox_id = r.mailbox_id AND s.reader_id = r.reader_id
      WHERE r.seen_count <> COALESCE(s.n, 0) OR r.highestmodseq < COALESCE(s.modseq, 0)`,
  },
  {
    what: 'seen-without-reader',
    query: sql`
      SELECT s.account_id, s.mailbox_id, s.reader_id, s.uid
      FROM reader_seen s LEFT JOIN reader r
      ON r.account_id = s.account_id AND r.mailbox_id = s.mailbox_id AND r.reader_id = s.reader_id
      WHERE r.reader_id IS NULL`,
  },
  {
    what: 'seen-without-entry',
    query: sql`
      SELECT s.account_id, s.mailbox_id, s.reader_id, s.uid
      FROM reader_seen s LEFT JOIN entry e
      ON e.account_id = s.account_id AND e.mailbox_id = s.mailbox_id AND e.uid = s.uid
      WHERE e.uid IS NULL`,
  },
  {
    what: 'reader-without-its-other-side',
    query: sql`
      SELECT r.account_id, r.mailbox_id, r.reader_id
      FROM reader r
      LEFT JOIN read_mailbox o
      ON o.account_id = r.reader_id AND o.owner_id = r.account_id AND o.mailbox_id = r.mailbox_id
      LEFT JOIN mailbox m ON m.account_id = r.account_id AND m.mailbox_id = r.mailbox_id
      WHERE o.mailbox_id IS NULL OR m.mailbox_id IS NULL`,
  },
  {
    what: 'read-mailbox-without-reader',
    query: sql`
      SELECT o.account_id, o.owner_id, o.mailbox_id
      FROM read_mailbox o LEFT JOIN reader r
      ON r.account_id = o.owner_id AND r.mailbox_id = o.mailbox_id AND r.reader_id = o.account_id
      WHERE r.reader_id IS NULL`,
  },
]
