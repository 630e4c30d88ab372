// The operator's verbs on the queue, in the plain data of the administration: accounts by their addresses, what is not there as null.

import type { AccountNames } from '#accounts/account.ts'
import { done, type Outcome } from '#accounts/refusal.ts'
import type { OutcomeClass, Try } from '#mail/outcome.ts'
import type { Filter, Listed, ListedRecipient, Place, Queue, QueueStats } from '#queue/queue.ts'
import { moves, type State } from '#queue/states.ts'
import { limits } from './limits.ts'
import type { Page, PageRequest } from './page.ts'
import type {
  ActionInfo,
  ActionRequest,
  QueuedDetails,
  QueuedInfo,
  QueuedRecipientInfo,
  QueueFilter,
  QueueStatsInfo,
  TryInfo,
} from './queue-administration.ts'

export interface QueueVerbNeeds {
  readonly directory: AccountNames
  readonly queue: Pick<Queue, 'list' | 'show' | 'act' | 'stats'>
}

export async function listQueue(
  needs: QueueVerbNeeds,
  { after, ...asked }: PageRequest & QueueFilter,
): Promise<Outcome<Page<QueuedInfo>>> {
  const filter = await filterFrom(needs, asked)
  if (filter.kind !== 'done') return filter
  const found = await needs.queue.list(filter.value, readPlace(after))
  const last = found.at(-1)
  const items = found.map(one => asData(one, limits.shownRecipients))
  return done(last === undefined ? { items } : { items, next: printPlace(last) })
}

export async function showQueued(
  { queue }: Pick<QueueVerbNeeds, 'queue'>,
  messageId: string,
): Promise<QueuedDetails | null> {
  const found = await queue.show(messageId)
  if (found === undefined) return null
  const { returnPath, expiresAt, tries, header } = found
  return { ...asData(found, found.recipients.length), returnPath, expiresAt, tries: tries.map(tryAsData), header }
}

export async function actOnQueue(
  needs: QueueVerbNeeds,
  { action, all, reason, ...asked }: ActionRequest,
): Promise<Outcome<ActionInfo>> {
  if (!Object.hasOwn(actions, action)) return { kind: 'bad-filter', subject: action }
  if (!all && Object.keys(asked).length === 0) return { kind: 'bad-filter', subject: 'no filter' }
  const filter = await filterFrom(needs, asked)
  return filter.kind === 'done' ? done(await needs.queue.act(action, filter.value, reason)) : filter
}

export async function queueStats({ directory, queue }: QueueVerbNeeds): Promise<QueueStatsInfo> {
  const { messages, recipients, oldestAt, states, hops, accounts }: QueueStats = await queue.stats()
  const names = await directory.byId(accounts.map(([accountId]) => accountId))
  return {
    messages,
    recipients,
    oldestAt: oldestAt ?? null,
    states: [...states].map(([state, count]) => ({ state, recipients: count })),
    hops: hops.map(([hop, count]) => ({ hop, recipients: count })),
    accounts: accounts.map(([id, count]) => ({ account: names.get(id)?.address ?? null, recipients: count })),
  }
}

export function tryAsData({ at, tookMs, host, address, tls, transcript }: Try): TryInfo {
  return { at, tookMs: Math.round(tookMs), host, address: address ?? null, tls: tls ?? null, transcript }
}

const actions: Readonly<Record<ActionRequest['action'], true>> = {
  retry: true,
  hold: true,
  release: true,
  drop: true,
  bounce: true,
}

async function filterFrom(
  { directory }: Pick<QueueVerbNeeds, 'directory'>,
  { account, state, class: why, ...same }: QueueFilter,
): Promise<Outcome<Filter>> {
  if (state !== undefined && !isState(state)) return { kind: 'bad-filter', subject: state }
  const owner = account === undefined ? undefined : await directory.named(account)
  if (account !== undefined && owner === undefined) return { kind: 'no-such-account', subject: account }
  return done({
    ...same,
    ...(state === undefined ? {} : { state }),
    // A class that there is not fits none.
    ...(why === undefined ? {} : { class: why as OutcomeClass }),
    ...(owner === undefined ? {} : { accountId: owner.accountId }),
  })
}

function asData(message: Listed, shownRecipients: number): QueuedInfo {
  const { messageId, origin, sender, recipients, recipientCount, sizeBytes, arrivedAt, releaseAt, nextAt } = message
  return {
    messageId,
    origin,
    sender,
    recipients: recipients.slice(0, shownRecipients).map(recipientAsData),
    recipientCount,
    sizeBytes,
    arrivedAt,
    releaseAt,
    nextAt: nextAt ?? null,
  }
}

function recipientAsData(recipient: ListedRecipient): QueuedRecipientInfo {
  const { address, state, hop, tries, nextAt, status, reply, heldFor } = recipient
  return {
    address,
    state,
    hop,
    tries,
    nextAt: nextAt ?? null,
    class: recipient.class ?? null,
    status: status ?? null,
    reply: reply ?? null,
    heldFor: heldFor ?? null,
  }
}

function isState(text: string): text is State {
  return Object.hasOwn(moves, text)
}

/** The place of the last one shown, as a text: its time and its id. */
function printPlace({ arrivedAt, messageId }: Place): string {
  return `${arrivedAt} ${messageId}`
}

function readPlace(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined
  const space = text.indexOf(' ')
  return { arrivedAt: Number(text.slice(0, space)), messageId: text.slice(space + 1) }
}
