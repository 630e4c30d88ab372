// How a message comes into the queue: one transaction, in which recipients here have it in their mailboxes and the others become rows. What is due at
// once goes to its courier from memory, leased from the beginning, as far as memory is for it.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database, Tx } from '#io/sql/database.ts'
import { keepToo } from '#store/kept.ts'
import { MemoryMessage } from '#store/spooled.ts'
import type { Store } from '#store/store.ts'
import { type Refusal, refuse } from '#wire/smtp/refusals.ts'
import type { Carriage } from './carriage.ts'
import { limits } from './limits.ts'
import type { Lines } from './lines.ts'
import { localHop } from './local-hop.ts'
import type { Carrier, NewMessage, NewRecipient, RecipientHere } from './queue.ts'
import { insertMessage, insertRecipient, type NewRow, type QueuedMessage, rankOf, scheduledOf } from './rows.ts'
import { unroutedHop } from './unrouted.ts'
import { wantsReport } from './verdict.ts'

export interface AcceptNeeds {
  readonly database: Database
  readonly store: Store
  readonly carrier: Carrier
  readonly carriage: Carriage
  readonly clock: Clock
  readonly log: Log
  /** Of our leases. */
  readonly holder: string
  readonly lines: Pick<Lines, 'mayHand' | 'hand' | 'due'>
  readonly scheduledBytesPerAccount: number
  /** A report is due at `at`. */
  owed(at: number): void
  /** These have it in their mailboxes. */
  deliveredHere(message: NewMessage, recipients: readonly NewRecipient[]): void
}

/** Hangs on the transaction in which a message is accepted. */
export type WithAccept = (tx: Tx) => Promise<void>

export async function accept(needs: AcceptNeeds, message: NewMessage, also?: WithAccept): Promise<Refusal | undefined> {
  const now = needs.clock.now()
  const refusal = await tooMuchScheduled(needs, message, now)
  if (refusal !== undefined) return refusal
  const plan = planOf(needs, message, now)
  const { here, rows, reportAt } = plan
  let blobId = 0
  const insert = async (tx: Tx, id: number) => {
    blobId = id
    const queued = queuedOf(message, id, now)
    await insertMessage(tx, queued, reportAt)
    for (const row of rows) await insertRecipient(tx, queued, row)
    await also?.(tx)
  }
  if (rows.length === 0) await deliverHere(needs, message, here, async tx => await also?.(tx))
  else if (here.length === 0) await needs.store.keep(message.spooled, insert)
  else
    await deliverHere(needs, message, here, async (tx, id) => {
      await keepToo(tx, id, now)
      await insert(tx, id)
    })
  if (rows.length > 0) goOn(needs, queuedOf(message, blobId, now), plan, message)
  if (here.length > 0) needs.deliveredHere(message, here)
  return undefined
}

/** Two at the same moment may both be the last one: the limits are no promise to anybody. */
async function tooMuchScheduled(
  { database, scheduledBytesPerAccount: limitBytes }: AcceptNeeds,
  { accountId, sender: user, releaseAt, spooled }: NewMessage,
  now: number,
): Promise<Refusal | undefined> {
  if (releaseAt === undefined || releaseAt <= now) return undefined
  const { scheduledPerAccount: limit } = limits
  const scheduled = await database.read(tx => scheduledOf(tx, accountId, now))
  if (scheduled.count >= limit) return refuse('too-many-held', { user, limit })
  if (scheduled.bytes + spooled.sizeBytes > limitBytes) return refuse('too-much-held', { user, limitBytes })
  return undefined
}

interface Plan {
  /** Those that have it at once. */
  readonly here: readonly RecipientHere[]
  readonly rows: readonly NewRow[]
  readonly reportAt: number | undefined
}

function planOf(needs: AcceptNeeds, message: NewMessage, now: number): Plan {
  const here: RecipientHere[] = []
  const rows: NewRow[] = []
  const leased = new Map<string, boolean>()
  const goesAtOnce = mayGoAtOnce(message, now)
  for (const [number, recipient] of message.recipients.entries()) {
    const { address, parameters, local } = recipient
    if (local === undefined || !goesAtOnce) rows.push(waitingRow(needs, message, { number, recipient, leased, now }))
    else {
      here.push({ ...local, address, parameters })
      if (wantsReport(message, recipient, 'SUCCESS')) rows.push(deliveredRow(recipient, number))
    }
  }
  const isOwed = rows.some(({ state }) => state === 'delivered')
  const isBusy = rows.some(({ state }) => state === 'ready' || state === 'active')
  return { here, rows, reportAt: isOwed ? (isBusy ? now + limits.gatherMs : now) : undefined }
}

/** What may hold any octet is stored as lines in mailboxes, which are other bytes than those that go to other hosts: there all of it waits its turn. */
function mayGoAtOnce(message: NewMessage, now: number): boolean {
  const { recipients, parameters, releaseAt, heldFor } = message
  if (heldFor !== undefined || (releaseAt !== undefined && releaseAt > now)) return false
  if (parameters.body !== 'BINARYMIME') return true
  return recipients.every(one => one.local !== undefined && !wantsReport(message, one, 'SUCCESS'))
}

interface Waiting {
  readonly number: number
  readonly recipient: NewRecipient
  /** Whether what goes to a hop goes from memory. */
  readonly leased: Map<string, boolean>
  readonly now: number
}

function waitingRow(needs: AcceptNeeds, message: NewMessage, { number, recipient, leased, now }: Waiting): NewRow {
  const { accountId, sender, parameters: asked, releaseAt } = message
  const { address, parameters, local } = recipient
  const rank = rankOf(asked)
  const route =
    local === undefined
      ? needs.carriage.route({ accountId, sender, recipient: address, tries: 0 })
      : { kind: 'hop' as const, hop: localHop }
  const hop = route.kind === 'hop' ? route.hop : unroutedHop
  const heldFor = message.heldFor ?? (route.kind === 'held' ? route.reason : undefined)
  const row = { number, address, parameters, hop, rank, heldFor, nextAt: undefined, lease: undefined }
  if (heldFor !== undefined) return { ...row, state: 'held' }
  if (releaseAt !== undefined && releaseAt > now) return { ...row, state: 'scheduled', nextAt: releaseAt }
  let isLeased = leased.get(hop)
  if (isLeased === undefined) {
    isLeased =
      message.spooled instanceof MemoryMessage &&
      needs.lines.mayHand({ hop, rank, accountId }, message.spooled.sizeBytes)
    leased.set(hop, isLeased)
  }
  if (!isLeased) return { ...row, state: 'ready', nextAt: now }
  return { ...row, state: 'active', lease: { holder: needs.holder, until: now + limits.leaseMs } }
}

/** There for its report alone. */
function deliveredRow({ address, parameters }: NewRecipient, number: number): NewRow {
  return {
    ...{ number, address, parameters, state: 'delivered', hop: localHop, rank: 0 },
    ...{ nextAt: undefined, heldFor: undefined, lease: undefined },
  }
}

function queuedOf(message: NewMessage, blobId: number, now: number): QueuedMessage {
  const { accountId, messageId, origin, sender, returnPath, parameters, fields, spooled, releaseAt } = message
  return {
    ...{ accountId, messageId, origin, sender, returnPath, parameters, fields, blobId },
    sizeBytes: spooled.sizeBytes,
    arrivedAt: now,
    releaseAt: Math.max(now, releaseAt ?? now),
  }
}

/** In one transaction of the store with what hangs on it. */
async function deliverHere(
  { carrier }: AcceptNeeds,
  { messageId, sender, parameters, fields, spooled, isJunk = false }: NewMessage,
  recipients: readonly RecipientHere[],
  also: (tx: Tx, blobId: number) => Promise<void>,
): Promise<void> {
  const before = spooled.alongside
  spooled.alongside = async (tx, accountIds, blobId) => {
    await before?.(tx, accountIds, blobId)
    await also(tx, blobId)
  }
  try {
    const outcomes = await carrier.carry({ messageId, sender, parameters, recipients, fields, spooled, isJunk })
    const refused = outcomes.find(outcome => outcome.kind === 'refused')
    if (refused !== undefined) throw new Error(`a mailbox that was found refused the message: ${refused.reason}`)
  } finally {
    spooled.alongside = before
  }
}

/** It is durable: what is ours already goes to its couriers, for the rest there is an alarm. */
function goOn(
  { lines, log, owed }: AcceptNeeds,
  queued: QueuedMessage,
  plan: Plan,
  { spooled, heldFor }: NewMessage,
): void {
  const { messageId, accountId, releaseAt, arrivedAt } = queued
  log.info('queue.accepted', {
    ...{ message: messageId, accountId, recipients: plan.rows.length },
    ...(releaseAt > arrivedAt ? { releaseAt } : {}),
    ...(heldFor === undefined ? {} : { heldFor }),
  })
  const handed = new Map<string, NewRow[]>()
  for (const row of plan.rows) {
    const { hop, rank, nextAt } = row
    if (row.state === 'active') handed.set(hop, [...(handed.get(hop) ?? []), row])
    else if (nextAt !== undefined) lines.due({ hop, rank, accountId }, nextAt)
  }
  for (const [hop, rows] of handed)
    lines.hand(hop, {
      message: queued,
      recipients: rows.map(({ number, address, parameters }) => ({
        number,
        address,
        parameters,
        tries: 0,
        delayTold: false,
      })),
      spooled,
      heldBytes: spooled.sizeBytes,
    })
  if (plan.reportAt !== undefined) owed(plan.reportAt)
}
