// `pop3.marksSeen`: what RETR has sent is \Seen for IMAP, all at once at the session's end, with QUIT or without.

import { flag } from '#mail/flags.ts'
import type { Store } from '#store/store.ts'
import type { Maildrop } from './maildrop.ts'

/** Rejects when the store could not. Harmless when it is done twice. */
export async function markSeen(store: Store, maildrop: Maildrop): Promise<void> {
  const uids = maildrop.takenUids()
  if (uids.length === 0) return
  await store.setFlags(maildrop.account.accountId, maildrop.mailboxId, uids, {
    action: 'add',
    flags: flag.seen,
    keywords: [],
  })
}
