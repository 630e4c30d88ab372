// What POP3 shows of INBOX: all but what it has taken away already, where DELE hides (flag.taken).

import { flag } from '#mail/flags.ts'
import type { Snapshot } from '#store/mailbox-view.ts'

/** What of a mailbox a maildrop shows. */
export type Shown = Pick<Snapshot, 'count' | 'uids' | 'entryIds' | 'messageIds' | 'sizes'>

/** As it is now: the snapshot itself grows with the mailbox. No column is copied where POP3 has taken nothing. */
export function shownTo(snapshot: Snapshot): Shown {
  const { count, flags, uids, entryIds, messageIds, sizes } = snapshot
  const isShown = (_: number, index: number) => index < count && ((flags[index] ?? 0) & flag.taken) === 0
  const shown = snapshot.uids.filter(isShown).length
  if (shown === count) return { count, uids, entryIds, messageIds, sizes }
  return {
    count: shown,
    uids: snapshot.uids.filter(isShown),
    entryIds: snapshot.entryIds.filter(isShown),
    messageIds: snapshot.messageIds.filter(isShown),
    sizes: snapshot.sizes.filter(isShown),
  }
}
