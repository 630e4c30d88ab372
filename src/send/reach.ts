// A connection to the best host of a destination that can be had (RFC 5321 5.1): one that waits in the pool, else a new one; the next host
// when one fails before a message was begun. Hosts that are known to be dead are passed over, unless it is time to look again.

import type { Clock } from '#io/clock.ts'
import { type ClientChannel, DialError, type Dialer } from '#io/dialer.ts'
import type { RefusedOutcome, Try } from '#mail/outcome.ts'
import { Connection } from './connection.ts'
import type { Dead, DeadHosts } from './dead-hosts.ts'
import type { Destination, DestinationHost } from './destination.ts'
import { type Candidate, dialFirst, type Failed } from './dial-first.ts'
import { limits } from './limits.ts'
import { deferred, failed } from './outcomes.ts'
import type { Pool } from './pool.ts'
import type { PortWatch } from './port-watch.ts'
import { openPeer, type PeerFailure, type PeerNeeds, type PeerPlan, type PeerSession } from './session.ts'
import type { Source, SourceAddresses } from './sources.ts'
import type { AppliedPolicy, TlsPolicy, TlsWanted } from './tls-policy.ts'
import type { NotedTls } from './tls-results.ts'

export interface ReachNeeds {
  readonly peers: PeerNeeds
  readonly clock: Clock
  readonly tlsPolicy: Pick<TlsPolicy, 'of'>
  readonly sources: SourceAddresses
  readonly pool: Pool<Connection>
  readonly dead: DeadHosts
  readonly watch: PortWatch
  /** Hears what became of each connection to a host of the world. */
  noteTls(policy: AppliedPolicy, connection: NotedTls): void
}

export interface Reach {
  readonly destination: Destination
  readonly source: Source
  readonly connectMs: number
  /** The same for a host to which connections stand. */
  readonly busyConnectMs: number
  readonly messagesPerConnection: number
  /** The sender asks for it (RFC 8689). */
  readonly requireTls: boolean
  /** The sender wants the domain's policies left aside (RFC 8689 5). */
  readonly ignoresPolicies: boolean
  /** Whether a connection will do that brought messages before. */
  readonly fromPool: boolean
  readonly signal: AbortSignal | undefined
}

export interface Reached {
  readonly kind: 'reached'
  readonly connection: Connection
  readonly tries: readonly Try[]
}

export interface Unreached {
  readonly kind: 'unreached'
  readonly outcome: RefusedOutcome
  /** Whether the same is true of every other message to the destination. */
  readonly isOfHop: boolean
  /** A host refused one more connection, to which others stand. */
  readonly isFull: boolean
  readonly tries: readonly Try[]
}

export function reach(needs: ReachNeeds, asked: Reach): Promise<Reached | Unreached> {
  return new Reaching(needs, asked).run()
}

/** One address of a host, and how it stands. */
interface Door extends Candidate {
  readonly deadKey: string
}

interface Refused {
  readonly outcome: RefusedOutcome
  /** Others may fare better: it is what this message asks for that is in the way, or they have connections. */
  readonly isOwn: boolean
}

/** What is known of an address as one that can't be reached, from a source. */
export function deadKeyOf(source: Source, address: string, port: number): string {
  return `${source.key} ${address} ${port}`
}

class Reaching {
  readonly #needs: ReachNeeds
  readonly #asked: Reach
  readonly #tries: Try[] = []
  readonly #refused: Refused[] = []
  #dead: Dead | undefined
  #hasConnected = false
  #isFull = false

  constructor(needs: ReachNeeds, asked: Reach) {
    this.#needs = needs
    this.#asked = asked
  }

  async run(): Promise<Reached | Unreached> {
    for (const host of this.#asked.destination.hosts.slice(0, limits.hostsTried)) {
      if (this.#asked.signal?.aborted === true) break
      const connection = await this.#connectionTo(host)
      if (connection !== undefined) return { kind: 'reached', connection, tries: this.#tries }
    }
    return this.#unreached()
  }

  async #connectionTo(host: DestinationHost): Promise<Connection | undefined> {
    const { requireTls, ignoresPolicies, destination, fromPool } = this.#asked
    const answer = await this.#needs.tlsPolicy.of({ ...host.tls, requireTls, ignoresPolicies })
    if (answer.kind === 'no') {
      this.#refuse(answer.outcome, requireTls)
      const { policy, resultType } = answer
      const result = resultType && { resultType, reason: answer.outcome.reply }
      if (destination.isDirect) this.#needs.noteTls(policy, { host: host.name, address: undefined, result })
      return undefined
    }
    const poolKey = this.#poolKey(host, answer)
    const idle = fromPool ? this.#needs.pool.take(poolKey) : undefined
    const connection = idle ?? (await this.#open(host, answer, poolKey))
    if (connection === undefined || !requireTls || connection.offersRequireTls) return connection
    // RFC 8689 4.2.1: another host of the domain may.
    this.#needs.pool.give(poolKey, connection)
    const reply = `${host.name} does not offer REQUIRETLS, which the sender asks for`
    this.#refuse(failed('tls', '5.7.30', reply), true)
    return undefined
  }

  async #open(host: DestinationHost, wanted: TlsWanted, poolKey: string): Promise<Connection | undefined> {
    let doors = await this.#doors(host)
    try {
      for (const { deadKey } of doors) this.#needs.dead.trying(deadKey)
      while (doors.length > 0) {
        const { opened, tried } = await this.#openOneOf(doors, host, wanted)
        if (opened !== undefined) return this.#connection(opened.session, opened.door, poolKey)
        if (this.#asked.signal?.aborted === true) return undefined
        doors = doors.filter(door => !tried.has(door))
      }
      return undefined
    } finally {
      for (const { deadKey } of doors) this.#needs.dead.leftOff(deadKey)
    }
  }

  /** The addresses of a host that may be tried now. */
  async #doors(host: DestinationHost): Promise<readonly Door[]> {
    const { source } = this.#asked
    const usable = await this.#needs.sources.usable(source, host.addresses)
    const doors: Door[] = []
    for (const address of inTurn(usable)) {
      const localAddress = this.#needs.sources.localAddress(source, address)
      const deadKey = deadKeyOf(source, address, host.port)
      const dead = this.#needs.dead.at(deadKey)
      if (dead === undefined) doors.push({ address, localAddress, deadKey })
      else if (this.#dead === undefined || dead.until < this.#dead.until) this.#dead = dead
    }
    if (usable.length === 0) {
      const words = host.addresses.length === 0 ? 'no address' : 'no address of a family that we have'
      this.#refuse(deferred('network', '4.4.1', `${host.name} has ${words}`), false)
    }
    return doors.slice(0, limits.addressesTried)
  }

  async #openOneOf(
    doors: readonly Door[],
    host: DestinationHost,
    wanted: TlsWanted,
  ): Promise<{ readonly opened?: { session: PeerSession; door: Door }; readonly tried: ReadonlySet<Door> }> {
    const [only] = doors
    if (only !== undefined && doors.length === 1) {
      const session = await this.#session(host, wanted, only, this.#needs.peers.dialer)
      return { ...(session && { opened: { session, door: only } }), tried: new Set(doors) }
    }
    const { signal } = this.#asked
    const timeoutMs = this.#connectMs(doors)
    const { dialer, clock } = this.#needs.peers
    const startedMs = clock.monotonicMs()
    const { first, failed } = await dialFirst(
      { dialer, clock },
      { candidates: doors, port: host.port, timeoutMs, signal },
    )
    const tried = new Set(failed.map(({ candidate }) => candidate))
    for (const one of failed) await this.#session(host, wanted, one.candidate, dialerThatFailed(one), startedMs)
    if (first === undefined) return { tried: new Set(doors) }
    tried.add(first.candidate)
    const session = await this.#session(host, wanted, first.candidate, dialerThatDialed(first.channel, dialer))
    return { ...(session && { opened: { session, door: first.candidate } }), tried }
  }

  /** @param startedMs of a dial that is over, monotonic */
  async #session(
    host: DestinationHost,
    wanted: TlsWanted,
    door: Door,
    dialer: Dialer,
    startedMs?: number,
  ): Promise<PeerSession | undefined> {
    const { peers } = this.#needs
    const result = await openPeer({ ...peers, dialer }, this.#plan(host, wanted, door), this.#asked.signal)
    const { isDirect } = this.#asked.destination
    const noted = { host: host.name, address: door.address, result: result.tlsResult }
    if (isDirect) this.#needs.noteTls(wanted.policy, noted)
    if (result.kind === 'session') {
      this.#hasConnected = true
      if (isDirect) this.#needs.watch.reached()
      return result
    }
    this.#fail(result, door, startedMs === undefined ? undefined : peers.clock.monotonicMs() - startedMs)
    return undefined
  }

  #connectMs(doors: readonly Door[]): number {
    const isBusy = doors.some(({ deadKey }) => this.#needs.dead.isOpen(deadKey))
    return isBusy ? this.#asked.busyConnectMs : this.#asked.connectMs
  }

  #plan(host: DestinationHost, { demand: tls }: TlsWanted, door: Door): PeerPlan {
    const { address, localAddress } = door
    const { name, port, implicitTls, credentials, minimumTls } = host
    const { helloName } = this.#asked.source
    const connectMs = this.#connectMs([door])
    return {
      host: name,
      address,
      port,
      localAddress,
      helloName,
      tls,
      implicitTls,
      credentials,
      connectMs,
      minimumTls,
    }
  }

  #fail(failure: PeerFailure, { deadKey }: Door, tookMs: number | undefined): void {
    // It was us who gave it up.
    if (this.#asked.signal?.aborted === true) return
    const { at, isPermanent, outcome } = failure
    this.#tries.push(tookMs === undefined ? failure.try : { ...plain(failure.try), tookMs })
    if (at !== 'connect') this.#hasConnected = true
    if (this.#hasConnected && this.#asked.destination.isDirect) this.#needs.watch.reached()
    const isFull = this.#needs.dead.isOpen(deadKey)
    if (isFull) this.#isFull = true
    if (!isPermanent && (at === 'connect' || at === 'greeting' || at === 'hello'))
      this.#needs.dead.failed(deadKey, outcome)
    this.#refuse(outcome, isFull || (at === 'tls' && this.#asked.requireTls))
  }

  #refuse(outcome: RefusedOutcome, isOwn: boolean): void {
    this.#refused.push({ outcome, isOwn })
  }

  #unreached(): Unreached {
    const { destination, signal } = this.#asked
    const facts = { kind: 'unreached', isOfHop: false, isFull: this.#isFull, tries: this.#tries } as const
    if (signal?.aborted === true) return { ...facts, outcome: deferred('ours', '4.3.2', 'the server is stopping') }
    if (destination.isDirect && this.#tries.length > 0 && !this.#hasConnected)
      this.#needs.watch.unreached(destination.provider)
    const temporary = this.#refused.filter(({ outcome }) => outcome.kind === 'deferred')
    // One that is dead for now may take it later, whatever the others say.
    if (this.#dead !== undefined && temporary.length === 0)
      return { ...facts, outcome: suspended(this.#dead), isOfHop: this.#refused.length === 0 }
    const last = (temporary.length > 0 ? temporary : this.#refused).at(-1)
    if (last === undefined) return { ...facts, outcome: deferred('ours', '4.3.5', 'no host was tried') }
    const isOfHop = this.#refused.every(({ outcome, isOwn }) => outcome.kind === 'deferred' && !isOwn)
    return { ...facts, outcome: last.outcome, isOfHop }
  }

  #connection(session: PeerSession, { deadKey }: Door, poolKey: string): Connection {
    const { clock, dead } = this.#needs
    return new Connection({ session, clock, dead, deadKey, poolKey, mostMails: this.#asked.messagesPerConnection })
  }

  #poolKey({ name, port, implicitTls, credentials, minimumTls }: DestinationHost, { demand }: TlsWanted): string {
    const tls = demand.kind === 'opportunistic' || demand.kind === 'none' ? demand.kind : JSON.stringify(demand, octets)
    const { source } = this.#asked
    return [source.key, source.helloName, name, port, implicitTls, credentials?.user ?? '', minimumTls, tls].join(' ')
  }
}

/** Families in turn, so that a dead one costs no more than a moment (RFC 8305 4). */
export function inTurn(addresses: readonly string[]): readonly string[] {
  const six = addresses.filter(address => address.includes(':'))
  const four = addresses.filter(address => !address.includes(':'))
  const mixed: string[] = []
  for (let at = 0; at < Math.max(six.length, four.length); at += 1)
    mixed.push(...[six[at], four[at]].filter(address => address !== undefined))
  return mixed
}

/** What a destination says that is not tried. */
export function suspended({ until, reply, status }: Dead): RefusedOutcome {
  const at = new Date(until).toISOString().slice(0, 19)
  return {
    ...deferred('network', status, `not tried before ${at}Z, for the last try found: ${reply}`),
    notBefore: until,
  }
}

function plain({ at, tookMs, host, address, tls, transcript }: Try): Try {
  return { at, tookMs, host, address, tls, transcript }
}

function dialerThatFailed({ error }: Failed<Candidate>): Dialer {
  return { dial: () => Promise.reject(error) }
}

/** Hands out the connection that stands; a second one, as after a handshake that failed, is a new one. */
function dialerThatDialed(channel: ClientChannel, dialer: Dialer): Dialer {
  let isTaken = false
  return {
    dial: async to => {
      if (isTaken) return await dialer.dial(to)
      isTaken = true
      if (to.signal?.aborted !== true) return channel
      channel.destroy()
      throw new DialError('aborted', 'nobody wants it any more')
    },
  }
}

function octets(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
}
