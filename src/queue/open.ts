// The queue at work, put together: what comes in, the hops in service, what is written down, reports, an operator's verbs. It waits for no poll and reads
// only what is due.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Random } from '#io/random.ts'
import type { Database } from '#io/sql/database.ts'
import { migrate } from '#io/sql/migrate.ts'
import type { Store } from '#store/store.ts'
import { type AcceptNeeds, accept, type WithAccept } from './accept.ts'
import type { Carriage } from './carriage.ts'
import { courierFor } from './couriers.ts'
import type { FindNeeds } from './find-recipient.ts'
import { limits } from './limits.ts'
import { Lines } from './lines.ts'
import { listed, shown } from './list.ts'
import { LocalDesk } from './local-desk.ts'
import { localHop } from './local-hop.ts'
import { migrations } from './migrations.ts'
import { noCarriage } from './no-carriage.ts'
import type { Action, Carrier, Filter, NewMessage, NewRecipient, Place, Queue, Witness } from './queue.ts'
import { Recorder } from './recorder.ts'
import { voidClaims } from './report-rows.ts'
import { Reports } from './reports.ts'
import { rankOf } from './rows.ts'
import type { Settlement } from './settle.ts'
import { SharedBytes } from './shared-bytes.ts'
import { statsOf } from './stats.ts'
import { voidLeases } from './take.ts'
import { tell } from './tell.ts'
import { noBringer, unroutedHop } from './unrouted.ts'
import { act } from './verbs.ts'

export interface QueueNeeds extends FindNeeds {
  readonly database: Database
  readonly store: Store
  /** Into mailboxes here. */
  readonly carrier: Carrier
  /** To other hosts; undefined: nothing goes there, and what would is held. */
  readonly carriage?: Carriage | undefined
  readonly witness?: Witness | undefined
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  /** That of limits.ts unless told. */
  readonly scheduledBytesPerAccount?: number | undefined
}

/** Brings the tables up to date; what an earlier process had in hand is due again. It has begun to work when this settles. */
export async function openQueue(needs: QueueNeeds): Promise<Queue> {
  const { database, clock, log } = needs
  await migrate(database, 'queue', migrations, clock)
  const now = clock.now()
  const left = await database.write(async tx => {
    await voidClaims(tx, now)
    return await voidLeases(tx, now)
  })
  if (left > 0) log.info('queue.leases-void', { recipients: left })
  const queue = new OpenQueue(needs)
  await queue.start()
  return queue
}

class OpenQueue implements Queue {
  readonly #needs: QueueNeeds
  readonly #carriage: Carriage
  readonly #recorder: Recorder
  readonly #lines: Lines
  readonly #reports: Reports
  readonly #accepting: AcceptNeeds

  constructor(needs: QueueNeeds) {
    const { database, clock, random, log, store } = needs
    this.#needs = needs
    const carriage = needs.carriage ?? noCarriage
    this.#carriage = carriage
    const holder = Buffer.from(random.bytes(8)).toString('hex')
    const recorded = (settlements: readonly Settlement[], reportAt: number | undefined) => {
      for (const settlement of settlements) this.#recorded(settlement)
      if (reportAt !== undefined) this.#reports.owed(reportAt)
    }
    this.#recorder = new Recorder({ database, clock, log, holder, recorded })
    const desk = new LocalDesk({
      ...needs,
      ...{ carriage, holder, recorded },
      now: () => clock.now(),
      added: ({ accountId, parameters }, hop) =>
        this.#lines.due({ hop, rank: rankOf(parameters), accountId }, clock.now()),
    })
    const bytes = new SharedBytes(store)
    const ask = (hop: string, signal: AbortSignal) => {
      if (hop === localHop) return desk.bringer(signal)
      return hop === unroutedHop ? Promise.resolve(noBringer) : courierFor({ carriage, bytes }, hop, signal)
    }
    const chance = () => Buffer.from(random.bytes(2)).readUInt16BE() / 65_536
    this.#lines = new Lines({ database, clock, log, carriage, ask, recorder: this.#recorder, holder, chance })
    this.#reports = new Reports({ ...needs, carriage, accept: (message, also) => this.#accept(message, also) })
    this.#accepting = {
      ...needs,
      ...{ carriage, holder, lines: this.#lines },
      scheduledBytesPerAccount: needs.scheduledBytesPerAccount ?? limits.scheduledBytesPerAccount,
      owed: at => this.#reports.owed(at),
      deliveredHere: (message, recipients) => this.#deliveredHere(message, recipients),
    }
  }

  async start(): Promise<void> {
    this.#lines.start()
    await this.#reports.start()
  }

  accept(message: NewMessage) {
    return this.#accept(message)
  }

  list(filter: Filter = {}, after?: Place) {
    return listed(this.#needs.database, filter, { now: this.#needs.clock.now(), after })
  }

  show(messageId: string) {
    const { database, store } = this.#needs
    return shown({ database, store, carriage: this.#carriage }, messageId)
  }

  act(action: Action, filter: Filter, reason?: string) {
    const running = { lines: this.#lines, owed: (at: number) => this.#reports.owed(at) }
    return act({ ...this.#needs, running }, action, filter, reason)
  }

  stats() {
    return statsOf(this.#needs.database)
  }

  async idle(): Promise<void> {
    do {
      await this.#lines.running
      await this.#recorder.idle()
      await this.#reports.running
      // Whoever was asked for a courier may have one by then.
      for (let turn = 0; turn < limits.idleTurns; turn += 1) await new Promise(resolve => setImmediate(resolve))
    } while (this.#lines.running !== undefined || !this.#recorder.isIdle || this.#reports.running !== undefined)
  }

  #accept(message: NewMessage, also?: WithAccept) {
    return accept(this.#accepting, message, also)
  }

  #recorded(settlement: Settlement): void {
    try {
      this.#lines.recorded(settlement)
      tell(this.#needs, settlement)
    } catch (error) {
      this.#needs.log.error('queue.fault', { message: settlement.message.messageId, reason: String(error) })
    }
  }

  #deliveredHere(
    { messageId, accountId, origin, sender }: NewMessage,
    recipients: readonly Pick<NewRecipient, 'address'>[],
  ): void {
    const outcome = { kind: 'delivered', reply: '250 2.0.0 delivered', peerReports: false } as const
    for (const { address } of recipients)
      this.#needs.witness?.settled({ messageId, accountId, origin, sender, recipient: address, outcome, isFinal: true })
  }

  /** What is with a courier has a while to come back; who does not is called back, and what it had is leased: the next start takes it up. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#lines.close()
    const { clock } = this.#needs
    const { promise: isLate, resolve } = Promise.withResolvers<void>()
    using _ = clock.after(limits.closeMs, resolve)
    await Promise.race([this.#lines.running, isLate])
    this.#lines.abort()
    await this.#reports.close()
    await this.#recorder.close()
  }
}
