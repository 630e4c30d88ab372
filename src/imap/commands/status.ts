// STATUS (RFC 3501 6.3.10).

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { placeAtOrAfter } from '#imap/message-ranges.ts'
import { noSuchMailbox, ok, type Reply } from '#imap/reply.ts'
import type { Mailbox } from '#store/mailbox.ts'
import type { Store } from '#store/store.ts'
import { printStatus } from '#wire/imap/print-lines.ts'

type Item = CommandOf<'STATUS'>['items'][number]

export async function status(
  { needs, output }: Conversation,
  { accountId }: Account,
  command: CommandOf<'STATUS'>,
): Promise<Reply> {
  const mailbox = await needs.store.mailbox(accountId, command.mailbox)
  if (mailbox === undefined) return noSuchMailbox()
  const recent = command.items.includes('RECENT') ? await countRecent(needs.store, accountId, mailbox) : 0
  const values = command.items.map((item): [Item, number] => [item, itemValue(item, mailbox, recent)])
  output.text(printStatus(mailbox.name, values))
  return ok('Done')
}

function itemValue(item: Item, mailbox: Mailbox, recent: number): number {
  switch (item) {
    case 'MESSAGES':
      return mailbox.exists
    case 'UNSEEN':
      return mailbox.unseen
    case 'UIDNEXT':
      return mailbox.uidNext
    case 'UIDVALIDITY':
      return mailbox.uidValidity
    case 'RECENT':
      return recent
  }
}

/** Messages that no session was shown: what a SELECT would now find \Recent. */
async function countRecent(store: Store, accountId: number, mailbox: Mailbox): Promise<number> {
  if (mailbox.exists === 0 || mailbox.recentFrom >= mailbox.uidNext) return 0
  using view = await store.openView(accountId, mailbox.mailboxId)
  if (view === undefined) return 0
  return view.current.count - placeAtOrAfter(view.current, mailbox.recentFrom)
}
