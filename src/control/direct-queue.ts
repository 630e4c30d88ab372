// The operator's verbs on the queue, in the plain data of the administration.

import type { Listed, Place, Queue } from '#queue/queue.ts'
import { moves, type State } from '#queue/states.ts'
import type { Administration, Page, QueuedDetails, QueuedInfo, QueuedRecipientInfo } from './administration.ts'
import { limits } from './limits.ts'

type ListRequest = Parameters<Administration['listQueue']>[0]

export async function listQueue(queue: Pick<Queue, 'list'>, request: ListRequest): Promise<Page<QueuedInfo>> {
  const { after, state, ...addresses } = request
  // There are no messages in a state that there is not.
  if (state !== undefined && !isState(state)) return { items: [] }
  const found = await queue.list({ ...addresses, ...(state === undefined ? {} : { state }) }, readPlace(after))
  const last = found.at(-1)
  const items = found.map(one => asData(one, limits.shownRecipients))
  return last === undefined ? { items } : { items, next: printPlace(last) }
}

export async function showQueued(queue: Pick<Queue, 'show'>, messageId: string): Promise<QueuedDetails | null> {
  const found = await queue.show(messageId)
  if (found === undefined) return null
  const { arrivedAt, tries, expiresAt, header } = found
  return { ...asData(found, found.recipients.length), arrivedAt, tries, expiresAt, header }
}

export async function releaseQueued(queue: Pick<Queue, 'release'>, messageId: string) {
  return { found: await queue.release(messageId) }
}

export async function dropQueued(queue: Pick<Queue, 'drop'>, messageId: string) {
  return { found: await queue.drop(messageId) }
}

function asData(message: Listed, shownRecipients: number): QueuedInfo {
  const { messageId, sender, recipients, sizeBytes, releaseAt, nextAt } = message
  const shown = recipients
    .slice(0, shownRecipients)
    .map(({ address, state, reply }): QueuedRecipientInfo => ({ address, state, reply: reply ?? null }))
  return { messageId, sender, recipients: shown, recipientCount: recipients.length, sizeBytes, releaseAt, nextAt }
}

function isState(text: string): text is State {
  return Object.hasOwn(moves, text)
}

/** The place of the last one shown, as a text: its time and its id. */
function printPlace({ nextAt, messageId }: Place): string {
  return `${nextAt} ${messageId}`
}

function readPlace(text: string | undefined): Place | undefined {
  if (text === undefined) return undefined
  const space = text.indexOf(' ')
  return { nextAt: Number(text.slice(0, space)), messageId: text.slice(space + 1) }
}
