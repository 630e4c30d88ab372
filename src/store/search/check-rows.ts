// What must hold between the rows of the search index and the messages. Words and fields that no segment names are no fault: a segment's are written
// before its own row, and what a crash leaves of that is removed when the account is indexed next.

import { sql } from '#io/sql/database.ts'
import type { RowCheck } from '#store/check-rows.ts'

export const searchRowChecks: readonly RowCheck[] = [
  {
    what: 'search-segment-unlike-its-messages',
    query: sql`
      SELECT s.account_id, s.segment_id, s.after_id, s.last_id, s.messages FROM search_segment s
      WHERE OCTET_LENGTH(s.ids) <> s.messages * 8 OR s.messages <> (
        SELECT COUNT(*) FROM message m
        WHERE m.account_id = s.account_id AND m.message_id > s.after_id AND m.message_id <= s.last_id) + (
        SELECT COUNT(*) FROM search_gone g
        WHERE g.account_id = s.account_id AND g.message_id > s.after_id AND g.message_id <= s.last_id)`,
  },
  {
    what: 'search-segments-apart',
    query: sql`
      SELECT s.account_id, s.segment_id, s.after_id FROM search_segment s
      WHERE s.after_id <> COALESCE((
        SELECT MAX(p.last_id) FROM search_segment p WHERE p.account_id = s.account_id AND p.last_id < s.last_id), 0)`,
  },
  {
    what: 'search-position',
    query: sql`
      SELECT a.account_id, a.indexed_to, COALESCE(s.last_id, 0), a.last_segment, COALESCE(s.segment_id, 0)
      FROM search_account a
      LEFT JOIN mail_account m ON m.account_id = a.account_id
      LEFT JOIN (
        SELECT account_id, MAX(last_id) AS last_id, MAX(segment_id) AS segment_id FROM search_segment GROUP BY account_id) s
      ON s.account_id = a.account_id
      WHERE m.account_id IS NULL OR a.indexed_to <> COALESCE(s.last_id, 0) OR a.last_segment < COALESCE(s.segment_id, 0)`,
  },
  {
    what: 'search-segment-without-index',
    query: sql`
      SELECT s.account_id, s.segment_id FROM search_segment s LEFT JOIN search_account a ON a.account_id = s.account_id
      WHERE a.account_id IS NULL`,
  },
  {
    what: 'search-segment-without-texts',
    query: sql`
      SELECT s.account_id, s.segment_id FROM search_segment s
      WHERE s.messages > 0 AND NOT EXISTS (
        SELECT 1 FROM search_fields f WHERE f.account_id = s.account_id AND f.segment_id = s.segment_id)`,
  },
  {
    what: 'search-gone-message-is-there',
    query: sql`
      SELECT g.account_id, g.message_id FROM search_gone g
      LEFT JOIN search_account a ON a.account_id = g.account_id
      LEFT JOIN message m ON m.account_id = g.account_id AND m.message_id = g.message_id
      WHERE m.message_id IS NOT NULL OR a.account_id IS NULL OR g.message_id > a.indexed_to`,
  },
]
