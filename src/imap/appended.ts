// What a client puts into a mailbox, with those of its flags that it may set there (RFC 4314 4): the others are passed over.
// In another's mailbox \Seen is the client's own, and is set once the message is there.

import type { Account } from '#accounts/account.ts'
import { flag } from '#mail/flags.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Appended } from '#store/store.ts'
import type { AppendMessage } from '#wire/imap/command.ts'
import type { Conversation } from './conversation.ts'
import type { Found } from './mailboxes.ts'
import { flagsWithin } from './reader-rights.ts'

export function appendedOf(
  { accountId }: Account,
  found: Found,
  message: AppendMessage | undefined,
  spooled: SpooledMessage,
): Appended {
  if (message === undefined) throw new Error('more messages were spooled than the command has')
  const within = flagsWithin(found.rights)
  const settable = accountId === found.accountId ? within.flags : within.flags & ~flag.seen
  const keywords = within.keywords ? message.keywords.join(' ') : ''
  return { message: spooled, flags: message.flags & settable, keywords, internalDate: message.internalDate }
}

/** `uids` in the order of `messages`. */
export async function markSeen(
  { needs }: Conversation,
  { accountId: readerId }: Account,
  { found, messages, uids }: { found: Found; messages: readonly AppendMessage[]; uids: readonly number[] },
): Promise<void> {
  const { accountId, mailbox, rights } = found
  if (readerId === accountId || !rights.includes('s')) return
  const seen = uids.filter((_, index) => ((messages[index]?.flags ?? 0) & flag.seen) !== 0)
  if (seen.length === 0) return
  const reader = { readerId, flags: flag.seen, keywords: false }
  const edit = { action: 'add', flags: flag.seen, keywords: [], reader } as const
  await needs.store.setFlags(accountId, mailbox.mailboxId, seen, edit)
}
