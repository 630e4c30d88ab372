// A Channel over a socket, with TLS taken up inside it, from either end. The server must accept with `socketServerOptions`.
// What a session does not read is held back by TCP; what a peer does not take holds the session's flush.

import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { ChannelBindingType } from '#wire/sasl/mechanism.ts'
import { type Channel, ChannelError, type Endpoint, type PeerCertificate, type TlsDetails } from './channel.ts'
import { channelBindingOf } from './channel-binding.ts'
import { type ClientContexts, takeClientPart } from './client-handshake.ts'
import { type Clock, systemClock } from './clock.ts'
import { Deadline } from './deadline.ts'
import type { ClientChannel, SecureOptions, TlsPeer } from './dialer.ts'
import { limits as defaultLimits } from './limits.ts'
import { peerCertificateOf } from './peer-certificate.ts'
import { takeServerPart } from './server-handshake.ts'
import type { ServerTls } from './server-tls.ts'
import { whenAllAreRead, whenAllIsDone } from './side-by-side.ts'
import { WriteQueue } from './write-queue.ts'

export type ChannelLimits = { readonly [name in keyof typeof defaultLimits]: number }

export interface SocketChannelOptions {
  readonly id: string
  /** Where certificates come from; without it `startTls` cannot work. */
  readonly tls?: ServerTls | undefined
  /** Who a proxy says is at the other end, and what that peer connected to. Default: what the socket says. */
  readonly remote?: Endpoint | undefined
  readonly local?: Endpoint | undefined
  readonly clock?: Clock
  readonly limits?: ChannelLimits
}

/**
 * How a net.Server must accept sockets for `socketChannel`: half open, so that replies still reach a client that has
 * ended its side; paused, so that nothing is read before the accept limits; one piece in Node's own buffer, since ours is counted.
 */
export const socketServerOptions = {
  allowHalfOpen: true,
  pauseOnConnect: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 120_000,
  highWaterMark: 1,
} as const

/** A channel over an accepted socket. For implicit TLS call `startTls` at once, before any read. */
export function socketChannel(socket: Socket, options: SocketChannelOptions): Channel {
  return new SocketChannel(socket, options)
}

export interface ClientSocketChannelOptions {
  readonly id: string
  readonly contexts: ClientContexts
  readonly clock: Clock
  readonly limits?: ChannelLimits
}

/** A channel over a socket that we connected, with `socketServerOptions` too. For implicit TLS call `secure` at once, before any read. */
export function clientSocketChannel(socket: Socket, options: ClientSocketChannelOptions): ClientChannel {
  return new SocketChannel(socket, options)
}

const settled = Promise.resolve()
const nothing = () => {}

class SocketChannel implements Channel, ClientChannel {
  readonly id: string
  readonly remote: Endpoint
  readonly local: Endpoint
  readonly #serverTls: ServerTls | undefined
  readonly #clientContexts: ClientContexts | undefined
  readonly #clock: Clock
  readonly #limits: ChannelLimits
  readonly #readDeadline: Deadline
  readonly #queue: WriteQueue
  #socket: Socket
  #tls: TlsDetails | undefined
  #unread: Uint8Array[] = []
  #unreadBytes = 0
  #isSending = false
  #reading = false
  #paused = false
  #ended = false
  #failure: ChannelError | undefined
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined
  #drained: PromiseWithResolvers<void> | undefined
  #closed: Promise<void> | undefined

  constructor(socket: Socket, options: SocketChannelOptions & { readonly contexts?: ClientContexts }) {
    this.id = options.id
    this.remote = endpoint(options.remote?.address ?? socket.remoteAddress, options.remote?.port ?? socket.remotePort)
    this.local = endpoint(options.local?.address ?? socket.localAddress, options.local?.port ?? socket.localPort)
    this.#serverTls = options.tls
    this.#clientContexts = options.contexts
    this.#clock = options.clock ?? systemClock
    this.#limits = options.limits ?? defaultLimits
    this.#readDeadline = new Deadline(this.#clock, this.#timedOut)
    this.#queue = new WriteQueue(this.#limits)
    this.#socket = socket
    this.#attach(socket)
  }

  get tls(): TlsDetails | undefined {
    return this.#tls
  }

  get peerCertificate(): PeerCertificate | undefined {
    const socket = this.#securedSocket
    return socket && peerCertificateOf(socket)
  }

  channelBinding(type: ChannelBindingType): Uint8Array | undefined {
    const socket = this.#securedSocket
    return socket && channelBindingOf(socket, type)
  }

  get #securedSocket(): TLSSocket | undefined {
    return this.#tls !== undefined && this.#socket instanceof TLSSocket ? this.#socket : undefined
  }

  get canStartTls(): boolean {
    return this.#serverTls !== undefined && this.#tls === undefined
  }

  read(timeoutMs: number): Promise<Uint8Array | undefined> {
    if (this.#reader !== undefined) return Promise.reject(new Error('a read is already waiting on this channel'))
    const drained = this.#failure === undefined ? this.#sendSoon() : undefined
    return drained === undefined ? this.#next(timeoutMs) : drained.then(() => this.#next(timeoutMs))
  }

  write(bytes: Uint8Array | string): void {
    this.#queue.add(bytes)
    if (this.#queue.sizeBytes >= this.#limits.queuedBytes) this.#send()
  }

  flush(): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return this.#sendSoon() ?? settled
  }

  async startTls(): Promise<void> {
    const serverTls = this.#serverTls
    if (serverTls === undefined || this.#tls !== undefined) throw new Error('startTls on a channel that cannot')
    const plain = await this.#plainSocket()
    const { clock, timeoutMs } = { clock: this.#clock, timeoutMs: this.#limits.handshakeTimeoutMs }
    const handshake = takeServerPart(plain, { serverTls, clock, timeoutMs })
    this.#tls = await this.#secured(handshake)
  }

  async secure(options: SecureOptions): Promise<TlsPeer> {
    const contexts = this.#clientContexts
    if (contexts === undefined || this.#tls !== undefined) throw new Error('secure on a channel that cannot')
    const plain = await this.#plainSocket()
    const peer = await this.#secured(takeClientPart(plain, { contexts, options, clock: this.#clock }))
    this.#tls = peer.details
    return peer
  }

  get hasInput(): boolean {
    return this.#unread.length > 0 || this.#ended || this.#failure !== undefined
  }

  /** Without its listeners, ready for a handshake. */
  async #plainSocket(): Promise<Socket> {
    await this.#allSent()
    const plain = this.#socket
    // RFC 3207 5: what came in the clear must not be taken for what came under TLS. Before the first read
    // (implicit TLS) bytes in the socket are the handshake's own.
    if (this.#unread.length > 0 || (this.#reading && plain.readableLength > 0)) {
      throw new ChannelError('unread-bytes', 'the peer sent bytes before the handshake')
    }
    if (this.#ended) throw new ChannelError('broken', 'the peer ended before the handshake')
    this.#detach(plain)
    return plain
  }

  async #secured<T>(handshake: { readonly socket: TLSSocket; readonly done: Promise<T> }): Promise<T> {
    this.#socket = handshake.socket
    this.#attach(handshake.socket)
    try {
      return await handshake.done
    } catch (error) {
      this.#fail(error as ChannelError) // all that it rejects with
      this.destroy()
      throw error
    }
  }

  close(): Promise<void> {
    this.#closed ??= this.#end()
    return this.#closed
  }

  destroy(): void {
    this.#fail(new ChannelError('broken', 'the connection was ended'))
    this.#socket.destroy()
  }

  #next(timeoutMs: number): Promise<Uint8Array | undefined> {
    const piece = this.#unread.shift()
    if (piece !== undefined) {
      this.#unreadBytes -= piece.length
      if (this.#paused && this.#unreadBytes < this.#limits.unreadBytes) this.#resume()
      return Promise.resolve(piece)
    }
    if (this.#ended) return Promise.resolve(undefined)
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    this.#readDeadline.set(timeoutMs)
    const reader = Promise.withResolvers<Uint8Array | undefined>()
    this.#reader = reader
    if (!this.#reading || this.#paused) this.#resume()
    return reader.promise
  }

  #resume(): void {
    this.#reading = true
    this.#paused = false
    this.#socket.resume()
  }

  /** Undefined: what is written leaves within this turn. Else the peer has so much to take that it has to be waited for. */
  #sendSoon(): Promise<void> | undefined {
    const { unsentBytes } = this.#limits
    if (this.#queue.sizeBytes > 0 && !this.#isSending) {
      this.#isSending = true
      whenAllIsDone(this.#sendAll)
    }
    if (this.#socket.writableLength + this.#queue.sizeBytes <= unsentBytes) return undefined
    this.#send()
    return this.#socket.writableLength > unsentBytes ? this.#drain() : undefined
  }

  readonly #sendAll = (): void => {
    this.#isSending = false
    this.#send()
  }

  #send(): void {
    if (this.#queue.sizeBytes > 0) this.#queue.sendTo(this.#socket)
  }

  #drain(): Promise<void> {
    if (this.#drained !== undefined) return this.#drained.promise
    const { flushTimeoutMs, slowestPeerBytesPerSecond } = this.#limits
    const limitMs = flushTimeoutMs + (this.#socket.writableLength / slowestPeerBytesPerSecond) * 1000
    const drained = Promise.withResolvers<void>()
    this.#drained = drained
    const timer = this.#clock.after(limitMs, () =>
      drained.reject(new ChannelError('timeout', 'the peer takes nothing')),
    )
    const over = () => {
      this.#drained = undefined
      timer[Symbol.dispose]()
    }
    drained.promise.then(over, over)
    return drained.promise
  }

  /** Settles when the system has everything that was written: the handshake's bytes must come after. */
  async #allSent(): Promise<void> {
    await this.flush()
    this.#send()
    if (this.#socket.writableLength > 0) await this.#drain()
  }

  async #end(): Promise<void> {
    this.#readDeadline.stop()
    if (this.#failure === undefined) await this.#endAndLinger(this.#socket)
    this.destroy()
  }

  #endAndLinger(socket: Socket): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    let timer = this.#clock.after(this.#limits.closeTimeoutMs, resolve)
    this.#send()
    this.#unread = []
    this.#settleReader(undefined)
    socket.once('close', resolve)
    socket.end(() => {
      timer[Symbol.dispose]()
      timer = this.#clock.after(this.#limits.lingerMs, resolve)
    })
    this.#resume() // what still comes is let go, so that it can't turn our end into a reset
    return promise.finally(() => timer[Symbol.dispose]())
  }

  #attach(socket: Socket): void {
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('drain', this.#onDrain)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
    if (!this.#reading) socket.pause() // a data listener alone sets it flowing
  }

  #detach(socket: Socket): void {
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('drain', this.#onDrain)
    socket.off('error', this.#onError)
    socket.off('close', this.#onClose)
    socket.on('error', nothing) // the TLS socket tells it
  }

  readonly #onData = (piece: Uint8Array): void => {
    if (this.#closed !== undefined) return
    if (this.#reader !== undefined) {
      this.#settleReader(piece)
      return
    }
    this.#unread.push(piece)
    this.#unreadBytes += piece.length
    if (this.#unread.length > this.#limits.unreadPieces) this.#unread = [Buffer.concat(this.#unread)]
    if (this.#unreadBytes < this.#limits.unreadBytes) return
    this.#paused = true
    this.#socket.pause()
  }

  readonly #onEnd = (): void => {
    this.#ended = true
    this.#settleReader(undefined)
  }

  readonly #onDrain = (): void => this.#drained?.resolve()

  readonly #onError = (error: Error & { code?: string }): void => {
    const code = error.code ?? error.message
    this.#fail(new ChannelError(code.startsWith('ERR_SSL') ? 'tls' : 'broken', `the connection broke: ${code}`))
  }

  readonly #onClose = (): void => {
    this.#fail(new ChannelError('broken', 'the connection is closed'))
  }

  readonly #timedOut = (): void => {
    const reader = this.#reader
    this.#reader = undefined
    reader?.reject(new ChannelError('timeout', 'the peer sent nothing for too long'))
  }

  #settleReader(piece: Uint8Array | undefined): void {
    const reader = this.#reader
    if (reader === undefined) return
    this.#reader = undefined
    this.#readDeadline.clear()
    whenAllAreRead(() => reader.resolve(piece))
  }

  #fail(failure: ChannelError): void {
    if (this.#failure !== undefined) return
    this.#failure = failure
    this.#readDeadline.stop()
    this.#queue.clear()
    const reader = this.#reader
    this.#reader = undefined
    // A session in IDLE may have left its read behind: nobody hears these then.
    reader?.promise.catch(nothing)
    reader?.reject(failure)
    this.#drained?.promise.catch(nothing)
    this.#drained?.reject(failure)
  }
}

/** IPv4 addresses that came over an IPv6 socket are written as IPv4 everywhere. */
function endpoint(address = 'unix', port = 0): Endpoint {
  const isMapped = /^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(address)
  return { address: isMapped ? address.slice(7) : address, port }
}
