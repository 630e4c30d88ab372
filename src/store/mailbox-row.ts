// Rows of the mailbox table as Mailbox values.

import { sql, type Tx } from '#io/sql/database.ts'
import type { Mailbox, SpecialUse } from './mailbox.ts'

type MailboxRow = [
  mailboxId: number,
  name: string,
  uidValidity: number,
  uidNext: number,
  highestModseq: number,
  specialUse: string | null,
  exists: number,
  unseen: number,
  deleted: number,
  sizeBytes: number,
  recentFrom: number,
  subscribedName: string | null,
]

export async function mailboxesOf(tx: Tx, accountId: number): Promise<Mailbox[]> {
  const rows = await tx.all<MailboxRow>(sql`
    SELECT m.mailbox_id, m.name, m.uidvalidity, m.uidnext, m.highestmodseq, m.special_use,
      m.exists_count, m.unseen_count, m.deleted_count, m.size_bytes, m.recent_from, s.name
    FROM mailbox m LEFT JOIN subscription s ON s.account_id = m.account_id AND s.name = m.name
    WHERE m.account_id = ${accountId}`)
  return rows.map(toMailbox).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** `name` as names.ts normalises it. */
export async function mailboxNamed(tx: Tx, accountId: number, name: string): Promise<Mailbox | undefined> {
  const row = await tx.get<MailboxRow>(sql`
    SELECT m.mailbox_id, m.name, m.uidvalidity, m.uidnext, m.highestmodseq, m.special_use,
      m.exists_count, m.unseen_count, m.deleted_count, m.size_bytes, m.recent_from, s.name
    FROM mailbox m LEFT JOIN subscription s ON s.account_id = m.account_id AND s.name = m.name
    WHERE m.account_id = ${accountId} AND m.name = ${name}`)
  return row === undefined ? undefined : toMailbox(row)
}

export async function mailboxById(tx: Tx, accountId: number, mailboxId: number): Promise<Mailbox | undefined> {
  const row = await tx.get<MailboxRow>(sql`
    SELECT m.mailbox_id, m.name, m.uidvalidity, m.uidnext, m.highestmodseq, m.special_use,
      m.exists_count, m.unseen_count, m.deleted_count, m.size_bytes, m.recent_from, s.name
    FROM mailbox m LEFT JOIN subscription s ON s.account_id = m.account_id AND s.name = m.name
    WHERE m.account_id = ${accountId} AND m.mailbox_id = ${mailboxId}`)
  return row === undefined ? undefined : toMailbox(row)
}

function toMailbox(row: MailboxRow): Mailbox {
  return {
    mailboxId: row[0],
    name: row[1],
    uidValidity: row[2],
    uidNext: row[3],
    highestModseq: row[4],
    specialUse: specialUse(row[5]),
    subscribed: row[11] !== null,
    exists: row[6],
    unseen: row[7],
    deleted: row[8],
    sizeBytes: row[9],
    recentFrom: row[10],
  }
}

const specialUses: readonly SpecialUse[] = [
  '\\Drafts',
  '\\Sent',
  '\\Junk',
  '\\Trash',
  '\\Archive',
  '\\All',
  '\\Flagged',
]

function specialUse(stored: string | null): SpecialUse | undefined {
  return specialUses.find(use => use === stored)
}
