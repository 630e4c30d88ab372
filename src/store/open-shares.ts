// The door of shares.ts: each verb runs the file of its name.

import type { Database, Tx } from '#io/sql/database.ts'
import { aclOf, setAcl } from './acl.ts'
import type { AclEdit } from './acl-entry.ts'
import type { Changed } from './changed.ts'
import { copyAcross, messageIdsOf } from './copy-across.ts'
import { limits } from './limits.ts'
import type { ReaderViews } from './reader-views.ts'
import { sharedMailbox, sharedMailboxes } from './shared-mailbox.ts'
import type { CopyPlace, Shares } from './shares.ts'
import { type ThreadKeys, threadKeysOf } from './threads.ts'

export interface SharesNeeds {
  readonly database: Database
  readonly readerViews: ReaderViews
  /** Runs the work in a transaction and publishes what it changed. */
  readonly change: <T>(work: (tx: Tx, now: number) => Promise<Changed<T>>) => Promise<T>
  /** The first octets of a message, as many as `bytes`; undefined if it is gone. */
  readonly head: (accountId: number, messageId: number, bytes: number) => Promise<Uint8Array | undefined>
}

export function openShares({ database, readerViews, change, head }: SharesNeeds): Shares {
  return {
    acl: (accountId, mailboxId) => database.read(tx => aclOf(tx, { accountId, mailboxId })),
    setAcl: (accountId: number, mailboxId: number, edit: AclEdit) =>
      change((tx, now) => setAcl(tx, { accountId, mailboxId, edit, now })),
    mailboxes: readerId => database.read(tx => sharedMailboxes(tx, readerId)),
    mailbox: (ownerId, readerId, name) => database.read(tx => sharedMailbox(tx, { ownerId, readerId, name })),
    openView: (accountId, mailboxId, readerId) => readerViews.open({ accountId, mailboxId, readerId }),
    copy: async (from, to, uids, { isMove }) => {
      const threadKeys = from.accountId === to.accountId ? new Map() : await keysOf(from, uids)
      return await change((tx, now) => copyAcross(tx, { from, to, uids, isMove, threadKeys, now }))
    },
  }

  /** In its new account a message joins the threads that are there. */
  async function keysOf(from: CopyPlace, uids: readonly number[]): Promise<ReadonlyMap<number, ThreadKeys>> {
    const keys = new Map<number, ThreadKeys>()
    const ids = await database.read(tx => messageIdsOf(tx, from, uids))
    for (const [index, messageId] of ids.entries()) {
      if (index > 0 && index % limits.takenOverPerTurn === 0) await new Promise(resolve => setImmediate(resolve))
      const octets = await head(from.accountId, messageId, limits.headBytes)
      if (octets !== undefined) keys.set(messageId, threadKeysOf(octets))
    }
    return keys
  }
}
