// One hop in service: what is due to it, and the couriers that bring it. One courier is asked for at a time; each that was granted takes the next of the
// lanes in turn, and another is asked for while there is more. What waits for a courier waits in the rows, but for what was just accepted.

import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { RecipientOutcome, RefusedOutcome, RelayedOutcome } from '#mail/outcome.ts'
import type { AskBringer, Bringer, Brought, Load } from './bringer.ts'
import { fault } from './fault.ts'
import { type LaneState, Lanes, mayHand, put, takeFirst } from './lanes.ts'
import { limits } from './limits.ts'
import { Lingering } from './lingering.ts'
import type { Recorder } from './recorder.ts'
import type { QueuedRecipient } from './rows.ts'
import type { DueLane, Lane, Taken } from './take.ts'

export interface LineNeeds {
  readonly hop: string
  readonly clock: Clock
  readonly log: Log
  readonly recorder: Pick<Recorder, 'room'>
  readonly ask: AskBringer
  /** So many recipients are in hand that nothing is taken up before it is wanted. */
  isFull(): boolean
  /** Whether few other hops want a courier. */
  mayLinger(): boolean
  /** Takes up what a lane has due; what goes elsewhere, and what can't be read, is seen to already. */
  take(lane: Lane, count: number): Promise<Pick<Taken, 'loads' | 'nextAt' | 'count'>>
  /** The lanes of the hop behind `after`, some of them; fewer than limits.lanesPerRead: these were the last. */
  lanes(after: Lane | undefined): Promise<readonly DueLane[]>
  /** It is no more in hand: `brought` is to be written down. */
  settle(load: Load, brought: Brought): void
  /** One recipient of what is still in hand is to be written down. */
  early(load: Load, one: EarlyOne): void
  /** It was not tried: it goes back to the rows, and is due at `at`. */
  giveBack(load: Load, at: number): void
  /** Keeps what is under way in view. It never rejects. @param abort cuts off what waits for another host */
  track(work: Promise<void>, abort?: AbortController): void
  /** The rows have something at `at`, which is still to come. */
  later(at: number): void
  /** Nothing more to do, or nothing to be had until `dueAt`; undefined: nothing is left that is due. */
  over(line: Line, dueAt: number | undefined): void
}

export interface EarlyOne {
  readonly recipient: QueuedRecipient
  readonly outcome: RelayedOutcome
  readonly host: string
}

interface Asking {
  readonly abort: AbortController
  readonly sinceMs: number
}

export class Line {
  readonly #needs: LineNeeds
  readonly #lanes = new Lanes()
  /** Which lanes the rows have is to be looked up: from the beginning, or behind this one. */
  #look: { readonly after: Lane | undefined } | undefined
  #looking: Promise<void> | undefined
  #asking: Asking | undefined
  #couriers = 0
  readonly #lingering: Lingering
  #fate: RefusedOutcome | undefined
  #isOver = false

  constructor(needs: LineNeeds) {
    this.#needs = needs
    this.#lingering = new Lingering(needs.clock)
  }

  get hop(): string {
    return this.#needs.hop
  }

  /** Whether what was just accepted may go from memory. */
  mayHand(rank: number, accountId: number): boolean {
    const isStalled = this.#couriers === 0 && this.waitedMs > limits.patienceMs / 3
    return !isStalled && this.#fate === undefined && mayHand(this.#lanes.known(rank, accountId), this.#now())
  }

  /** It is ours, and leased. */
  hand(rank: number, load: Load): void {
    put(this.#lanes.of(rank, load.message.accountId), load)
    this.#ask()
  }

  /** The rows have something of this lane that is due. */
  due(rank: number, accountId: number, at: number): void {
    const lane = this.#lanes.known(rank, accountId)
    if (lane === undefined && this.#lanes.size >= limits.lanesPerLine) this.#look = { after: undefined }
    else this.#rowsHave(lane ?? this.#lanes.of(rank, accountId), at)
    this.#ask()
  }

  /** The rows have something, of whatever lane. */
  wake(): void {
    this.#look = { after: undefined }
    this.#ask()
  }

  /** How long it has been waiting for a courier while it has none. */
  get waitedMs(): number {
    if (this.#asking === undefined || this.#couriers > 0) return 0
    return this.#needs.clock.monotonicMs() - this.#asking.sinceMs
  }

  /** Gives up what `isWanted` says of what nobody has come for. */
  takeOut(isWanted: (load: Load, number: number) => boolean): readonly Load[] {
    const out: Load[] = []
    for (const lane of this.#lanes.all) {
      for (const load of lane.loads.splice(0)) {
        const taken = load.recipients.filter(({ number }) => isWanted(load, number))
        const heldBytes = taken.length === load.recipients.length ? load.heldBytes : 0
        if (taken.length > 0) out.push({ ...load, heldBytes, recipients: taken })
        if (taken.length < load.recipients.length)
          lane.loads.push({ ...load, recipients: load.recipients.filter(recipient => !taken.includes(recipient)) })
        lane.count -= taken.length
      }
    }
    return out
  }

  /** Gives back what nobody has come for. */
  giveBack(at: number): void {
    for (const load of this.takeOut(() => true)) this.#needs.giveBack(load, at)
  }

  /** Waits for a courier no more, until `at`; those that are under way come back. */
  stop(at: number): void {
    this.#end(at)
  }

  #now(): number {
    return this.#needs.clock.now()
  }

  get #hasDue(): boolean {
    return this.#look !== undefined || this.#looking !== undefined || this.#lanes.hasDue(this.#now())
  }

  #ask(): void {
    if (this.#isOver || this.#fate !== undefined || !this.#hasDue) return
    if (this.#lingering.wake() || this.#asking !== undefined) return
    const { clock, hop } = this.#needs
    const asking = { abort: new AbortController(), sinceMs: clock.monotonicMs() }
    this.#asking = asking
    this.#needs.ask(hop, asking.abort.signal).then(
      bringer => this.#granted(asking, bringer),
      error => {
        if (this.#asking !== asking) return
        this.#asking = undefined
        this.#fail('queue.no-courier', error)
      },
    )
  }

  #granted(asking: Asking, bringer: Bringer): void {
    const isWanted = this.#asking === asking
    if (isWanted) this.#asking = undefined
    this.#needs.track(isWanted ? this.#run(bringer) : this.#dispose(bringer), asking.abort)
  }

  /** Never rejects. */
  async #dispose(bringer: Bringer): Promise<void> {
    try {
      await bringer[Symbol.asyncDispose]()
    } catch (error) {
      this.#needs.log.error('queue.courier-failed', { hop: this.hop, reason: String(error) })
    }
  }

  /** Never rejects. */
  async #run(bringer: Bringer): Promise<void> {
    this.#couriers += 1
    try {
      await this.#serve(bringer)
      this.#couriers -= 1
      this.#ask()
      this.#endIfDone()
    } catch (error) {
      // Of the database: nothing could be taken up.
      this.#couriers -= 1
      this.#fail('queue.round-failed', error)
    } finally {
      await this.#dispose(bringer)
    }
  }

  async #serve(bringer: Bringer): Promise<void> {
    while (bringer.isUsable && this.#fate === undefined) {
      const next = await this.#next(limits.page)
      if (next === undefined) {
        if (await this.#linger(bringer)) continue
        break
      }
      this.#ask()
      const load = this.#split(next, bringer.mostRecipients)
      const brought = await this.#tried(bringer, load)
      this.#needs.settle(load, brought)
      this.#fate ??= brought.fate
      await this.#needs.recorder.room()
    }
    await this.#meetFate()
  }

  /** Settles with whether something came; soon, in any case. */
  async #linger(bringer: Bringer): Promise<boolean> {
    if (this.#isOver || this.#fate !== undefined || !bringer.mayLinger || !this.#needs.mayLinger()) return false
    return (await this.#lingering.wait()) && !this.#isOver
  }

  /** Everything is as it was, and is tried again. */
  #fail(event: string, error: unknown): void {
    this.#needs.log.error(event, { hop: this.hop, reason: String(error) })
    this.#end(this.#now() + limits.afterFaultMs)
  }

  async #tried(bringer: Bringer, load: Load): Promise<Brought> {
    try {
      return await bringer.bring(load, (recipient, outcome, host) =>
        this.#needs.early(load, { recipient, outcome, host }),
      )
    } catch (error) {
      const { messageId } = load.message
      this.#needs.log.error('queue.fault', { message: messageId, reason: String(error) })
      return { ...alike(load, fault(messageId)), fate: undefined }
    }
  }

  /** What goes at a time; the rest is next in its lane. */
  #split({ lane, load }: Next, most: number): Load {
    if (load.recipients.length <= most) return load
    put(this.#lanes.of(lane.rank, lane.accountId), { ...load, recipients: load.recipients.slice(most) }, 'first')
    return { ...load, heldBytes: 0, recipients: load.recipients.slice(0, most) }
  }

  /** All that is due gets the outcome of the one that was tried. */
  async #meetFate(): Promise<void> {
    const fate = this.#fate
    if (fate === undefined) return
    for (;;) {
      const next = await this.#next(limits.pageOfFate)
      if (next === undefined) break
      this.#needs.settle(next.load, alike(next.load, fate))
      await this.#needs.recorder.room()
    }
    this.#fate = undefined
  }

  /** Undefined: nothing is due. */
  async #next(page: number): Promise<Next | undefined> {
    while (!this.#isOver) {
      if (this.#mustLook) {
        await this.#lookUp()
        continue
      }
      const lane = this.#lanes.turn(this.#now())
      if (lane === undefined) return undefined
      const load = takeFirst(lane)
      if (load === undefined) {
        await this.#fill(lane, page)
        continue
      }
      // The next page while this one is being brought.
      if (lane.count < page / 4 && lane.dueAt <= this.#now() && !this.#needs.isFull()) this.#fillAhead(lane, page)
      return { lane, load }
    }
    return undefined
  }

  /** Not while there are many lanes that have something: then those come first. */
  get #mustLook(): boolean {
    if (this.#look === undefined && this.#looking === undefined) return false
    return this.#lanes.size < limits.lanesPerLine || !this.#lanes.hasDue(this.#now())
  }

  #fillAhead(lane: LaneState, page: number): void {
    // What went wrong comes again when somebody waits for it.
    this.#needs.track(this.#fill(lane, page).catch(() => {}))
  }

  async #fill(lane: LaneState, page: number): Promise<void> {
    lane.filling ??= this.#filled(lane, page).finally(() => {
      lane.filling = undefined
    })
    await lane.filling
  }

  async #filled(lane: LaneState, page: number): Promise<void> {
    // What comes into the rows meanwhile says so to the lane.
    const before = lane.dueAt
    lane.dueAt = Number.POSITIVE_INFINITY
    const { rank, accountId } = lane
    try {
      const taken = await this.#needs.take({ hop: this.hop, rank, accountId }, page)
      if (taken.nextAt !== undefined) this.#rowsHave(lane, taken.nextAt)
      for (const load of taken.loads) put(lane, load)
      if (this.#isOver) this.giveBack(this.#now())
    } catch (error) {
      lane.dueAt = Math.min(lane.dueAt, before)
      throw error
    }
  }

  async #lookUp(): Promise<void> {
    this.#looking ??= this.#lookedUp().finally(() => {
      this.#looking = undefined
    })
    await this.#looking
  }

  /** Some lanes more. */
  async #lookedUp(): Promise<void> {
    const look = this.#look
    if (look === undefined) return
    this.#look = undefined
    const found = await this.#needs.lanes(look.after)
    const now = this.#now()
    let last = look.after
    for (const lane of found) {
      last = lane
      if (lane.nextAt > now) this.#needs.later(lane.nextAt)
      else this.#rowsHave(this.#lanes.of(lane.rank, lane.accountId), lane.nextAt)
    }
    if (found.length === limits.lanesPerRead) this.#look ??= { after: last }
  }

  #rowsHave(lane: LaneState, at: number): void {
    if (at > this.#now()) this.#needs.later(at)
    else lane.dueAt = Math.min(lane.dueAt, at)
  }

  #endIfDone(): void {
    if (this.#couriers === 0 && !this.#hasDue) this.#end()
  }

  /** @param at what was in memory, and what the rows have, is due again then; undefined: when it was */
  #end(at?: number): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#asking?.abort.abort()
    this.#asking = undefined
    this.#lingering.stop()
    this.giveBack(at ?? this.#now())
    const hasMore = this.#look !== undefined || this.#lanes.nextAt !== Number.POSITIVE_INFINITY
    this.#needs.over(this, hasMore ? (at ?? this.#now()) : undefined)
  }
}

interface Next {
  readonly lane: LaneState
  readonly load: Load
}

function alike(load: Load, outcome: RecipientOutcome): Brought {
  const outcomes = load.recipients.map(recipient => ({ recipient, outcome }))
  return { outcomes, moved: [], tries: [], fate: undefined }
}
