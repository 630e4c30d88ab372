// The way to other hosts: which hop a recipient goes by, when it is tried again, and a courier for a hop as soon as its pace allows one.
// Satisfies the queue's Carriage.

import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import type { Log } from '#io/log.ts'
import type { Database } from '#io/sql/database.ts'
import type { Connection } from './connection.ts'
import { answering, type Courier, PeerCourier } from './courier.ts'
import { DeadHosts } from './dead-hosts.ts'
import { defaultPool, defaultSchedule, otherPace } from './default-settings.ts'
import { type Destination, Destinations, noSuchRoute } from './destination.ts'
import { Gates } from './gates.ts'
import { limits } from './limits.ts'
import { Lookups } from './lookups.ts'
import { deferred } from './outcomes.ts'
import type { PaceState } from './pace.ts'
import { Pool } from './pool.ts'
import { PortWatch } from './port-watch.ts'
import { deadKeyOf, type ReachNeeds } from './reach.ts'
import { type Hop, type Route, type Routed, Routes } from './routes.ts'
import type { Credentials, PeerNeeds } from './session.ts'
import type { PaceSettings, Schedule, SendSettings } from './settings.ts'
import { type Source, SourceAddresses, sourceOf } from './sources.ts'
import type { NoTargets, Targets } from './targets.ts'
import type { TlsPolicy } from './tls-policy.ts'
import { WarmUp, type WarmUpState } from './warm-up.ts'

export interface Carriage extends AsyncDisposable {
  /** By the configuration alone: asks nobody, and is asked again before each try. */
  route(asked: Routed): Route
  schedule(hop: string): Schedule
  /** Settles when the pace of this hop allows one more, which may take long. Rejects when `signal` fires. */
  courier(hop: string, signal: AbortSignal): Promise<Courier>
  /** An operator wants a real try: whoever comes next for this hop goes by nothing that is remembered of its hosts. */
  lookAgain(hop: string): void
  /** What would become of a message now, for whoever asks: nothing is sent. */
  explain(asked: Routed): Promise<Explained>
}

export interface CarriageNeeds {
  readonly settings: SendSettings
  /** The name of this host: EHLO's where a source has none. */
  readonly hostname: string
  readonly peers: PeerNeeds
  readonly database: Database
  readonly dns: Pick<Dns, 'addresses' | 'pointers' | 'forget'>
  targetsOf(domain: string, port: number): Promise<Targets | NoTargets>
  readonly tlsPolicy: Pick<TlsPolicy, 'of'>
  /** Hears of each connection to a host of the world, for the daily reports. */
  readonly noteTls: ReachNeeds['noteTls']
  /** This machine's IPv6 address in the world, if it has one. */
  readonly ownIpv6?: string | undefined
  /** Of smarthosts, by the names of their routes. */
  readonly credentials: ReadonlyMap<string, Credentials>
  readonly clock: Clock
  readonly log: Log
}

export interface Explained {
  readonly route: Route
  /** Undefined: it is held, or by a route that is gone. */
  readonly destination: Destination | NoTargets | undefined
  readonly sources: readonly ExplainedSource[]
  readonly schedule: Schedule | undefined
}

export interface ExplainedSource {
  readonly source: Source
  readonly pace: PaceState | undefined
  readonly warmUp: WarmUpState | undefined
}

/** Reads what the database keeps of warm-ups; the table is brought up to date first. */
export async function openCarriage(needs: CarriageNeeds): Promise<Carriage> {
  const { database, clock, log, settings } = needs
  const warmUp = await WarmUp.open({ database, clock, log, perDay: settings.warmUpPerDay })
  return new OutboundCarriage(needs, warmUp)
}

class OutboundCarriage implements Carriage {
  readonly #needs: CarriageNeeds
  readonly #warmUp: WarmUp
  readonly #watch: PortWatch
  readonly #routes: Routes
  readonly #destinations: Destinations
  readonly #gates: Gates
  readonly #pool: Pool<Connection>
  readonly #reach: ReachNeeds
  readonly #lookups = new Lookups(limits.lookupsAtOnce)
  readonly #pools: ReadonlyMap<string, readonly Source[]>
  readonly #lookAgain = new Set<string>()

  constructor(needs: CarriageNeeds, warmUp: WarmUp) {
    const { settings, clock, log, dns, hostname, peers, tlsPolicy } = needs
    this.#needs = needs
    this.#warmUp = warmUp
    this.#watch = new PortWatch({ clock, log })
    this.#routes = new Routes(settings, () => this.#watch.isBlocked)
    this.#destinations = new Destinations({ ...needs, tlsRules: settings.tls })
    this.#gates = new Gates({
      clock,
      connections: settings.connections,
      usedUpUntil: (source, provider) => (source.warmUp ? warmUp.usedUpUntil(source.key, provider) : 0),
    })
    this.#pool = new Pool({ clock, idleMs: settings.idleMs })
    this.#reach = {
      peers,
      clock,
      tlsPolicy,
      sources: new SourceAddresses({ dns, clock, ownIpv6: needs.ownIpv6 }),
      pool: this.#pool,
      dead: new DeadHosts(clock),
      watch: this.#watch,
      noteTls: needs.noteTls,
    }
    const pools = Object.entries(settings.sources).map(
      ([name, sources]) => [name, sources.map(source => sourceOf(source, hostname))] as const,
    )
    this.#pools = new Map([[defaultPool, [anySource(hostname)]], ...pools])
  }

  route(asked: Routed): Route {
    return this.#routes.route(asked)
  }

  schedule(hop: string): Schedule {
    return this.#routes.hop(hop)?.route.schedule ?? defaultSchedule
  }

  async courier(text: string, signal: AbortSignal): Promise<Courier> {
    signal.throwIfAborted()
    const hop = this.#routes.hop(text)
    if (hop === undefined) return answering(noSuchRoute(text))
    let isNew = this.#isNew(text)
    if (isNew) this.#destinations.forget(hop)
    const destination = await this.#lookups.run(() => this.#destinations.of(hop), signal)
    signal.throwIfAborted()
    if (destination.kind === 'no') return answering(destination.outcome)
    const pace = this.#paceOf(destination)
    const { provider } = destination
    const sources = this.#sourcesOf(hop)
    const granted = await this.#gates.pass({ pool: hop.route.sources, provider, sources, pace, hop: text }, signal)
    if (granted.kind === 'used-up') return answering(warmingUp(provider, granted.until))
    // Or it was said meanwhile.
    isNew = this.#isNew(text) || isNew
    if (isNew) this.#forgetDead(destination, sources)
    const { connectMs, busyConnectMs } = this.#needs.settings
    const { source } = granted
    return new PeerCourier({
      ...this.#reach,
      permit: granted,
      destination,
      pace,
      connectMs,
      busyConnectMs,
      signal,
      sent: () => {
        if (source.warmUp) this.#warmUp.sent(source.key, provider)
      },
    })
  }

  lookAgain(hop: string): void {
    this.#lookAgain.add(hop)
    const [oldest] = this.#lookAgain
    if (oldest !== undefined && this.#lookAgain.size > limits.lookedAgain) this.#lookAgain.delete(oldest)
  }

  /** Once for each time that somebody wanted it. */
  #isNew(hop: string): boolean {
    return this.#lookAgain.delete(hop)
  }

  #forgetDead({ hosts }: Destination, sources: readonly Source[]): void {
    for (const { addresses, port } of hosts)
      for (const address of addresses)
        for (const source of sources) this.#reach.dead.forget(deadKeyOf(source, address, port))
  }

  async explain(asked: Routed): Promise<Explained> {
    const route = this.route(asked)
    const hop = route.kind === 'hop' ? this.#routes.hop(route.hop) : undefined
    if (hop === undefined) return { route, destination: undefined, sources: [], schedule: undefined }
    const destination = await this.#destinations.of(hop)
    const { schedule } = hop.route
    if (destination.kind === 'no') return { route, destination, sources: [], schedule }
    const { provider } = destination
    const paces = this.#gates.paces(provider)
    const sources = this.#sourcesOf(hop).map(source => ({
      source,
      pace: paces.find(one => one.source === source.key)?.pace.state,
      warmUp: source.warmUp ? this.#warmUp.state(source.key, provider) : undefined,
    }))
    return { route, destination, sources, schedule }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool[Symbol.asyncDispose]()
    await this.#warmUp[Symbol.asyncDispose]()
  }

  #sourcesOf({ route }: Hop): readonly Source[] {
    return this.#pools.get(route.sources) ?? [anySource(this.#needs.hostname)]
  }

  #paceOf({ paceName }: Destination): PaceSettings {
    const { pace } = this.#needs.settings
    return pace[paceName] ?? pace['other'] ?? otherPace
  }
}

function anySource(hostname: string): Source {
  return sourceOf({ ipv4: undefined, ipv6: undefined, helloName: undefined, warmUp: false }, hostname)
}

function warmingUp(provider: string, until: number) {
  const reply = `our addresses are new to ${provider}, and have brought it what they may in this hour`
  return { ...deferred('ours', '4.3.2', reply), notBefore: until }
}
