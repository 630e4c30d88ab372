// Accepts connections on one port or unix socket: takes a proxy's header, asks the throttle, makes a Channel, runs a session on it, ends it.
// Knows no protocol: that comes as a function that runs a session, and one that words a refusal.

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Channel, ChannelError, type Endpoint } from '#io/channel.ts'
import type { Clock } from '#io/clock.ts'
import type { Log, LogFields } from '#io/log.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { type ChannelLimits, socketChannel, socketServerOptions } from '#io/socket-channel.ts'
import type { ConnectionRefusal, Connections } from '#throttle/connections.ts'
import type { IsTrusted } from '#throttle/trusted.ts'
import { awaitProxyHeader } from './await-proxy-header.ts'
import { bind, type Place } from './bind.ts'
import { limits as defaultLimits } from './limits.ts'
import type { RunSession } from './session.ts'
import { SparingLog } from './sparing-log.ts'

export type ListenerLimits = { readonly [name in keyof typeof defaultLimits]: number }

export interface ListenerOptions {
  /** As in `imap`, `submission`: stands in the log, and begins the ids of its channels; unique in the process. */
  readonly name: string
  readonly place: Place
  /** The proxies: what comes from there begins with a PROXY header or is dropped; what comes from elsewhere is a client. */
  readonly proxyFrom?: IsTrusted | undefined
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** Needed unless `tls` is `none`. */
  readonly contexts: ServerTls | undefined
  readonly run: RunSession
  /** How long a connection is silent before the system asks whether its peer is still there: ten times, a second apart. */
  readonly keepAliveMs?: number | undefined
  /** The protocol's own greeting that refuses: `421 4.7.0 reason\r\n`, `* BYE reason\r\n`. */
  readonly refuse: (refusal: ConnectionRefusal) => string
  readonly throttle: Connections
  readonly log: Log
  readonly clock: Clock
  readonly limits?: ListenerLimits
  readonly channelLimits?: ChannelLimits
}

export interface Listener {
  readonly name: string
  /** An IP address, or the path of a unix socket, whose port is 0. */
  readonly address: string
  readonly port: number
  readonly tls: ListenerOptions['tls']
  /** Sessions that run now. */
  readonly sessions: number
  /**
   * Stops accepting, tells every session to end, waits for them, and destroys after `deadlineMs` what is left.
   * Settles at most half a second after that.
   */
  drain(deadlineMs: number): Promise<void>
}

/** Binds and accepts. Rejects with an Error that says what to do if the address can't be had. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  if (options.tls !== 'none' && options.contexts === undefined)
    throw new Error(`${options.name}: TLS without a certificate`)
  const { keepAliveMs: keepAliveInitialDelay = socketServerOptions.keepAliveInitialDelay } = options
  const server = createServer({ ...socketServerOptions, keepAliveInitialDelay })
  const listener = new SocketListener(server, options)
  try {
    await bind(server, options.place, listener.limits.backlog)
  } catch (cause) {
    throw new Error(`${options.name}: ${cause instanceof Error ? cause.message : cause}`, { cause })
  }
  listener.accept()
  return listener
}

/** Who is at the other end: what the socket says, or what a proxy says of it. */
interface Peer {
  readonly remote: Endpoint
  /** What the peer connected to, if that is not this listener. */
  readonly local?: Endpoint
  /** The proxy's address. */
  readonly proxy?: string
}

interface Session {
  readonly channel: Channel
  readonly drain: AbortController
  readonly done: Promise<void>
}

class SocketListener implements Listener {
  readonly limits: ListenerLimits
  readonly #server: Server
  readonly #options: ListenerOptions
  readonly #sparingLog: SparingLog
  readonly #sessions = new Set<Session>()
  readonly #refusals = new Set<Channel>()
  /** Those whose PROXY header is awaited. */
  readonly #unknown = new Set<Socket>()
  #bound: Pick<AddressInfo, 'address' | 'port'> = { address: '', port: 0 }
  #accepted = 0
  #drained: Promise<void> | undefined

  constructor(server: Server, options: ListenerOptions) {
    const { log, clock } = options
    this.limits = options.limits ?? defaultLimits
    this.#server = server
    this.#options = options
    this.#sparingLog = new SparingLog({ log, clock, everyMs: this.limits.sameEventEveryMs })
  }

  get name(): string {
    return this.#options.name
  }

  get tls(): ListenerOptions['tls'] {
    return this.#options.tls
  }

  get address(): string {
    return this.#bound.address
  }

  get port(): number {
    return this.#bound.port
  }

  get sessions(): number {
    return this.#sessions.size
  }

  accept(): void {
    const bound = this.#server.address() as AddressInfo | string // not null: it is bound
    this.#bound = typeof bound === 'string' ? { address: bound, port: 0 } : bound
    this.#server.on('connection', this.#connected)
    // Out of file descriptors, which the limit in all should not let happen, the system's loop drops what waits and goes on.
    this.#server.on('error', error =>
      this.#sparingLog.warn('listener.accept-failed', { listener: this.name, error: error.message }),
    )
  }

  drain(deadlineMs: number): Promise<void> {
    this.#drained ??= this.#drain(deadlineMs)
    return this.#drained
  }

  readonly #connected = (socket: Socket): void => {
    const address = 'path' in this.#options.place ? unixAddress : socket.remoteAddress
    if (address === undefined || this.#drained !== undefined) {
      socket.destroy() // gone already, or too late
      return
    }
    if (this.#options.proxyFrom?.(address)) void this.#meet(socket, address)
    else this.#admit(socket, { remote: { address, port: socket.remotePort ?? 0 } })
  }

  /** Learns from the proxy at `address` for whom it speaks. While that takes, the connection counts among all. Never rejects. */
  async #meet(socket: Socket, address: string): Promise<void> {
    const { clock, throttle } = this.#options
    const { proxyHeaderMs, proxyHeadersAtOnce } = this.limits
    const place = throttle.admit(undefined)
    if (place.kind !== 'admitted' || this.#unknown.size >= proxyHeadersAtOnce) {
      if (place.kind === 'admitted') place.held[Symbol.dispose]()
      this.#drop(socket, 'connection.refused', { remote: address, reason: 'too-many-in-all' })
      return
    }
    this.#unknown.add(socket)
    const header = await awaitProxyHeader(socket, { clock, limitMs: proxyHeaderMs })
    this.#unknown.delete(socket)
    place.held[Symbol.dispose]()
    if (header.kind === 'left' || this.#drained !== undefined) socket.destroy()
    else if (header.kind === 'malformed')
      this.#drop(socket, 'proxy-header.refused', { remote: address, reason: header.reason })
    else if (header.kind === 'local') this.#admit(socket, { remote: { address, port: socket.remotePort ?? 0 } })
    else
      this.#admit(socket, {
        remote: { address: header.source, port: header.sourcePort },
        local: { address: header.destination, port: header.destinationPort },
        proxy: address,
      })
  }

  #admit(socket: Socket, peer: Peer): void {
    const { address } = peer.remote
    const verdict = this.#options.throttle.admit(address === unixAddress ? undefined : address)
    if (verdict.kind === 'admitted') {
      this.#start(socket, peer, verdict.held)
      return
    }
    const fields = { remote: address, proxy: peer.proxy, reason: verdict.kind }
    if (this.#refusals.size >= this.limits.refusalsAtOnce) {
      this.#drop(socket, 'connection.refused', fields)
      return
    }
    this.#warn('connection.refused', fields)
    void this.#refuse(socket, peer, verdict)
  }

  #drop(socket: Socket, event: string, fields: LogFields): void {
    this.#warn(event, fields)
    socket.on('error', () => {})
    if ('path' in this.#options.place) socket.destroy()
    else socket.resetAndDestroy()
  }

  #warn(event: string, fields: LogFields): void {
    this.#sparingLog.warn(event, { listener: this.name, ...fields })
  }

  #start(socket: Socket, peer: Peer, held: Disposable): void {
    const channel = this.#channelOver(socket, peer)
    const drain = new AbortController()
    const session: Session = { channel, drain, done: this.#run(channel, peer, drain.signal) }
    this.#sessions.add(session)
    const over = () => {
      held[Symbol.dispose]()
      this.#sessions.delete(session)
    }
    void session.done.then(over)
  }

  /** Never rejects. */
  async #run(channel: Channel, { remote, proxy }: Peer, drain: AbortSignal): Promise<void> {
    const { log, tls, run } = this.#options
    log.debug('connection.opened', { channel: channel.id, remote: channel.remote.address, port: remote.port, proxy })
    try {
      if (tls === 'implicit') await channel.startTls()
      await run(channel, drain)
      await channel.close()
    } catch (error) {
      if (error instanceof ChannelError) {
        log.debug('connection.broke', { channel: channel.id, reason: error.reason, error: error.message })
      } else this.#tellFault(channel, error)
    }
    channel.destroy()
    log.debug('connection.closed', { channel: channel.id })
  }

  /** Under implicit TLS the handshake comes first: in the clear no client would understand it. Never rejects. */
  async #refuse(socket: Socket, peer: Peer, refusal: ConnectionRefusal): Promise<void> {
    const { clock, tls, refuse } = this.#options
    const channel = this.#channelOver(socket, peer)
    this.#refusals.add(channel)
    using _limit = clock.after(this.limits.refusalMs, () => channel.destroy())
    try {
      if (tls === 'implicit') await channel.startTls()
      channel.write(refuse(refusal))
      await channel.close()
    } catch (error) {
      if (!(error instanceof ChannelError)) this.#tellFault(channel, error)
    } finally {
      channel.destroy()
      this.#refusals.delete(channel)
    }
  }

  #tellFault(channel: Channel, fault: unknown): void {
    const error = fault instanceof Error ? (fault.stack ?? fault.message) : String(fault)
    this.#options.log.error('session.fault', { channel: channel.id, remote: channel.remote.address, error })
  }

  #channelOver(socket: Socket, { remote, local }: Peer): Channel {
    const { name, contexts, tls, clock, channelLimits } = this.#options
    this.#accepted++
    const serverTls = tls === 'none' ? undefined : contexts
    const id = `${name}-${this.#accepted.toString(36)}`
    const given = { id, remote, local, tls: serverTls, clock }
    return socketChannel(socket, { ...given, ...(channelLimits && { limits: channelLimits }) })
  }

  async #drain(deadlineMs: number): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const channel of this.#refusals) channel.destroy()
    for (const socket of this.#unknown) socket.destroy()
    for (const session of this.#sessions) session.drain.abort()
    await this.#within(deadlineMs, this.#allDone())
    for (const session of this.#sessions) session.channel.destroy()
    await this.#within(
      this.limits.settleMs,
      this.#allDone().then(() => closed),
    )
    const { log } = this.#options
    if (this.#sessions.size > 0)
      log.error('listener.sessions-left', { listener: this.name, sessions: this.#sessions.size })
  }

  async #allDone(): Promise<void> {
    await Promise.all([...this.#sessions].map(session => session.done))
  }

  async #within(limitMs: number, work: Promise<void>): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>()
    using _timer = this.#options.clock.after(limitMs, resolve)
    await Promise.race([late, work])
  }
}

/** Stands for an address where there is none: who comes over a unix socket is held back only by the limit in all. */
const unixAddress = 'unix'
