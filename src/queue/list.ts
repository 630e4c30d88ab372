// What an operator sees of the queue.

import type { Database } from '#io/sql/database.ts'
import { readHeader } from '#mail/header.ts'
import type { Store } from '#store/store.ts'
import { utf8 } from '#text/bytes.ts'
import type { Carriage } from './carriage.ts'
import { limits } from './limits.ts'
import { localHop } from './local-hop.ts'
import { type Match, matches, matchesByKey } from './matches.ts'
import type { Filter, Listed, ListedRecipient, Place, Shown } from './queue.ts'
import { messageOf, type QueuedMessage, type RecipientStatus, recipientsOf } from './rows.ts'
import { expiresAt, type Schedule, usualSchedule } from './schedule.ts'
import { triesOf } from './tries.ts'

export async function listed(
  database: Database,
  filter: Filter,
  at: { readonly now: number; readonly after: Place | undefined },
): Promise<readonly Listed[]> {
  const byKey = matchesByKey(database, filter, { now: at.now, isDue: false })
  if (byKey !== undefined) return await firstOf(byKey, at.after)
  const found: Growing[] = []
  for await (const slice of matches(database, filter, at)) {
    for (const { message, recipient } of slice) {
      let last = found.at(-1)
      if (last?.messageId !== message.messageId) {
        if (found.length === limits.listed) return found
        last = begun(message)
        found.push(last)
      }
      add(last, recipient)
    }
  }
  return found
}

/** The first page behind `after` of what comes in another order: the recipients of a message together, or not even that. */
async function firstOf(slices: AsyncIterable<readonly Match[]>, after: Place | undefined): Promise<readonly Listed[]> {
  const found = new Map<string, Growing>()
  let last: Place | undefined
  for await (const slice of slices) {
    for (const { message, recipient } of slice) {
      if ((after !== undefined && order(message, after) <= 0) || (last !== undefined && order(message, last) > 0))
        continue
      let one = found.get(message.messageId)
      if (one === undefined) {
        one = begun(message)
        found.set(message.messageId, one)
      }
      add(one, recipient)
    }
    if (found.size <= limits.listed) continue
    const [page, others] = pageOf(found)
    for (const { messageId } of others) found.delete(messageId)
    last = page.at(-1)
  }
  return pageOf(found)[0]
}

function pageOf(found: ReadonlyMap<string, Growing>): readonly [page: readonly Growing[], others: readonly Growing[]] {
  const sorted = [...found.values()].sort(order)
  return [sorted.slice(0, limits.listed), sorted.slice(limits.listed)]
}

function order(one: Place, other: Place): number {
  if (one.arrivedAt !== other.arrivedAt) return one.arrivedAt - other.arrivedAt
  return one.messageId < other.messageId ? -1 : one.messageId > other.messageId ? 1 : 0
}

interface Growing extends Listed {
  nextAt: number | undefined
  recipients: ListedRecipient[]
  recipientCount: number
}

function begun({ messageId, accountId, origin, sender, arrivedAt, releaseAt, sizeBytes }: QueuedMessage): Growing {
  const facts = { messageId, accountId, origin, sender, arrivedAt, releaseAt, sizeBytes }
  return { ...facts, nextAt: undefined, recipients: [], recipientCount: 0 }
}

function add(message: Growing, recipient: RecipientStatus): void {
  message.recipientCount += 1
  if (recipient.nextAt !== undefined) message.nextAt = Math.min(message.nextAt ?? recipient.nextAt, recipient.nextAt)
  if (message.recipients.length < limits.listedRecipients) message.recipients.push(asListed(recipient))
}

function asListed(recipient: RecipientStatus): ListedRecipient {
  const { address, state, hop, tries, nextAt, status, reply, class: why, heldFor } = recipient
  return { address, state, hop, tries, nextAt, status, reply, class: why, heldFor }
}

export interface ShowNeeds {
  readonly database: Database
  readonly store: Pick<Store, 'kept'>
  /** Undefined: no queue is at work, and nobody knows its routes. */
  readonly carriage?: Pick<Carriage, 'schedule'> | undefined
}

export async function shown(needs: ShowNeeds, messageId: string): Promise<Shown | undefined> {
  const found = await needs.database.read(async tx => {
    const message = await messageOf(tx, messageId)
    if (message === undefined) return undefined
    const recipients = await recipientsOf(tx, message, { after: -1, count: limits.shownRecipients })
    return { message, recipients, tries: await triesOf(tx, message) }
  })
  if (found === undefined) return undefined
  const { message, recipients, tries } = found
  const details = begun(message)
  for (const recipient of recipients) add(details, recipient)
  return {
    ...details,
    recipients: recipients.map(asListed),
    returnPath: message.returnPath,
    expiresAt: lastOf(message, recipients, needs),
    tries,
    header: await headerOf(message, needs),
  }
}

/** When the last of its recipients is given up. */
function lastOf(message: QueuedMessage, recipients: readonly RecipientStatus[], { carriage }: ShowNeeds): number {
  const hops = new Set(recipients.map(({ hop }) => hop))
  const schedules = [...hops].map(hop =>
    hop === localHop ? usualSchedule : (carriage?.schedule(hop) ?? usualSchedule),
  )
  return Math.max(...schedules.map(schedule => endOf(schedule, message)))
}

/** What can't be read is given up by nobody. */
function endOf(schedule: Schedule, message: QueuedMessage): number {
  try {
    return expiresAt(schedule, message)
  } catch {
    return message.releaseAt + schedule.giveUpMs
  }
}

/** Empty behind the fields, when the bytes are gone. */
async function headerOf({ blobId, fields }: QueuedMessage, { store }: ShowNeeds): Promise<string> {
  await using spooled = await store.kept(blobId)
  return spooled === undefined ? fields : fields + utf8(spooled.head.subarray(0, readHeader(spooled.head).end))
}
