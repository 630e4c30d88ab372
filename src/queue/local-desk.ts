// Mailboxes here as a hop: each delivery strikes its recipients out in its own transaction, so that there is never one without the other.

import { type Database, sql, type Tx } from '#io/sql/database.ts'
import type { RecipientOutcome, RefusedOutcome } from '#mail/outcome.ts'
import { BytesGoneError } from '#store/blob-row.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import type { Bringer, Brought, Load } from './bringer.ts'
import type { Carriage, Route } from './carriage.ts'
import { type FindNeeds, type FoundPlace, findRecipient } from './find-recipient.ts'
import { limits } from './limits.ts'
import { localHop } from './local-hop.ts'
import { withoutSuccess } from './notify.ts'
import type { Carrier } from './queue.ts'
import { insertRecipient, nextNumber, type QueuedMessage, type QueuedRecipient, rankOf } from './rows.ts'
import { refusedHere } from './said.ts'
import { usualSchedule } from './schedule.ts'
import { type Settlement, settle } from './settle.ts'
import { unroutedHop } from './unrouted.ts'
import { verdictOf } from './verdict.ts'

export interface LocalDeskNeeds extends FindNeeds {
  readonly database: Database
  readonly store: Pick<Store, 'limitOf' | 'kept'>
  readonly carrier: Carrier
  readonly carriage: Carriage
  readonly now: () => number
  /** Of our leases. */
  readonly holder: string
  /** As Recorder's. */
  recorded(settlements: readonly Settlement[], reportAt: number | undefined): void
  /** New recipients of it are due at once: to `hop`. */
  added(message: QueuedMessage, hop: string): void
}

/** Rows that an operator took away while they were in hand: nothing of the delivery happened. */
class NotOursError extends Error {}

const delivered: RecipientOutcome = { kind: 'delivered', reply: '250 2.0.0 delivered', peerReports: false }

export class LocalDesk {
  readonly #needs: LocalDeskNeeds
  #free: number = limits.localAtOnce
  readonly #waiting = new Set<() => void>()

  constructor(needs: LocalDeskNeeds) {
    this.#needs = needs
  }

  /** As Carriage.courier. */
  async bringer(signal: AbortSignal): Promise<Bringer> {
    if (this.#free === 0) await this.#slot(signal)
    else this.#free -= 1
    let isHeld = true
    return {
      mostRecipients: limits.page,
      isUsable: true,
      mayLinger: false,
      bring: load => this.#bring(load),
      [Symbol.asyncDispose]: async () => {
        if (isHeld) this.#giveBack()
        isHeld = false
      },
    }
  }

  #slot(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const grant = () => resolve()
      this.#waiting.add(grant)
      signal.addEventListener(
        'abort',
        () => {
          if (this.#waiting.delete(grant)) reject(signal.reason)
        },
        { once: true },
      )
    })
  }

  #giveBack(): void {
    const [grant] = this.#waiting
    if (grant === undefined) this.#free += 1
    else {
      this.#waiting.delete(grant)
      grant()
    }
  }

  async #bring(load: Load): Promise<Brought> {
    try {
      return await this.#brought(load)
    } catch (error) {
      if (!(error instanceof NotOursError) && !(error instanceof BytesGoneError)) throw error
      const ours = await this.#needs.database.read(tx => this.#ours(tx, load.message))
      const left = load.recipients.filter(({ number }) => ours.has(number))
      if (left.length === load.recipients.length) throw error
      return left.length === 0 ? nothing : await this.#brought({ ...load, recipients: left })
    }
  }

  async #brought(load: Load): Promise<Brought> {
    const { message, recipients } = load
    const { store } = this.#needs
    await using spooled = await bytesOf(load, store)
    const sizeBytes = Buffer.byteLength(message.fields) + spooled.sizeBytes
    const found: FoundRecipient[] = []
    const outcomes: { recipient: QueuedRecipient; outcome: RefusedOutcome }[] = []
    const moved: { recipient: QueuedRecipient; route: Route }[] = []
    for (const recipient of recipients) {
      const one = await findRecipient(this.#needs, recipient.address, sizeBytes)
      if (one.kind === 'refused') outcomes.push({ recipient, outcome: refusedHere(one) })
      else if (one.kind === 'not-local') moved.push({ recipient, route: this.#routeOf(message, recipient.address) })
      else found.push({ recipient, ...one })
    }
    if (found.length > 0) outcomes.push(...(await this.#deliver(message, spooled, found)))
    return { outcomes, moved, tries: [], fate: undefined }
  }

  /** Settles with those that were refused. */
  async #deliver(message: QueuedMessage, spooled: SpooledMessage, found: readonly FoundRecipient[]) {
    const { carrier, database, recorded, added } = this.#needs
    // By the first that was struck out: the transaction may run again, and the last time counts.
    const steps = new Map<QueuedRecipient | undefined, Struck>()
    const strikeOut = async (tx: Tx, accountIds: ReadonlySet<number>) => {
      const struck = found.filter(({ mailboxes }) => mailboxes.every(({ accountId }) => accountIds.has(accountId)))
      steps.set(struck[0]?.recipient, await this.#strikeOut(tx, message, struck))
    }
    const here = found.filter(({ mailboxes }) => mailboxes.length > 0)
    const places = here.flatMap(({ recipient, mailboxes }) => mailboxes.map(place => ({ recipient, place })))
    let refused: { recipient: QueuedRecipient; outcome: RefusedOutcome }[] = []
    if (places.length === 0) await database.write(tx => strikeOut(tx, new Set()))
    else {
      spooled.alongside = strikeOut
      const { messageId, sender, parameters, fields } = message
      const recipients = places.map(({ recipient, place }) => ({
        ...place,
        address: recipient.address,
        parameters: recipient.parameters,
      }))
      const carried = carrier.carry({ messageId, sender, parameters, fields, recipients, spooled })
      const answers = await carried.catch(error => {
        // Whether it was before or after the delivery nobody knows; a report that is owed is in the rows.
        for (const { reportAt } of steps.values()) recorded([], reportAt)
        throw error
      })
      refused = places.flatMap(({ recipient }, index) => {
        const answer = answers[index]
        return answer?.kind === 'refused' ? [{ recipient, outcome: refusedHere(answer) }] : []
      })
    }
    for (const { settlement, reportAt } of steps.values()) recorded([settlement], reportAt)
    for (const hop of new Set(found.flatMap(({ elsewhere }) => elsewhere.map(to => hopOf(this.#routeOf(message, to))))))
      added(message, hop)
    return refused
  }

  async #strikeOut(tx: Tx, message: QueuedMessage, struck: readonly FoundRecipient[]): Promise<Struck> {
    const { holder, now } = this.#needs
    const ours = await this.#ours(tx, message)
    if (struck.some(({ recipient }) => !ours.has(recipient.number))) throw new NotOursError('it was taken away')
    for (const one of struck) await this.#sendOn(tx, message, one)
    const at = { now: now(), chance: 0 }
    const results = struck.map(one => {
      const recipient = told(one)
      const verdict = verdictOf({ message, recipient, outcome: delivered, host: undefined }, usualSchedule, at)
      return { kind: 'verdict' as const, recipient, verdict, outcome: delivered }
    })
    const settlement: Settlement = { message, hop: localHop, results, tries: [] }
    return { settlement, reportAt: await settle(tx, [settlement], { holder, now: at.now }) }
  }

  /** An address that has come to be a forward: what waits was sent by an account of ours, under whose return path it may go on. */
  async #sendOn(
    tx: Tx,
    message: QueuedMessage,
    { recipient: { address: wroteTo, parameters }, mailboxes, elsewhere }: FoundRecipient,
  ): Promise<void> {
    if (elsewhere.length === 0) return
    const type = /[^\0-\x7f]/.test(wroteTo) ? 'utf-8' : 'rfc822'
    const originalRecipient = parameters.originalRecipient ?? { type, address: wroteTo }
    let asked = mailboxes.length > 0 ? withoutSuccess(parameters) : parameters
    let number = await nextNumber(tx, message)
    for (const address of elsewhere) {
      if (await isNamed(tx, message, address)) continue
      const route = this.#routeOf(message, address)
      const isHeld = route.kind === 'held'
      await insertRecipient(tx, message, {
        ...{ number, address, hop: hopOf(route), rank: rankOf(message.parameters) },
        parameters: { ...asked, originalRecipient },
        state: isHeld ? 'held' : 'ready',
        nextAt: isHeld ? undefined : this.#needs.now(),
        heldFor: isHeld ? route.reason : undefined,
        lease: undefined,
      })
      asked = withoutSuccess(parameters)
      number += 1
    }
  }

  /** Of a message: the numbers of the recipients that are in our hand. */
  async #ours(tx: Tx, { accountId, messageId }: QueuedMessage): Promise<ReadonlySet<number>> {
    const rows = await tx.all<[number]>(sql`
      SELECT number FROM queue_recipient
      WHERE account_id = ${accountId} AND message_id = ${messageId} AND lease = ${this.#needs.holder}`)
    return new Set(rows.map(([number]) => number))
  }

  #routeOf({ accountId, sender }: QueuedMessage, recipient: string): Route {
    return this.#needs.carriage.route({ accountId, sender, recipient, tries: 0 })
  }
}

interface Struck {
  readonly settlement: Settlement
  readonly reportAt: number | undefined
}

interface FoundRecipient {
  readonly recipient: QueuedRecipient
  readonly mailboxes: readonly FoundPlace[]
  readonly elsewhere: readonly string[]
}

/** Of what goes on as a whole, its new recipients tell. */
function told({ recipient, mailboxes }: FoundRecipient): QueuedRecipient {
  return mailboxes.length > 0 ? recipient : { ...recipient, parameters: withoutSuccess(recipient.parameters) }
}

/** Whether the message goes there anyway: nobody gets it twice. */
async function isNamed(tx: Tx, { accountId, messageId }: QueuedMessage, address: string): Promise<boolean> {
  const row = await tx.get(sql`
    SELECT number FROM queue_recipient
    WHERE account_id = ${accountId} AND message_id = ${messageId} AND LOWER(address) = LOWER(${address}) LIMIT 1`)
  return row !== undefined
}

const nothing: Brought = { outcomes: [], moved: [], tries: [], fate: undefined }

function hopOf(route: Route): string {
  return route.kind === 'hop' ? route.hop : unroutedHop
}

/** The bytes of a load, from memory or from the store. */
async function bytesOf({ message, spooled }: Load, store: Pick<Store, 'kept'>): Promise<SpooledMessage> {
  if (spooled !== undefined) return spooled
  const kept = await store.kept(message.blobId)
  if (kept === undefined) throw new Error(`its bytes are gone (blob ${message.blobId})`)
  return kept
}
