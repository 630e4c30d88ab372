// QUIT after a login: the UPDATE state (RFC 1939 6). Only this removes messages, in the way that is set for the account.

import type { Log } from '#io/log.ts'
import type { OnDelete, Retrieval } from '#retrieval/retrieval.ts'
import type { Store } from '#store/store.ts'
import { ok } from '#wire/pop3/print.ts'
import type { Reply } from './reply.ts'
import type { Transaction } from './transaction.ts'

export interface UpdateNeeds {
  readonly store: Store
  readonly retrieval: Pick<Retrieval, 'onDelete'>
  readonly log: Log
}

/**
 * Removes what is marked, all or nothing, and lets the maildrop go. Rejects when the store could not: then all is still there.
 * Either way the lock ends before the client reads the answer, so that it may come back at once.
 */
export async function update(needs: UpdateNeeds, transaction: Pick<Transaction, 'maildrop' | 'told'>): Promise<Reply> {
  await using held = transaction.maildrop
  const uids = held.markedUids()
  // Those that IMAP has removed or moved away meanwhile are no longer ours to delete.
  if (uids.length === 0) {
    needs.log.info('pop3.quit', { marked: 0, deleted: 0 })
    return ok(texts => texts.goodbye)
  }
  const onDelete = await needs.retrieval.onDelete(held.account)
  const deleted = await remove(needs.store, transaction, { uids, onDelete })
  needs.log.info('pop3.quit', { marked: uids.length, deleted, onDelete })
  return ok(texts => texts.goodbye)
}

/** How many were removed, from POP3's sight at least. */
async function remove(
  store: Store,
  { maildrop, told }: Pick<Transaction, 'maildrop' | 'told'>,
  { uids, onDelete }: { readonly uids: readonly number[]; readonly onDelete: OnDelete },
): Promise<number> {
  const { mailboxId } = maildrop
  const { accountId } = maildrop.account
  switch (onDelete) {
    case 'hide': {
      const { length } = await store.take(accountId, mailboxId, uids, { taken: true })
      told.hid(length)
      return length
    }
    case 'trash': {
      const moved = await store.move(accountId, mailboxId, await trashOf(store, accountId), uids)
      if (moved.kind !== 'done') throw new Error(`Trash takes nothing: ${moved.kind}`)
      told.removed(moved.from.length)
      return moved.from.length
    }
    case 'delete': {
      const { length } = await store.expunge(accountId, mailboxId, uids, { onlyDeleted: false, by: 'pop3' })
      told.removed(length)
      return length
    }
  }
}

/** The mailbox that the account has for it, whatever its name; made if there is none. */
async function trashOf(store: Store, accountId: number): Promise<number> {
  const found = (await store.mailboxes(accountId)).find(({ specialUse }) => specialUse === '\\Trash')
  if (found !== undefined) return found.mailboxId
  const made = await store.createMailbox(accountId, 'Trash', '\\Trash')
  if (made.kind === 'done') return made.mailbox.mailboxId
  const named = await store.mailbox(accountId, 'Trash')
  if (named === undefined) throw new Error(`no Trash can be made: ${made.kind}`)
  return named.mailboxId
}
