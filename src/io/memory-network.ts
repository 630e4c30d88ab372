// A network in memory for tests and the simulator: a Dialer whose hosts are functions over the server's end of a channel, so that our own
// sessions can answer, and scripted peers. Nothing waits by a timer but what the clock is asked for: time limits, and a host's `delayMs`.

import type { Channel, Endpoint } from './channel.ts'
import type { Clock } from './clock.ts'
import { type ClientChannel, DialError, type Dialer, type DialTarget } from './dialer.ts'
import { MemoryLink, type MemoryTls } from './memory-link.ts'

export interface MemoryHost {
  /** Answers one connection. What it throws goes to `faults` of the network; its end ends the connection. */
  readonly serve: (channel: Channel) => Promise<void> | void
  /** What it shows in a handshake; undefined: it takes no part in any. */
  readonly tls?: MemoryTls | undefined
  /** Under TLS from the start: the client has to call `secure` before it reads. */
  readonly implicitTls?: boolean
  /** Before a connection stands. */
  readonly delayMs?: number
}

/** Who answers at an address: a host, or why nobody does. `silent`: not a word until the time is up. */
export type MemoryPlace = MemoryHost | 'refused' | 'silent' | 'unreachable'

export interface MemoryNetwork extends Dialer {
  /** From now on; connections that are open stay. */
  set(address: string, port: number, place: MemoryPlace): void
  /** Where nothing was set; `refused` unless told. */
  otherwise: MemoryPlace
  /** This machine's addresses: who comes from another is refused with `no-such-source`. Undefined: any. */
  sources: ReadonlySet<string> | undefined
  /** Every dial so far, in order. */
  readonly dials: readonly DialTarget[]
  /** Connections that stand, seen from our end. */
  readonly open: number
  /** All connections break, as when a cable is pulled or the process dies. */
  cut(): void
  /** What hosts threw: a test looks that there is nothing. */
  readonly faults: readonly unknown[]
}

export function memoryNetwork(clock: Clock): MemoryNetwork {
  return new Network(clock)
}

/** The address that the system chooses. */
const defaultSource = '192.0.2.200'

class Network implements MemoryNetwork {
  readonly #clock: Clock
  readonly #places = new Map<string, MemoryPlace>()
  readonly #links = new Set<MemoryLink>()
  readonly dials: DialTarget[] = []
  readonly faults: unknown[] = []
  otherwise: MemoryPlace = 'refused'
  sources: ReadonlySet<string> | undefined
  #opened = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get open(): number {
    return this.#links.size
  }

  set(address: string, port: number, place: MemoryPlace): void {
    this.#places.set(`${address} ${port}`, place)
  }

  async dial(to: DialTarget): Promise<ClientChannel> {
    this.dials.push(to)
    const { address, port, localAddress, signal } = to
    if (signal?.aborted === true) throw aborted()
    if (localAddress !== undefined && this.sources?.has(localAddress) === false)
      throw new DialError('no-such-source', 'EADDRNOTAVAIL')
    const place = this.#places.get(`${address} ${port}`) ?? this.otherwise
    if (place === 'refused') throw new DialError('refused', 'ECONNREFUSED')
    if (place === 'unreachable') throw new DialError('unreachable', 'EHOSTUNREACH')
    await this.#wait(to, place === 'silent' ? Number.POSITIVE_INFINITY : (place.delayMs ?? 0))
    if (place === 'silent') throw new Error('a silent host cannot answer')
    return this.#connect(to, place)
  }

  cut(): void {
    for (const link of [...this.#links]) link.cut()
  }

  async #wait({ timeoutMs, signal }: DialTarget, delayMs: number): Promise<void> {
    if (delayMs === 0) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const stopped = () => reject(aborted())
    signal?.addEventListener('abort', stopped)
    using _timer =
      delayMs < timeoutMs
        ? this.#clock.after(delayMs, resolve)
        : this.#clock.after(timeoutMs, () => reject(new DialError('timeout', 'no answer')))
    await promise.finally(() => signal?.removeEventListener('abort', stopped))
  }

  #connect({ address, port, localAddress }: DialTarget, host: MemoryHost): ClientChannel {
    this.#opened += 1
    const client: Endpoint = { address: localAddress ?? defaultSource, port: 40_000 + (this.#opened % 20_000) }
    const link = new MemoryLink({
      id: `memory-${this.#opened}`,
      client,
      server: { address, port },
      clock: this.#clock,
      tls: host.tls,
      implicitTls: host.implicitTls === true,
      over: () => void this.#links.delete(link),
    })
    this.#links.add(link)
    void this.#serve(link.server, host)
    return link.client
  }

  async #serve(channel: Channel, host: MemoryHost): Promise<void> {
    try {
      if (host.implicitTls === true) await channel.startTls()
      await host.serve(channel)
    } catch (error) {
      this.faults.push(error)
    } finally {
      await channel.close()
    }
  }
}

function aborted(): DialError {
  return new DialError('aborted', 'nobody wants it any more')
}
