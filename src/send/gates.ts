// Who may open a connection: for each pool of sources and each provider a gate, through which couriers go in the order they came, each from the
// source that has room next. In memory; a timer only while somebody waits for a bucket to fill. As many wait as the queue has hops under way.

import type { Clock } from '#io/clock.ts'
import { Headroom } from './headroom.ts'
import { limits } from './limits.ts'
import { Pace } from './pace.ts'
import type { PaceSettings } from './settings.ts'
import type { Source } from './sources.ts'

export interface Passage {
  readonly pool: string
  readonly provider: string
  /** One at least. */
  readonly sources: readonly Source[]
  readonly pace: PaceSettings
  /** Who goes through: others that wait are let through between its messages. */
  readonly hop: string
}

export interface Permit extends Disposable {
  readonly kind: 'permit'
  readonly source: Source
  readonly provider: string
  readonly pace: Pace
  /** Whether one more message may go now: there is one in the bucket, the pace allows as many connections still, and nobody else's turn has come. */
  readonly hasMessage: boolean
  /** Nobody waits for what this one holds. */
  readonly mayLinger: boolean
  /** Takes that message. */
  spend(): void
  /** As the pace has it; and where it has more room now, who waits goes. */
  succeeded(): void
}

/** Every source of the pool has had its share of warming up. */
export interface UsedUp {
  readonly kind: 'used-up'
  /** Milliseconds since 1970. */
  readonly until: number
}

/** Until when a source has had its share towards a provider, milliseconds since 1970; 0: it has some left. */
export type UsedUpUntil = (source: Source, provider: string) => number

export interface GatesNeeds {
  readonly clock: Clock
  /** Open at once in all. */
  readonly connections: number
  readonly usedUpUntil: UsedUpUntil
}

export interface ListedPace {
  readonly source: string
  readonly provider: string
  readonly pace: Pace
}

interface Place {
  readonly source: Source
  readonly pace: Pace
  /** Gates where somebody waits for this pace among others. */
  readonly waiting: Set<Gate>
}

interface Waiter {
  readonly hop: string
  readonly pass: (granted: Permit | UsedUp) => void
}

export class Gates {
  readonly #needs: GatesNeeds
  readonly #places = new Map<string, Place>()
  readonly #gates = new Map<string, Gate>()
  /** Gates that could let somebody through but for the number of connections in all. */
  readonly #starved = new Set<Gate>()
  readonly #headroom: Headroom
  #free: number
  #again: Disposable | undefined

  constructor(needs: GatesNeeds) {
    this.#needs = needs
    this.#free = needs.connections
    this.#headroom = new Headroom(needs.clock)
  }

  /** Rejects when `signal` fires. */
  async pass(passage: Passage, signal?: AbortSignal): Promise<Permit | UsedUp> {
    signal?.throwIfAborted()
    const gate = this.#gateOf(passage)
    const granted = gate.isWaitedAt ? undefined : gate.grant(passage.hop)
    return granted ?? (await gate.wait(passage.hop, signal))
  }

  paces(provider?: string): readonly ListedPace[] {
    const found: ListedPace[] = []
    for (const [key, { source, pace }] of this.#places) {
      if (found.length === limits.listedPaces) break
      const own = key.slice(source.key.length + 1)
      if (provider === undefined || own === provider) found.push({ source: source.key, provider: own, pace })
    }
    return found
  }

  #gateOf(passage: Passage): Gate {
    const key = `${passage.pool} ${passage.provider}`
    const known = this.#gates.get(key)
    if (known !== undefined) return known
    const places = passage.sources.map(source => this.#placeOf(source, passage))
    const gate = new Gate(passage.provider, places, {
      clock: this.#needs.clock,
      usedUpUntil: this.#needs.usedUpUntil,
      mayOpen: place => this.#mayOpen(place),
      open: place => this.#open(place),
      close: place => this.#close(place),
      mayLinger: ({ waiting }) => waiting.size === 0 && this.#starved.size === 0,
      succeed: place => this.#succeed(place),
      starve: () => this.#starve(gate),
    })
    this.#gates.set(key, gate)
    if (this.#gates.size > limits.paces) this.#forget()
    return gate
  }

  #placeOf(source: Source, { provider, pace }: Passage): Place {
    const key = `${source.key} ${provider}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const place = { source, pace: new Pace(pace, this.#needs.clock), waiting: new Set<Gate>() }
    this.#places.set(key, place)
    return place
  }

  /** Those longest known that are not at work; all but as many are gone as there are connections. */
  #forget(): void {
    let over = this.#gates.size - Math.floor(limits.paces * (1 - limits.forgottenShare))
    for (const [key, gate] of this.#gates) {
      if (over <= 0) break
      if (gate.isWaitedAt || gate.isAtWork) continue
      this.#gates.delete(key)
      for (const { source } of gate.places) this.#places.delete(`${source.key} ${gate.provider}`)
      over -= 1
    }
  }

  /** Those that hang must not take up all the room: whoever is not known to answer has one connection, where there are many. */
  #mayOpen({ pace }: Place): boolean {
    return pace.isProven || pace.active === 0 || !this.#isCrowded
  }

  get #isCrowded(): boolean {
    const { connections } = this.#needs
    const open = connections - this.#free
    if (open >= connections * limits.crowdedShare) return true
    return open >= limits.busyConnections * limits.crowdedShare && !this.#headroom.isWide
  }

  get #hasRoom(): boolean {
    return this.#free > 0 && this.#headroom.isThere(this.#needs.connections - this.#free)
  }

  #open(place: Place): boolean {
    if (!this.#hasRoom) return false
    this.#headroom.take(this.#needs.connections - this.#free)
    this.#free -= 1
    place.pace.open()
    return true
  }

  #succeed({ pace, waiting }: Place): void {
    pace.succeeded()
    for (const gate of waiting) gate.pump()
  }

  #close({ pace, waiting }: Place): void {
    this.#free += 1
    pace.close()
    if (this.#starved.size === 0) {
      for (const gate of waiting) gate.pump()
      return
    }
    // There were too many connections in all: one by one, in the order in which they came to wait.
    for (const gate of waiting) this.#starved.add(gate)
    this.#feed()
  }

  #starve(gate: Gate): void {
    this.#starved.add(gate)
    this.#lookAgain()
  }

  #feed(): void {
    for (const gate of this.#starved) {
      if (!this.#hasRoom) break
      this.#starved.delete(gate)
      gate.pump(1)
    }
    this.#lookAgain()
  }

  /** The thread may have time to spare by then; room for a connection comes with the end of another. */
  #lookAgain(): void {
    if (this.#again !== undefined || this.#starved.size === 0 || this.#free <= 0) return
    this.#again = this.#needs.clock.after(limits.spareAgainMs, () => {
      this.#again = undefined
      this.#feed()
    })
  }
}

interface GateNeeds {
  readonly clock: Clock
  readonly usedUpUntil: UsedUpUntil
  /** False: not before one of its own ends, or goes well. */
  mayOpen(place: Place): boolean
  /** False: there are too many connections in all. */
  open(place: Place): boolean
  close(place: Place): void
  mayLinger(place: Place): boolean
  succeed(place: Place): void
  starve(): void
}

class Gate {
  readonly provider: string
  readonly places: readonly Place[]
  readonly #needs: GateNeeds
  readonly #waiters = new Set<Waiter>()
  #next = 0
  #timer: Disposable | undefined

  constructor(provider: string, places: readonly Place[], needs: GateNeeds) {
    this.provider = provider
    this.places = places
    this.#needs = needs
  }

  get isWaitedAt(): boolean {
    return this.#waiters.size > 0
  }

  get isAtWork(): boolean {
    return this.places.some(({ pace }) => pace.active > 0)
  }

  /** Undefined: not now. */
  grant(hop: string): Permit | UsedUp | undefined {
    const place = this.#placeWithRoom()
    if (place === undefined || 'kind' in place) return place
    if (!this.#needs.open(place)) {
      this.#needs.starve()
      return undefined
    }
    return this.#permit(place, hop)
  }

  async wait(hop: string, signal: AbortSignal | undefined): Promise<Permit | UsedUp> {
    const { promise, resolve, reject } = Promise.withResolvers<Permit | UsedUp>()
    const waiter = { hop, pass: resolve }
    const abort = () => {
      this.#waiters.delete(waiter)
      if (!this.isWaitedAt) this.#rest()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', abort, { once: true })
    this.#waiters.add(waiter)
    for (const { waiting } of this.places) waiting.add(this)
    this.#wakeInTime()
    try {
      return await promise
    } finally {
      signal?.removeEventListener('abort', abort)
    }
  }

  /** Lets through whoever may go, at most so many. */
  pump(most = Number.POSITIVE_INFINITY): void {
    let passed = 0
    for (const waiter of this.#waiters) {
      // More of them may go, but others are before.
      if (passed === most) {
        this.#needs.starve()
        return
      }
      const granted = this.grant(waiter.hop)
      if (granted === undefined) break
      this.#waiters.delete(waiter)
      waiter.pass(granted)
      if (granted.kind === 'permit') passed += 1
    }
    if (this.isWaitedAt) this.#wakeInTime()
    else this.#rest()
  }

  /** In turn, so that all sources of a pool are used alike. */
  #placeWithRoom(): Place | UsedUp | undefined {
    let until = 0
    let usedUp = 0
    for (let step = 0; step < this.places.length; step += 1) {
      const at = (this.#next + step) % this.places.length
      const place = this.places[at]
      if (place === undefined) break
      const usedUpUntil = this.#needs.usedUpUntil(place.source, this.provider)
      if (usedUpUntil > 0) {
        usedUp += 1
        until = until === 0 ? usedUpUntil : Math.min(until, usedUpUntil)
      } else if (place.pace.hasRoom && place.pace.waitMs() === 0 && this.#needs.mayOpen(place)) {
        this.#next = (at + 1) % this.places.length
        return place
      }
    }
    return usedUp === this.places.length ? { kind: 'used-up', until } : undefined
  }

  /** Seldom looks at more than two: the queue asks for one courier of a hop at a time. */
  #isAwaitedBy(hop: string): boolean {
    for (const waiter of this.#waiters) if (waiter.hop !== hop) return true
    return false
  }

  #permit(place: Place, hop: string): Permit {
    const { pace, source } = place
    const needs = this.#needs
    const isOver = () => !pace.isWithin || (spent >= limits.turnMessages && this.#isAwaitedBy(hop))
    let spent = 0
    let isOpen = true
    // The message that the grant stands for is its own, whoever comes between.
    pace.spend()
    let paid = 1
    return {
      kind: 'permit',
      source,
      provider: this.provider,
      pace,
      get hasMessage() {
        return paid > 0 || (pace.waitMs() === 0 && !isOver())
      },
      get mayLinger() {
        return needs.mayLinger(place)
      },
      spend() {
        spent += 1
        if (paid > 0) paid -= 1
        else pace.spend()
      },
      succeeded: () => needs.succeed(place),
      [Symbol.dispose]() {
        if (!isOpen) return
        isOpen = false
        if (paid > 0) pace.giveBack()
        needs.close(place)
      },
    }
  }

  /** For the bucket alone: room for a connection comes with the end of another. */
  #wakeInTime(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    const waits = this.places.filter(({ pace }) => pace.hasRoom).map(({ pace }) => pace.waitMs())
    const waitMs = Math.min(...waits)
    if (waitMs > 0 && Number.isFinite(waitMs)) this.#timer = this.#needs.clock.after(waitMs, () => this.pump())
  }

  #rest(): void {
    this.#timer?.[Symbol.dispose]()
    this.#timer = undefined
    for (const { waiting } of this.places) waiting.delete(this)
  }
}
