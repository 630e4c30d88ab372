// Keys that authorize URLs (RFC 4467 2.4.1): of one account for one mailbox, its own or another's. Without its key a URL is worth nothing.

import { sql, type Tx } from '#io/sql/database.ts'

export interface UrlKeyPlace {
  /** Who gives URLs out. */
  readonly accountId: number
  /** Whose the mailbox is. */
  readonly ownerId: number
  readonly mailboxId: number
}

export async function urlKeyOf(tx: Tx, place: UrlKeyPlace): Promise<Uint8Array | undefined> {
  const row = await tx.get<[Uint8Array]>(sql`
    SELECT secret FROM url_key
    WHERE account_id = ${place.accountId} AND owner_id = ${place.ownerId} AND mailbox_id = ${place.mailboxId}`)
  return row?.[0]
}

/** The key that is there, or `fresh`. */
export async function makeUrlKey(tx: Tx, place: UrlKeyPlace, fresh: Uint8Array): Promise<Uint8Array> {
  const known = await urlKeyOf(tx, place)
  if (known !== undefined) return known
  await tx.run(sql`
    INSERT INTO url_key (account_id, owner_id, mailbox_id, secret)
    VALUES (${place.accountId}, ${place.ownerId}, ${place.mailboxId}, ${fresh})`)
  return fresh
}

/** All URLs that the account has given out lose their worth; with `mailbox` those into it. */
export async function dropUrlKeys(
  tx: Tx,
  accountId: number,
  mailbox?: Pick<UrlKeyPlace, 'ownerId' | 'mailboxId'>,
): Promise<void> {
  if (mailbox === undefined) await tx.run(sql`DELETE FROM url_key WHERE account_id = ${accountId}`)
  else {
    await tx.run(sql`
      DELETE FROM url_key
      WHERE account_id = ${accountId} AND owner_id = ${mailbox.ownerId} AND mailbox_id = ${mailbox.mailboxId}`)
  }
}
