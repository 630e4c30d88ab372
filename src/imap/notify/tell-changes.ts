// What others did, told at a moment at which it may be: of the selected mailbox, and what NOTIFY asked for besides (RFC 5465).

import type { Account } from '#accounts/account.ts'
import { fetch } from '#imap/commands/fetch.ts'
import { statusLine } from '#imap/commands/status.ts'
import type { Conversation } from '#imap/conversation.ts'
import { type NameTree, readNameTree } from '#imap/list/name-tree.ts'
import { findMailbox, isElsewhere } from '#imap/mailboxes.ts'
import { placeAtOrAfter } from '#imap/message-ranges.ts'
import { mayReadAnnotations } from '#imap/metadata/annotations.ts'
import { announce } from '#imap/search/announce.ts'
import type { Moment, Selected } from '#imap/selected.ts'
import { delimiter } from '#store/mailbox.ts'
import type { Command, StatusItems } from '#wire/imap/command.ts'
import { printList, printStatusResponse } from '#wire/imap/print-lines.ts'
import { printOldName } from '#wire/imap/print-list.ts'
import { printMetadataChange } from '#wire/imap/print-metadata.ts'
import type { Pending, PendingMailbox, PendingMetadata } from './pending.ts'
import { NotifyPlan, type SelectedPlan } from './plan.ts'

/** After the command `verb`, or with none at rest and in IDLE. */
export interface Occasion extends Moment {
  readonly verb?: Command['verb']
}

export async function tellChanges(conversation: Conversation, occasion: Occasion): Promise<void> {
  const { selected, account } = conversation
  if (selected !== undefined) await tellSelected(conversation, selected, occasion)
  if (account !== undefined) await tellOthers(conversation, account)
}

/** At rest between two commands: of mailboxes only after NOTIFY, of annotations after ENABLE METADATA too (RFC 5464 4.4). */
export async function tellAtRest(conversation: Conversation): Promise<void> {
  const plan = conversation.notices?.plan
  if (plan !== undefined) await tellChanges(conversation, { expunges: plan.selected?.delayed !== true, uid: true })
  else if (conversation.account !== undefined) await tellOthers(conversation, conversation.account)
}

/** Rings when there may be something to tell at rest. */
export function watchAtRest({ selected, notices, input }: Conversation): Disposable | undefined {
  return notices?.plan?.selected === undefined ? undefined : selected?.view.watch(() => input.ring())
}

async function tellSelected(conversation: Conversation, selected: Selected, occasion: Occasion): Promise<void> {
  const { notices } = conversation
  const { expunges, uid, verb } = occasion
  // What a command has expunged is its own result, whatever is watched.
  if (notices?.plan === undefined || (verb !== undefined && expunging.has(verb)))
    return await announce(conversation, selected, { expunges, uid })
  const plan = notices.plan.selected
  if (plan === undefined) return
  const lastUid = selected.uidAt(selected.exists - 1)
  await announce(conversation, selected, { expunges, uid: true, flags: plan.flags })
  if (verb === undefined || !adding.has(verb)) await fetchNew(conversation, selected, { plan, lastUid })
}

const expunging: ReadonlySet<Command['verb']> = new Set(['EXPUNGE', 'UID EXPUNGE', 'MOVE', 'REPLACE'])
/** What a client has put there itself it need not be sent (RFC 5465 5.2). */
const adding: ReadonlySet<Command['verb']> = new Set(['APPEND', 'COPY', 'MOVE', 'REPLACE'])

async function fetchNew(
  conversation: Conversation,
  selected: Selected,
  { plan, lastUid }: { readonly plan: SelectedPlan; readonly lastUid: number },
): Promise<void> {
  const first = placeAtOrAfter({ uids: selected.columns.uids, count: selected.exists }, lastUid + 1)
  if (plan.items === undefined || first >= selected.exists) return
  const uid = conversation.dialect.uidOnly
  const numberAt = (place: number) => (uid ? selected.uidAt(place) : place + 1)
  const set = [{ from: numberAt(first), to: numberAt(selected.exists - 1) }]
  const modifiers = { changedSince: undefined, vanished: false, partial: undefined }
  await fetch(conversation, selected, { tag: '', verb: 'FETCH', uid, set, items: plan.items, ...modifiers })
}

async function tellOthers(conversation: Conversation, account: Account): Promise<void> {
  const { output, notices } = conversation
  if (notices?.hasSomething !== true) return
  if (notices.isOverflown) {
    notices.stop(new NotifyPlan([]))
    const code = { code: 'NOTIFICATIONOVERFLOW' } as const
    return output.text(printStatusResponse({ tag: '*', status: 'OK', code, text: 'Too much happens: ask anew' }))
  }
  const pending = notices.take()
  for (const mailbox of pending.mailboxes.values()) {
    await tellStatus(conversation, account, mailbox)
    if (output.isFull) await conversation.breathe()
  }
  if (pending.names.size + pending.subscriptions.size > 0)
    await tellNames(conversation, await readNameTree(conversation, account), pending)
  for (const one of pending.metadata.values()) {
    await tellMetadata(conversation, account, one)
    if (output.isFull) await conversation.breathe()
  }
}

/** Of others' mailboxes only what may be read there now. */
async function tellMetadata(
  conversation: Conversation,
  account: Account,
  { name, accountId, mailboxId, entries }: PendingMetadata,
): Promise<void> {
  if (accountId !== account.accountId) {
    const found = await findMailbox(conversation, account, name)
    if (found?.mailbox.mailboxId !== mailboxId || !mayReadAnnotations(found)) return
  }
  conversation.output.text(printMetadataChange(name, [...entries], conversation.dialect))
}

/** RFC 5465 5.1 to 5.3. A mailbox that went meanwhile is told as such; one that may not be read any more is not told at all. */
async function tellStatus(conversation: Conversation, account: Account, mailbox: PendingMailbox): Promise<void> {
  const { selected, output } = conversation
  const { accountId, mailboxId } = mailbox
  if (selected?.view.accountId === accountId && selected.view.mailboxId === mailboxId) return
  const found = await findMailbox(conversation, account, mailbox.name)
  if (found?.mailbox.mailboxId !== mailboxId || !found.rights.includes('r')) return
  output.text(await statusLine(conversation, found, itemsFor(conversation, mailbox)))
}

function itemsFor({ dialect }: Conversation, { messages, flags }: PendingMailbox): StatusItems['items'] {
  return [
    ...(messages ? (['UIDNEXT', 'MESSAGES'] as const) : []),
    ...(flags ? (['UIDVALIDITY', 'UNSEEN'] as const) : []),
    ...(dialect.condstore ? (['HIGHESTMODSEQ'] as const) : []),
  ]
}

/** RFC 5465 5.4 and 5.5: each name as it stands now. */
async function tellNames(conversation: Conversation, tree: NameTree, { names, subscriptions }: Pending): Promise<void> {
  const { output, dialect, notices } = conversation
  const levels = new Set(tree.missingParents())
  for (const name of new Set([...names.keys(), ...subscriptions])) {
    const isVisible = tree.mailboxes.has(name) || levels.has(name)
    if (isElsewhere(name) && !subscriptions.has(name) && notices?.mayTell(name, isVisible) !== true) continue
    const choice = { children: true, subscribed: true, missing: '\\NonExistent' } as const
    const oldName = tree.mailboxes.has(name) ? names.get(name) : undefined
    const extended = oldName === undefined ? [] : [printOldName(oldName, dialect)]
    const attributes = tree.attributes(name, choice)
    output.text(printList({ verb: 'LIST', attributes, delimiter, name, extended }, dialect))
    if (output.isFull) await conversation.breathe()
  }
}
