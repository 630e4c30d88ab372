// QUIT after a login: the UPDATE state (RFC 1939 6). Only this removes messages.

import type { Log } from '#io/log.ts'
import type { Store } from '#store/store.ts'
import { ok } from '#wire/pop3/print.ts'
import type { Maildrop } from './maildrop.ts'
import type { Reply } from './reply.ts'

/**
 * Removes what is marked, all or nothing, and lets the maildrop go. Rejects when the store could not: then all is still there.
 * The lock ends before the client reads +OK, so that it may come back at once.
 */
export async function update(store: Store, maildrop: Maildrop, log: Log): Promise<Reply> {
  const uids = maildrop.markedUids()
  const { accountId } = maildrop.account
  // Those that IMAP has removed or moved away meanwhile are no longer ours to delete.
  const gone = uids.length === 0 ? [] : await store.expunge(accountId, maildrop.mailboxId, uids, { onlyDeleted: false })
  await maildrop[Symbol.asyncDispose]()
  log.info('pop3.quit', { marked: uids.length, deleted: gone.length })
  return ok('goodbye')
}
