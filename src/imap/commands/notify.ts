// NOTIFY (RFC 5465): from now on, between commands too, the client is told what it asked for here, and of the selected mailbox nothing else.

import type { Account } from '#accounts/account.ts'
import type { CommandOf, Conversation } from '#imap/conversation.ts'
import type { Found } from '#imap/mailboxes.ts'
import { learnMailboxes } from '#imap/notify/learn-mailboxes.ts'
import { eventNames, type Named, NotifyPlan, unknownEvents } from '#imap/notify/plan.ts'
import { accessOf } from '#imap/notify/tell-others.ts'
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
  const before = notices.plan
  notices.watch(plan)
  try {
    if (plan.watchesOthers) await tellStates(conversation, account, { plan, status: watch?.status === true })
  } catch (error) {
    // Told NO, the client has what it had before.
    notices.watch(before)
    throw error
  }
  notices.owesNoop = watch !== undefined
  return ok('Done')
}

interface Asked {
  readonly plan: NotifyPlan
  readonly status: boolean
}

/** RFC 5465 3.1: of all that is watched from now on but the selected mailbox. */
async function tellStates(conversation: Conversation, account: Account, asked: Asked): Promise<void> {
  // The watch has begun before anything is told, so that nothing falls between.
  const mailboxes = await learnMailboxes(conversation, account, conversation.watchFeed())
  const subscribed = new Set(await conversation.needs.store.subscriptions(account.accountId))
  for (const found of mailboxes) {
    if (isSelected(conversation, found)) continue
    const { name, accountId } = found
    await tellState(conversation, found, asked, {
      name,
      isOwn: accountId === account.accountId,
      isSubscribed: subscribed.has(name),
    })
    if (conversation.output.isFull) await conversation.breathe()
  }
}

function isSelected({ selected }: Conversation, { accountId, mailbox }: Found): boolean {
  return selected?.view.accountId === accountId && selected.view.mailboxId === mailbox.mailboxId
}

/** Which of it can't be watched; the STATUS of the others if the client wants it. */
async function tellState(
  conversation: Conversation,
  found: Found,
  { plan, status }: Asked,
  named: Named,
): Promise<void> {
  const { output, dialect } = conversation
  const attributes = accessOf(found)
  if (attributes.length > 0) {
    if (plan.watches(named)) output.text(printList({ verb: 'LIST', attributes, delimiter, name: found.name }, dialect))
    return
  }
  const flags = plan.wants('FlagChange', named)
  if (!status || !(flags || plan.wants('MessageNew', named))) return
  output.text(await statusLine(conversation, found, itemsFor({ flags })))
}

function itemsFor({ flags }: { readonly flags: boolean }): StatusItems['items'] {
  const items = ['MESSAGES', 'UIDNEXT', 'UIDVALIDITY'] as const
  return flags ? [...items, 'HIGHESTMODSEQ'] : items
}
