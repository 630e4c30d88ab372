// The mailboxes that ESEARCH's sources name (RFC 7377 2.2), each once. What is not there, or may not be read, is passed over.

import type { Account } from '#accounts/account.ts'
import type { Conversation } from '#imap/conversation.ts'
import { type Found, findMailbox, listMailboxes, selectedMailbox } from '#imap/mailboxes.ts'
import { parentsOf } from '#imap/name-pattern.ts'
import type { MailboxFilter } from '#wire/imap/mailbox-filter.ts'

export async function searchedMailboxes(
  conversation: Conversation,
  account: Account,
  filters: readonly MailboxFilter[],
): Promise<readonly Found[]> {
  const all = await listMailboxes(conversation, account)
  const found = new Map<string, Found>()
  for (const filter of filters) {
    for (const one of await chosen(conversation, account, { filter, all }))
      if (one.rights.includes('r')) found.set(`${one.accountId}/${one.mailbox.mailboxId}`, one)
  }
  return [...found.values()]
}

interface Choice {
  readonly filter: MailboxFilter
  readonly all: readonly Found[]
}

async function chosen(
  conversation: Conversation,
  account: Account,
  { filter, all }: Choice,
): Promise<readonly Found[]> {
  switch (filter.kind) {
    case 'selected':
    case 'selected-delayed':
      return await selected(conversation, account)
    case 'inboxes':
      return all.filter(({ name }) => name === 'INBOX')
    case 'personal':
      return all.filter(({ accountId }) => accountId === account.accountId)
    case 'subscribed':
      return all.filter(({ mailbox }) => mailbox.subscribed)
    case 'subtree':
      return all.filter(isBelow(filter.names, name => [...parentsOf(name)]))
    case 'subtree-one':
      return all.filter(isBelow(filter.names, name => [...parentsOf(name)].slice(-1)))
    case 'mailboxes':
      return await named(conversation, account, new Set(filter.names))
  }
}

/** Whether a mailbox is one of `names`, or one of them is among those above it. By each mailbox's own levels: the names may be thousands. */
function isBelow(names: readonly string[], above: (name: string) => readonly string[]): (found: Found) => boolean {
  const tops = new Set(names)
  return ({ name }) => tops.has(name) || above(name).some(parent => tops.has(parent))
}

async function named(
  conversation: Conversation,
  account: Account,
  names: ReadonlySet<string>,
): Promise<readonly Found[]> {
  const found: Found[] = []
  for (const name of names) {
    const one = await findMailbox(conversation, account, name)
    if (one !== undefined) found.push(one)
    await conversation.breathe()
  }
  return found
}

async function selected(conversation: Conversation, account: Account): Promise<readonly Found[]> {
  const view = conversation.selected?.view
  const found = view && (await selectedMailbox(conversation, account, view))
  return found === undefined ? [] : [found]
}

/** Whether the session has it open. */
export function isSelected({ selected }: Conversation, { accountId, mailbox }: Found): boolean {
  return selected?.view.accountId === accountId && selected.view.mailboxId === mailbox.mailboxId
}
