// What POP3 has taken of an account and the others still see.

import { flag } from '#mail/flags.ts'
import type { Store } from '#store/store.ts'

export interface Hidden {
  /** Of INBOX; undefined: there is none. */
  readonly mailboxId: number | undefined
  readonly uids: readonly number[]
  readonly bytes: number
}

export async function hiddenOf(store: Store, accountId: number): Promise<Hidden> {
  const inbox = await store.mailbox(accountId, 'INBOX')
  using view = inbox && (await store.openView(accountId, inbox.mailboxId))
  if (view === undefined) return { mailboxId: undefined, uids: [], bytes: 0 }
  const { count, flags, uids, sizes } = view.current
  const hidden: number[] = []
  let bytes = 0
  for (let index = 0; index < count; index += 1) {
    if (((flags[index] ?? 0) & flag.taken) === 0) continue
    hidden.push(uids[index] ?? 0)
    bytes += sizes[index] ?? 0
  }
  return { mailboxId: view.mailboxId, uids: hidden, bytes }
}
