// Mailboxes of others as one account may see them: with its rights, and counted by its own \Seen.

import type { Tx } from '#io/sql/database.ts'
import { effectiveRights } from '#mail/rights.ts'
import { aclOf, granted } from './acl.ts'
import { type AclEntry, anyone } from './acl-entry.ts'
import { limits } from './limits.ts'
import type { Mailbox } from './mailbox.ts'
import { mailboxesOf, mailboxNamed } from './mailbox-row.ts'
import { normalName } from './names.ts'
import { readerCounts } from './seen.ts'
import type { SharedMailbox } from './shares.ts'

/** What the entries of a mailbox let `readerId` do. */
export function rightsOf(entries: readonly AclEntry[], readerId: number): string {
  return effectiveRights(entries.filter(({ granteeId }) => granteeId === readerId || granteeId === anyone))
}

/** One mailbox of `ownerId`; undefined where there is none, or none that the reader has a right to. */
export async function sharedMailbox(
  tx: Tx,
  { ownerId, readerId, name }: { readonly ownerId: number; readonly readerId: number; readonly name: string },
): Promise<SharedMailbox | undefined> {
  const mailbox = await mailboxNamed(tx, ownerId, normalName(name))
  return mailbox && (await asShared(tx, ownerId, readerId, mailbox))
}

/** All that others have opened to the reader: first what was given to it by name, then what to everyone, as far as the limit goes. */
export async function sharedMailboxes(tx: Tx, readerId: number): Promise<readonly SharedMailbox[]> {
  const most = limits.sharedMailboxes
  const own = await granted(tx, readerId, most)
  const places = [...own, ...(await granted(tx, anyone, most - own.length))]
  const shared: SharedMailbox[] = []
  for (const [ownerId, ofOwner] of Map.groupBy(places, ({ accountId }) => accountId)) {
    if (ownerId === readerId) continue
    const ids = new Set(ofOwner.map(({ mailboxId }) => mailboxId))
    for (const mailbox of await mailboxesOf(tx, ownerId)) {
      const one = ids.has(mailbox.mailboxId) ? await asShared(tx, ownerId, readerId, mailbox) : undefined
      if (one === undefined) continue
      shared.push(one)
      if (shared.length % limits.sharedPerTurn === 0) await tx.turn()
    }
  }
  return shared
}

async function asShared(
  tx: Tx,
  accountId: number,
  readerId: number,
  mailbox: Mailbox,
): Promise<SharedMailbox | undefined> {
  const { mailboxId } = mailbox
  const rights = rightsOf(await aclOf(tx, { accountId, mailboxId }), readerId)
  if (rights === '') return undefined
  const counts = await readerCounts(tx, { accountId, mailboxId, readerId })
  return {
    accountId,
    rights,
    mailbox: {
      ...mailbox,
      unseen: mailbox.exists - counts.seen,
      highestModseq: Math.max(mailbox.highestModseq, counts.highestModseq),
      // Being shown first is the owner's affair: to a reader nothing is \Recent.
      recentFrom: mailbox.uidNext,
      // The use of it is its owner's too: a client must not file its own drafts there.
      specialUse: undefined,
      subscribed: false,
    },
  }
}
