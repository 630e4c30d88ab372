// The hops in service, and the alarm for all others: an agenda in memory, one timer, at the start one walk over the lanes' index. Nothing is read
// but what is due.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import { Agenda } from './agenda.ts'
import type { AskBringer, Brought, Load } from './bringer.ts'
import type { Carriage, Route } from './carriage.ts'
import { limits } from './limits.ts'
import { type EarlyOne, Line } from './line.ts'
import { localHop } from './local-hop.ts'
import type { Recorder } from './recorder.ts'
import { type QueuedMessage, type QueuedRecipient, rankOf } from './rows.ts'
import { usualSchedule, waitMs } from './schedule.ts'
import type { Result, Settlement } from './settle.ts'
import { type DueLane, type Lane, laneAfter, renewLeases, takePage } from './take.ts'
import { unroutedHop } from './unrouted.ts'
import { verdictOf } from './verdict.ts'

export interface LinesNeeds {
  readonly database: Database
  readonly clock: Clock
  readonly log: Log
  readonly carriage: Carriage
  readonly ask: AskBringer
  readonly recorder: Recorder
  /** Of our leases. */
  readonly holder: string
  /** 0 up to 1. */
  chance(): number
}

export class Lines {
  /** What is written down already of what is still in hand. */
  readonly #early = new WeakSet<QueuedRecipient>()
  readonly #needs: LinesNeeds
  readonly #agenda = new Agenda()
  readonly #lines = new Map<string, Line>()
  readonly #running = new Map<Promise<void>, AbortController | undefined>()
  #timer: Disposable | undefined
  #timerAt = Number.POSITIVE_INFINITY
  #upkeep: Disposable | undefined
  #renewedAt: number
  #scannedAt = Number.NEGATIVE_INFINITY
  #isScanning = false
  #inHand = 0
  #handedBytes = 0
  #closed = false
  #isAborted = false

  constructor(needs: LinesNeeds) {
    this.#needs = needs
    this.#renewedAt = needs.clock.now()
  }

  /** Walks over what waits, and goes on by itself. */
  start(): void {
    this.#scan()
  }

  /** Whether a new message of so many octets may go from memory to this lane. */
  mayHand({ hop, rank, accountId }: Lane, sizeBytes: number): boolean {
    if (this.#closed || sizeBytes > limits.handedBytes) return false
    if (this.#handedBytes + sizeBytes > limits.handedBytesOfAll || this.#isFull) return false
    const line = this.#lines.get(hop)
    return line === undefined ? this.#lines.size < limits.lines : line.mayHand(rank, accountId)
  }

  /** Under our lease, and durable. */
  hand(hop: string, load: Load): void {
    this.#inHand += load.recipients.length
    this.#handedBytes += load.heldBytes
    if (this.#closed) return
    this.#open(hop).hand(rankOf(load.message.parameters), load)
  }

  /** The rows have something of this lane at `at`. */
  due({ hop, rank, accountId }: Lane, at: number): void {
    const line = this.#lines.get(hop)
    if (at > this.#needs.clock.now()) this.#later(hop, at)
    else if (line !== undefined) line.due(rank, accountId, at)
    else if (this.#lines.size < limits.lines && !this.#closed) this.#open(hop).due(rank, accountId, at)
    else this.#later(hop, at)
  }

  /** The rows have something of the hop, of whatever lane. */
  wake(hop: string): void {
    this.#later(hop, this.#needs.clock.now())
    this.#serve()
  }

  /** As `wake`, for an operator who wants a real try. */
  tryAgain(hop: string): void {
    if (hop !== localHop && hop !== unroutedHop) this.#needs.carriage.lookAgain(hop)
    this.wake(hop)
  }

  /** Gives up what is in memory of what `isWanted` says; with `back` it goes back to the rows, else the rows are as they shall be. */
  takeOut(isWanted: (load: Load, number: number) => boolean, { back }: { readonly back: boolean }): void {
    for (const [hop, line] of this.#lines)
      for (const load of line.takeOut(isWanted)) {
        this.#letGo(load)
        if (back) this.#giveBack(load, hop, this.#needs.clock.now())
      }
  }

  #giveBack(load: Load, hop: string, at: number): void {
    const { message, recipients } = load
    const results = recipients.map(recipient => ({ kind: 'back' as const, recipient, at }))
    this.#needs.recorder.add({ message, hop, results, tries: [] })
  }

  /** What was written down leads to: other hops, other times. */
  recorded({ message, hop, results }: Settlement): void {
    const { accountId, parameters } = message
    const now = this.#needs.clock.now()
    for (const result of results) {
      if (result.kind === 'verdict') {
        if (result.verdict.kind === 'later')
          this.due({ hop, rank: rankOf(parameters), accountId }, result.verdict.nextAt)
      } else if (result.kind === 'back') this.due({ hop, rank: rankOf(parameters), accountId }, result.at)
      else if (result.route.kind === 'hop')
        this.due({ hop: result.route.hop, rank: rankOf(parameters), accountId }, now)
    }
  }

  /** Undefined: nothing is under way. */
  get running(): Promise<unknown> | undefined {
    return this.#running.size === 0 ? undefined : Promise.all(this.#running.keys())
  }

  /** Asks for nothing more; what is in memory goes back. */
  close(): void {
    this.#closed = true
    this.#timer?.[Symbol.dispose]()
    this.#upkeep?.[Symbol.dispose]()
    for (const line of [...this.#lines.values()]) line.stop(this.#needs.clock.now())
  }

  /** Whoever is under way still is called back: what they have stays leased, and the next start takes it up. */
  abort(): void {
    this.#isAborted = true
    for (const abort of this.#running.values()) abort?.abort()
  }

  get #isFull(): boolean {
    return this.#inHand >= limits.inHand
  }

  #later(hop: string, at: number): void {
    this.#agenda.due(hop, at)
    this.#arm()
  }

  #arm(): void {
    const { clock } = this.#needs
    const isCrowded = this.#lines.size >= limits.lines
    const at = isCrowded || this.#closed ? Number.POSITIVE_INFINITY : this.#agenda.nextAt
    if (at >= this.#timerAt) return
    this.#timer?.[Symbol.dispose]()
    this.#timerAt = at
    this.#timer = clock.after(Math.min(limits.longestSleepMs, Math.max(0, at - clock.now())), () => {
      this.#timerAt = Number.POSITIVE_INFINITY
      this.#serve()
    })
  }

  /** Opens a line for each hop that is due, as many as there is room for. */
  #serve(): void {
    if (this.#closed) return
    const now = this.#needs.clock.now()
    while (this.#lines.size < limits.lines) {
      const hop = this.#agenda.take(now)
      if (hop === undefined) break
      this.#open(hop).wake()
    }
    if (this.#scannedAt + limits.askAgainMs <= now && this.#agenda.takeLeftOut(now)) this.#scan()
    this.#arm()
  }

  #open(hop: string): Line {
    const known = this.#lines.get(hop)
    if (known !== undefined) return known
    const { clock, log, recorder, ask } = this.#needs
    const line = new Line({
      ...{ hop, clock, log, recorder, ask },
      isFull: () => this.#isFull,
      mayLinger: () => this.#lines.size <= limits.lingeringLines && !this.#closed,
      take: (lane, count) => this.#take(lane, count),
      lanes: after => this.#lanesOf(hop, after),
      settle: (load, brought) => this.#settle(hop, load, brought),
      early: (load, one) => this.#settleEarly(hop, load, one),
      giveBack: (load, at) => {
        this.#letGo(load)
        this.#giveBack(load, hop, at)
      },
      track: (work, abort) => this.#track(work, abort),
      later: at => this.#later(hop, at),
      over: (over, dueAt) => {
        if (this.#lines.get(hop) === over) this.#lines.delete(hop)
        if (dueAt !== undefined && !this.#closed) this.#later(hop, dueAt)
        if (this.#lines.size === limits.lines - 1) this.#serve()
      },
    })
    this.#lines.set(hop, line)
    this.#keepUp()
    return line
  }

  #track(work: Promise<void>, abort?: AbortController): void {
    this.#running.set(work, abort)
    void work.then(() => this.#running.delete(work))
  }

  async #take(lane: Lane, wanted: number) {
    const count = this.#isFull ? Math.min(wanted, limits.pageWhenFull) : wanted
    const { database, clock, log, holder, carriage, recorder } = this.#needs
    const schedule = this.#scheduleOf(lane.hop)
    const now = clock.now()
    const taken = await database.write(tx =>
      takePage(tx, lane, {
        now,
        count,
        lease: { holder, until: now + limits.leaseMs },
        route: (message, recipient) => otherRoute(carriage, lane.hop, message, recipient),
        afterFault: tries => now + waitMs(schedule, tries),
      }),
    )
    for (const { message, ...moved } of taken.moved)
      recorder.add({ message, hop: lane.hop, results: [{ kind: 'moved', ...moved }], tries: [] })
    for (const { messageId, reason } of taken.faults) {
      log.error('queue.fault', { message: messageId, reason })
      this.#later(lane.hop, now + waitMs(schedule, 0))
    }
    for (const { recipients } of taken.loads) this.#inHand += recipients.length
    return taken
  }

  #lanesOf(hop: string, after: Lane | undefined): Promise<readonly DueLane[]> {
    return this.#needs.database.read(async tx => {
      const found: DueLane[] = []
      let last: Lane = after ?? { hop, rank: Number.MIN_SAFE_INTEGER, accountId: 0 }
      while (found.length < limits.lanesPerRead) {
        const next = await laneAfter(tx, last)
        if (next === undefined || next.hop !== hop) break
        found.push(next)
        last = next
      }
      return found
    })
  }

  #scheduleOf(hop: string) {
    return hop === localHop ? usualSchedule : this.#needs.carriage.schedule(hop)
  }

  #letGo(load: Load): void {
    this.#inHand -= load.recipients.length
    this.#handedBytes -= load.heldBytes
  }

  #settleEarly(hop: string, { message }: Load, { recipient, outcome, host }: EarlyOne): void {
    if (this.#early.has(recipient)) return
    this.#early.add(recipient)
    const at = { now: this.#needs.clock.now(), chance: 0 }
    const verdict = verdictOf({ message, recipient, outcome, host }, this.#scheduleOf(hop), at)
    this.#needs.recorder.add({ message, hop, results: [{ kind: 'verdict', recipient, outcome, verdict }], tries: [] })
  }

  #settle(hop: string, load: Load, { outcomes: all, moved, tries }: Brought): void {
    this.#letGo(load)
    const outcomes = all.filter(({ recipient }) => !this.#early.has(recipient))
    const { clock, chance, recorder } = this.#needs
    const { message } = load
    const schedule = this.#scheduleOf(hop)
    // One chance for all, so that they are due together again.
    const at = { now: clock.now(), chance: outcomes.some(({ outcome }) => outcome.kind === 'deferred') ? chance() : 0 }
    const host = tries.at(-1)?.host
    // What was cut off is no try in vain; what a peer said to the end counts all the same.
    const known = this.#isAborted ? outcomes.filter(({ outcome }) => outcome.kind !== 'deferred') : outcomes
    const results: Result[] = known.map(({ recipient, outcome }) => {
      const verdict = verdictOf({ message, recipient, outcome, host }, schedule, at)
      return { kind: 'verdict', recipient, outcome, verdict }
    })
    for (const one of moved) results.push({ kind: 'moved', ...one })
    recorder.add({ message, hop, results, tries })
  }

  /** Goes over the lanes of all hops, some at a time. */
  #scan(): void {
    if (this.#isScanning || this.#closed) return
    this.#isScanning = true
    this.#scannedAt = this.#needs.clock.now()
    const scanning = this.#scanned()
      .catch(error => {
        this.#needs.log.error('queue.round-failed', { reason: String(error) })
        this.#needs.clock.after(limits.afterFaultMs, () => this.#scan())
      })
      .finally(() => {
        this.#isScanning = false
      })
    this.#track(scanning)
  }

  async #scanned(): Promise<void> {
    const { database, clock } = this.#needs
    for (let after: Lane | undefined, isOver = false; !isOver && !this.#closed; ) {
      const now = clock.now()
      const found = await database.read(async tx => {
        const lanes: DueLane[] = []
        let last = after
        while (lanes.length < limits.lanesPerRead) {
          const next = await laneAfter(tx, last)
          if (next === undefined) return { lanes, isOver: true, last }
          lanes.push(next)
          // Of a hop that is due its line looks at the other lanes.
          last = next.nextAt > now ? next : { hop: next.hop, rank: Number.MAX_SAFE_INTEGER, accountId: 0 }
        }
        return { lanes, isOver: false, last }
      })
      for (const { hop, nextAt } of found.lanes) this.#agenda.due(hop, nextAt)
      after = found.last
      isOver = found.isOver
      this.#serve()
    }
  }

  /** As long as something is in service: leases are renewed, and nobody waits for ever with something in memory. */
  #keepUp(): void {
    if (this.#upkeep !== undefined || this.#closed) return
    const { clock } = this.#needs
    this.#upkeep = clock.after(limits.patienceMs, () => {
      this.#upkeep = undefined
      const now = clock.now()
      this.#giveWay(now)
      if (now - this.#renewedAt >= limits.leaseMs / 2) this.#track(this.#renew(now))
      if (this.#lines.size > 0) this.#keepUp()
    })
  }

  #giveWay(now: number): void {
    const isWanted = this.#lines.size >= limits.lines && this.#agenda.nextAt <= now
    for (const line of [...this.#lines.values()]) {
      if (line.waitedMs < limits.patienceMs) continue
      if (isWanted) line.stop(now + limits.askAgainMs)
      else line.giveBack(now)
    }
  }

  async #renew(now: number): Promise<void> {
    const { database, holder, log } = this.#needs
    this.#renewedAt = now
    try {
      await database.write(tx => renewLeases(tx, { holder, until: now + limits.leaseMs }))
    } catch (error) {
      log.error('queue.lease-not-renewed', { reason: String(error) })
    }
  }
}

/** Undefined: as it stands. */
function otherRoute(
  carriage: Carriage,
  hop: string,
  { accountId, sender }: QueuedMessage,
  { address, tries }: QueuedRecipient,
): Route | undefined {
  if (hop === localHop) return undefined
  const route = carriage.route({ accountId, sender, recipient: address, tries })
  return route.kind === 'hop' && route.hop === hop ? undefined : route
}
