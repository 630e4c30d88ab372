// NOTIFY (RFC 5465): from now on, between commands too, the client is told what it asked for here, and of the selected mailbox nothing else.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import { type Found, listMailboxes } from '#imap/mailboxes.ts'
import { eventNames, NotifyPlan, unknownEvents } from '#imap/notify/plan.ts'
import { ok, type Reply } from '#imap/reply.ts'
import { delimiter } from '#store/mailbox.ts'
import type { StatusItems } from '#wire/imap/command.ts'
import { printList } from '#wire/imap/print-lines.ts'
import { statusLine } from './status.ts'

export async function notify(
  conversation: Conversation,
  account: Account,
  { watch }: CommandOf<'NOTIFY'>,
): Promise<Reply> {
  const groups = watch?.groups ?? []
  if (unknownEvents(groups).length > 0)
    return { status: 'NO', code: { code: 'BADEVENT', events: eventNames }, text: 'Some of these events are not known' }
  const plan = new NotifyPlan(groups)
  const notices = conversation.watchFeed()
  if (!plan.watchesOthers) {
    notices.stop(plan)
    return ok('Done')
  }
  const mailboxes = await listMailboxes(conversation, account)
  const subscribed = await conversation.needs.store.subscriptions(account.accountId)
  // The watch begins before anything is told, so that nothing falls between.
  notices.watch(plan, mailboxes, subscribed)
  const others = mailboxes.filter(found => !isSelected(conversation, found))
  const status = new Set(subscribed)
  for (const found of others) {
    const named = {
      name: found.name,
      isOwn: found.accountId === account.accountId,
      isSubscribed: status.has(found.name),
    }
    await tellState(conversation, found, {
      messages: plan.wants('MessageNew', named),
      flags: plan.wants('FlagChange', named),
      status: watch?.status === true,
    })
    if (conversation.output.isFull) await conversation.breathe()
  }
  return ok('Done')
}

function isSelected({ selected }: Conversation, { accountId, mailbox }: Found): boolean {
  return selected?.view.accountId === accountId && selected.view.mailboxId === mailbox.mailboxId
}

/** RFC 5465 3.1: STATUS of what will be watched, and which of it can't be. */
async function tellState(
  conversation: Conversation,
  found: Found,
  { messages, flags, status }: { readonly messages: boolean; readonly flags: boolean; readonly status: boolean },
): Promise<void> {
  const { output, dialect } = conversation
  if (!messages && !flags) return
  if (!found.rights.includes('r'))
    return output.text(printList({ verb: 'LIST', attributes: ['\\NoAccess'], delimiter, name: found.name }, dialect))
  if (status) output.text(await statusLine(conversation, found, itemsFor({ flags })))
}

function itemsFor({ flags }: { readonly flags: boolean }): StatusItems['items'] {
  const items = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY'] as const
  return flags ? [...items, 'HIGHESTMODSEQ'] : items
}
