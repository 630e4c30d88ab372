// Accepts connections on one address and port: asks the throttle, makes a Channel, runs a session on it, ends it.
// Knows no protocol: that comes as a function that runs a session, and one that words a refusal.

import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { type Channel, ChannelError } from '#io/channel.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { ServerTls } from '#io/server-tls.ts'
import { type ChannelLimits, socketChannel, socketServerOptions } from '#io/socket-channel.ts'
import type { Connections } from '#throttle/connections.ts'
import { limits as defaultLimits } from './limits.ts'
import { refusalText } from './refusal-text.ts'
import type { RunSession } from './session.ts'
import { SparingLog } from './sparing-log.ts'

export type ListenerLimits = { readonly [name in keyof typeof defaultLimits]: number }

export interface ListenerOptions {
  /** As in `imap`, `submission`: stands in the log, and begins the ids of its channels; unique in the process. */
  readonly name: string
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly tls: 'implicit' | 'starttls' | 'none'
  /** Needed unless `tls` is `none`. */
  readonly contexts: ServerTls | undefined
  readonly run: RunSession
  /** The protocol's own greeting that refuses, from a reason in plain words: `421 4.7.0 reason\r\n`, `* BYE reason\r\n`. */
  readonly refuse: (reason: string) => string
  readonly throttle: Connections
  readonly log: Log
  readonly clock: Clock
  readonly limits?: ListenerLimits
  readonly channelLimits?: ChannelLimits
}

export interface Listener {
  readonly name: string
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
  const server = createServer(socketServerOptions)
  const listener = new SocketListener(server, options)
  server.listen({ host: options.host, port: options.port, backlog: listener.limits.backlog })
  try {
    await once(server, 'listening')
  } catch (cause) {
    throw new Error(`${options.name}: ${listenProblem(cause, options)}`, { cause })
  }
  listener.accept()
  return listener
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
    this.#bound = this.#server.address() as AddressInfo // never text: the server was bound to a port
    this.#server.on('connection', this.#connected)
    // Out of file descriptors (EMFILE, ENFILE): Node closes what it can't take and goes on by itself.
    this.#server.on('error', error =>
      this.#sparingLog.warn('listener.accept-failed', { listener: this.name, error: error.message }),
    )
  }

  drain(deadlineMs: number): Promise<void> {
    this.#drained ??= this.#drain(deadlineMs)
    return this.#drained
  }

  readonly #connected = (socket: Socket): void => {
    const { remoteAddress } = socket
    if (remoteAddress === undefined || this.#drained !== undefined) {
      socket.destroy() // gone already, or too late
      return
    }
    const verdict = this.#options.throttle.admit(remoteAddress)
    if (verdict.kind === 'admitted') {
      this.#start(socket, verdict.held)
      return
    }
    this.#sparingLog.warn('connection.refused', { listener: this.name, remote: remoteAddress, reason: verdict.kind })
    if (this.#refusals.size < this.limits.refusalsAtOnce) void this.#refuse(socket, refusalText(verdict))
    else socket.on('error', () => {}).resetAndDestroy()
  }

  #start(socket: Socket, held: Disposable): void {
    const channel = this.#channelOver(socket)
    const drain = new AbortController()
    const session: Session = { channel, drain, done: this.#run(channel, drain.signal) }
    this.#sessions.add(session)
    const over = () => {
      held[Symbol.dispose]()
      this.#sessions.delete(session)
    }
    void session.done.then(over)
  }

  /** Never rejects. */
  async #run(channel: Channel, drain: AbortSignal): Promise<void> {
    const { log, tls, run } = this.#options
    log.debug('connection.opened', { channel: channel.id, remote: channel.remote.address, port: channel.remote.port })
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
  async #refuse(socket: Socket, reason: string): Promise<void> {
    const { clock, tls, refuse } = this.#options
    const channel = this.#channelOver(socket)
    this.#refusals.add(channel)
    using _limit = clock.after(this.limits.refusalMs, () => channel.destroy())
    try {
      if (tls === 'implicit') await channel.startTls()
      channel.write(refuse(reason))
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

  #channelOver(socket: Socket): Channel {
    const { name, contexts, tls, clock, channelLimits } = this.#options
    this.#accepted++
    const serverTls = tls === 'none' ? undefined : contexts
    const id = `${name}-${this.#accepted.toString(36)}`
    return socketChannel(socket, { id, tls: serverTls, clock, ...(channelLimits && { limits: channelLimits }) })
  }

  async #drain(deadlineMs: number): Promise<void> {
    const closed = new Promise<void>(resolve => this.#server.close(() => resolve()))
    for (const channel of this.#refusals) channel.destroy()
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

function listenProblem(cause: unknown, { host, port }: ListenerOptions): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return `another program listens on ${host} port ${port}; stop it, or give this listener another port`
    case 'EACCES':
      return `port ${port} may be used by root only; start as root, or give the right (setcap cap_net_bind_service), or take a port from 1024`
    case 'EADDRNOTAVAIL':
      return `${host} is no address of this machine`
    default:
      return `can't listen on ${host} port ${port}: ${cause instanceof Error ? cause.message : String(cause)}`
  }
}
