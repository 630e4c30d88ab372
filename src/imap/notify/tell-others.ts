// What happened to mailboxes that are not selected, told as NOTIFY asked for it (RFC 5465 5): names by LIST, messages by STATUS, annotations by METADATA.

import type { Account } from '#accounts/account.ts'
import { statusLine } from '#imap/commands/status.ts'
import type { Conversation } from '#imap/conversation.ts'
import { type NameTree, readNameTree } from '#imap/list/name-tree.ts'
import { type Found, findMailbox } from '#imap/mailboxes.ts'
import { mayReadAnnotations } from '#imap/metadata/annotations.ts'
import { delimiter } from '#store/mailbox.ts'
import type { StatusItems } from '#wire/imap/command.ts'
import { printList, printStatusResponse } from '#wire/imap/print-lines.ts'
import { printOldName } from '#wire/imap/print-list.ts'
import { printMetadataChange } from '#wire/imap/print-metadata.ts'
import { learnMailboxes } from './learn-mailboxes.ts'
import type { Notices } from './notices.ts'
import type { PendingMailbox, PendingMetadata, PendingName } from './pending.ts'
import { NotifyPlan } from './plan.ts'

export async function tellOthers(conversation: Conversation, account: Account): Promise<void> {
  const { output, notices } = conversation
  if (notices?.hasSomething !== true) return
  if (notices.isStale && !notices.isOverflown) await learnMailboxes(conversation, account, notices)
  if (notices.isOverflown) {
    notices.watch(new NotifyPlan([]))
    const code = { code: 'NOTIFICATIONOVERFLOW' } as const
    return output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'Too much happens: ask anew' }))
  }
  const { names, subscriptions, mailboxes, metadata } = notices.take()
  if (names.size + subscriptions.size > 0) {
    const tree = await readNameTree(conversation, account)
    const ground = { notices, tree, levels: new Set(tree.missingParents()) }
    for (const name of new Set([...names.keys(), ...subscriptions])) {
      const isSubscription = subscriptions.has(name)
      tellName(conversation, ground, { name, pending: names.get(name), isSubscription })
      if (output.isFull) await conversation.breathe()
    }
  }
  for (const mailbox of mailboxes.values()) {
    await tellStatus(conversation, account, mailbox)
    if (output.isFull) await conversation.breathe()
  }
  for (const one of metadata.values()) {
    await tellMetadata(conversation, account, one)
    if (output.isFull) await conversation.breathe()
  }
}

/** The attributes of a mailbox that the client can look up: `\NoAccess` if it may do nothing but that (RFC 5465 3.1). */
export function accessOf({ rights }: Found): readonly string[] {
  return rights.includes('r') ? [] : ['\\NoAccess']
}

interface Ground {
  readonly notices: Notices
  readonly tree: NameTree
  /** Names above mailboxes that are none themselves. */
  readonly levels: ReadonlySet<string>
}

interface Named {
  readonly name: string
  readonly pending: PendingName | undefined
  readonly isSubscription: boolean
}

/** RFC 5465 5.4, 5.5 and 5.9: as it stands now. */
function tellName(conversation: Conversation, ground: Ground, { name, pending, isSubscription }: Named): void {
  const { output, dialect } = conversation
  const { tree, levels } = ground
  const isThere = tree.mailboxes.has(name)
  if (pending?.isAbove === true && !isSubscription && !isThere && !levels.has(name)) return
  const oldName = pending?.oldName
  // Renamed, and then gone: what the client knows is the old name.
  if (oldName !== undefined && !isThere) tellName(conversation, ground, named(oldName))
  const attributes = pending?.isLost === true && !isThere ? lostAttributes(ground, name) : attributesOf(ground, name)
  const extended = oldName !== undefined && isThere ? [printOldName(oldName, dialect)] : []
  output.text(printList({ verb: 'LIST', attributes, delimiter, name, extended }, dialect))
}

function named(name: string): Named {
  return { name, pending: undefined, isSubscription: false }
}

function attributesOf({ tree }: Ground, name: string): readonly string[] {
  const found = tree.mailboxes.get(name)
  const attributes = tree.attributes(name, { children: true, subscribed: true, missing: '\\NonExistent' })
  return found === undefined ? attributes : [...attributes, ...accessOf(found)]
}

/** Of a mailbox of another: to who follows names it is gone, to the others it is no longer watched. */
function lostAttributes(ground: Ground, name: string): readonly string[] {
  // It was another's: any account but one's own.
  const followsNames = ground.notices.wants('MailboxName', { name, accountId: elsewhere })
  return followsNames ? [...attributesOf(ground, name), '\\NoAccess'] : ['\\NoAccess']
}

const elsewhere = -1

/** RFC 5465 5.1 to 5.3. A mailbox that went meanwhile is told as such; one that may not be looked up or read any more is not told at all. */
async function tellStatus(conversation: Conversation, account: Account, mailbox: PendingMailbox): Promise<void> {
  const { selected, output, notices } = conversation
  const { accountId, mailboxId } = mailbox
  if (selected?.view.accountId === accountId && selected.view.mailboxId === mailboxId) return
  const name = notices?.nameOf(mailbox)
  const found = name === undefined ? undefined : await findMailbox(conversation, account, name)
  if (found?.mailbox.mailboxId !== mailboxId || ![...'lr'].every(right => found.rights.includes(right))) return
  output.text(await statusLine(conversation, found, itemsFor(conversation, mailbox)))
}

function itemsFor({ dialect }: Conversation, { messages, flags }: PendingMailbox): StatusItems['items'] {
  return [
    ...(messages ? (['UIDNEXT', 'MESSAGES'] as const) : []),
    ...(flags ? (['UIDVALIDITY', 'UNSEEN'] as const) : []),
    ...(dialect.condstore ? (['HIGHESTMODSEQ'] as const) : []),
  ]
}

/** Of others' mailboxes only what may be read there now; of those that NOTIFY watches only where messages may be (RFC 5465 5). */
async function tellMetadata(conversation: Conversation, account: Account, pending: PendingMetadata): Promise<void> {
  const { accountId, mailboxId, entries } = pending
  const { notices, output, dialect } = conversation
  const name = mailboxId === 0 ? '' : (notices?.nameOf(pending) ?? pending.name)
  if (accountId !== account.accountId) {
    const found = await findMailbox(conversation, account, name)
    if (found?.mailbox.mailboxId !== mailboxId || !mayReadAnnotations(found)) return
    if (notices?.metadata !== true && !found.rights.includes('r')) return
  }
  output.text(printMetadataChange(name, [...entries], dialect))
}
