// Access control lists (RFC 4314): who but its owner may do what with a mailbox. The owner may always do everything and has no entry.
// Each grantee has a list of the mailboxes that were opened to it, so that nobody's LIST looks at accounts that gave it nothing.

import { sql, type Tx } from '#io/sql/database.ts'
import { editedRights } from '#mail/rights.ts'
import { modseqOf, stepOf } from './account-row.ts'
import { type AclEdit, type AclEntry, anyone } from './acl-entry.ts'
import type { Change } from './change.ts'
import { type Changed, unchanged } from './changed.ts'
import { limits } from './limits.ts'
import type { AclSet } from './shares.ts'

interface Place {
  readonly accountId: number
  readonly mailboxId: number
}

type AclRow = [granteeId: number, negative: number, rights: string]

/** The entries of one mailbox: `anyone` first, then in the order in which the accounts were made. */
export async function aclOf(tx: Tx, { accountId, mailboxId }: Place): Promise<readonly AclEntry[]> {
  const rows = await tx.all<AclRow>(sql`
    SELECT grantee_id, negative, rights FROM mailbox_right
    WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} ORDER BY grantee_id, negative`)
  return rows.map(([granteeId, negative, rights]) => ({ granteeId, negative: negative !== 0, rights }))
}

/** SETACL and DELETEACL: an entry without rights is none. Sessions that have the mailbox open learn of it by the feed, the grantee by its own. */
export async function setAcl(
  tx: Tx,
  { edit, now, ...place }: Place & { readonly edit: AclEdit; readonly now: number },
): Promise<Changed<AclSet>> {
  const { accountId, mailboxId } = place
  const exists = await tx.get(sql`SELECT 1 FROM mailbox WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
  if (exists === undefined) return unchanged({ kind: 'no-such-mailbox' })
  const before = await aclOf(tx, place)
  const { granteeId, negative } = edit
  const old = before.find(entry => entry.granteeId === granteeId && entry.negative === negative)
  const rights = editedRights(old?.rights ?? '', edit.action, edit.rights)
  if (rights === (old?.rights ?? '')) return unchanged({ kind: 'done' })
  if (old === undefined && before.length >= limits.rightsPerMailbox) return unchanged({ kind: 'too-many' })
  if (rights !== '' && (await isOpenedTooOften(tx, place, granteeId))) return unchanged({ kind: 'too-many' })
  // It may have gone since it was asked for by its address.
  if (granteeId !== anyone && (await modseqOf(tx, granteeId)) === undefined)
    return unchanged({ kind: 'no-such-account' })
  await putEntry(tx, place, { granteeId, negative, rights })
  const change = await changeOf(tx, place, now)
  return { result: { kind: 'done' }, changes: [change, sharedWith(granteeId, change)] }
}

/** A new mailbox begins with the entries of its parent (RFC 4314 3: as the server decides). */
export async function inheritAcl(tx: Tx, place: Place, parentId: number): Promise<void> {
  for (const entry of await aclOf(tx, { accountId: place.accountId, mailboxId: parentId })) {
    // What takes rights away is never left out.
    if (entry.negative || !(await isOpenedTooOften(tx, place, entry.granteeId))) await putEntry(tx, place, entry)
  }
}

/** Whether the grantee has been given so many mailboxes of this owner that one more must not be: its LIST looks at each, wanted or not. */
async function isOpenedTooOften(tx: Tx, { accountId, mailboxId }: Place, granteeId: number): Promise<boolean> {
  const row = await tx.get<[number]>(sql`
    SELECT COUNT(*) FROM shared_mailbox
    WHERE account_id = ${granteeId} AND owner_id = ${accountId} AND mailbox_id <> ${mailboxId}`)
  return Number(row?.[0] ?? 0) >= limits.mailboxesPerGrantee
}

/** All entries of a mailbox that goes. */
export async function dropAcl(tx: Tx, { accountId, mailboxId }: Place): Promise<void> {
  for (const { granteeId } of await aclOf(tx, { accountId, mailboxId })) {
    await tx.run(sql`
      DELETE FROM shared_mailbox
      WHERE account_id = ${granteeId} AND owner_id = ${accountId} AND mailbox_id = ${mailboxId}`)
  }
  await tx.run(sql`DELETE FROM mailbox_right WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}`)
}

/** All that an account that goes was given. */
export async function dropGrants(tx: Tx, granteeId: number, now: number): Promise<readonly Change[]> {
  const changes: Change[] = []
  for (const place of await granted(tx, granteeId, Number.MAX_SAFE_INTEGER)) {
    await tx.run(sql`
      DELETE FROM mailbox_right
      WHERE account_id = ${place.accountId} AND mailbox_id = ${place.mailboxId} AND grantee_id = ${granteeId}`)
    changes.push(await changeOf(tx, place, now))
  }
  await tx.run(sql`DELETE FROM shared_mailbox WHERE account_id = ${granteeId}`)
  return changes
}

/** Mailboxes of others that have an entry for the grantee, by owner. */
export async function granted(tx: Tx, granteeId: number, most: number): Promise<readonly Place[]> {
  const rows = await tx.all<[number, number]>(sql`
    SELECT owner_id, mailbox_id FROM shared_mailbox WHERE account_id = ${granteeId}
    ORDER BY owner_id, mailbox_id LIMIT ${most}`)
  return rows.map(([accountId, mailboxId]) => ({ accountId, mailboxId }))
}

async function putEntry(tx: Tx, { accountId, mailboxId }: Place, entry: AclEntry): Promise<void> {
  const { granteeId, rights } = entry
  const negative = entry.negative ? 1 : 0
  if (rights === '') {
    await tx.run(sql`
      DELETE FROM mailbox_right WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId}
        AND grantee_id = ${granteeId} AND negative = ${negative}`)
    await unlist(tx, { accountId, mailboxId }, granteeId)
    return
  }
  await tx.run(sql`
    INSERT INTO mailbox_right (account_id, mailbox_id, grantee_id, negative, rights)
    VALUES (${accountId}, ${mailboxId}, ${granteeId}, ${negative}, ${rights})
    ON CONFLICT (account_id, mailbox_id, grantee_id, negative) DO UPDATE SET rights = ${rights}`)
  await tx.run(sql`
    INSERT INTO shared_mailbox (account_id, owner_id, mailbox_id) VALUES (${granteeId}, ${accountId}, ${mailboxId})
    ON CONFLICT (account_id, owner_id, mailbox_id) DO NOTHING`)
}

/** Off the grantee's list, unless its other entry, positive or negative, remains. */
async function unlist(tx: Tx, { accountId, mailboxId }: Place, granteeId: number): Promise<void> {
  await tx.run(sql`
    DELETE FROM shared_mailbox
    WHERE account_id = ${granteeId} AND owner_id = ${accountId} AND mailbox_id = ${mailboxId}
      AND NOT EXISTS (SELECT 1 FROM mailbox_right
        WHERE account_id = ${accountId} AND mailbox_id = ${mailboxId} AND grantee_id = ${granteeId})`)
}

/** For the grantee's own feed: of a mailbox that it can't see yet it does not follow the owner's. */
function sharedWith(granteeId: number, { accountId: ownerId, mailboxId: sharedId, modseq }: Change): Change {
  return { kind: 'shared', accountId: granteeId, mailboxId: 0, modseq, ownerId, sharedId }
}

async function changeOf(tx: Tx, place: Place, now: number): Promise<Change> {
  const { modseq } = await stepOf(tx, { accountId: place.accountId, now })
  return { kind: 'rights', ...place, modseq, entries: await aclOf(tx, place) }
}
