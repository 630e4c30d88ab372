// STATUS (RFC 3501 6.3.10, RFC 9051 6.3.11) with what CONDSTORE, STATUS=SIZE, OBJECTID, APPENDLIMIT and QUOTA add to it.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { messageBytes } from '#imap/limits.ts'
import { type Found, findMailbox } from '#imap/mailboxes.ts'
import { placeAtOrAfter } from '#imap/message-ranges.ts'
import { noSuchMailbox, ok, type Reply } from '#imap/reply.ts'
import { refusalByName } from '#imap/rights.ts'
import { flag } from '#mail/flags.ts'
import type { StatusItems } from '#wire/imap/command.ts'
import { printMailboxId } from '#wire/imap/object-id.ts'
import { printStatus } from '#wire/imap/print-lines.ts'

type Item = StatusItems['items'][number]

export async function status(
  conversation: Conversation,
  account: Account,
  command: CommandOf<'STATUS'>,
): Promise<Reply> {
  // RFC 7162 3.1: who asks for it knows of CONDSTORE.
  if (command.items.includes('HIGHESTMODSEQ')) conversation.useCondstore()
  const found = await findMailbox(conversation, account, command.mailbox)
  const refusal = refusalByName('STATUS', found)
  if (refusal !== undefined || found === undefined) return refusal ?? noSuchMailbox()
  conversation.output.text(await statusLine(conversation, found, command.items))
  return ok('Done')
}

/** `* STATUS name (...)`. */
export async function statusLine(conversation: Conversation, found: Found, items: readonly Item[]): Promise<string> {
  const values: [Item, number | string][] = []
  for (const item of items) values.push([item, await itemValue(conversation, found, item)])
  return printStatus(found.name, values, conversation.dialect)
}

async function itemValue(conversation: Conversation, found: Found, item: Item): Promise<number | string> {
  const { mailbox } = found
  switch (item) {
    case 'MESSAGES':
      return mailbox.exists
    case 'UNSEEN':
      return mailbox.unseen
    case 'DELETED':
      return mailbox.deleted
    case 'SIZE':
      return mailbox.sizeBytes
    case 'UIDNEXT':
      return mailbox.uidNext
    case 'UIDVALIDITY':
      return mailbox.uidValidity
    case 'HIGHESTMODSEQ':
      return mailbox.highestModseq
    case 'MAILBOXID':
      return `(${printMailboxId(found)})`
    case 'APPENDLIMIT':
      return conversation.needs.maxMessageBytes ?? messageBytes
    case 'RECENT':
      return await countRecent(conversation, found)
    case 'DELETED-STORAGE':
      return await deletedBytes(conversation, found)
  }
}

/** Messages that no session was shown: what a SELECT would now find \Recent. */
async function countRecent({ needs }: Conversation, { accountId, mailbox }: Found): Promise<number> {
  if (mailbox.exists === 0 || mailbox.recentFrom >= mailbox.uidNext) return 0
  using view = await needs.store.openView(accountId, mailbox.mailboxId)
  if (view === undefined) return 0
  return view.current.count - placeAtOrAfter(view.current, mailbox.recentFrom)
}

/** Octets of the messages marked \Deleted (RFC 9208 4.1.4). */
async function deletedBytes({ needs }: Conversation, { accountId, mailbox }: Found): Promise<number> {
  if (mailbox.deleted === 0) return 0
  using view = await needs.store.openView(accountId, mailbox.mailboxId)
  if (view === undefined) return 0
  const { count, flags, sizes } = view.current
  let sum = 0
  for (let at = 0; at < count; at += 1) if (((flags[at] ?? 0) & flag.deleted) !== 0) sum += sizes[at] ?? 0
  return sum
}
