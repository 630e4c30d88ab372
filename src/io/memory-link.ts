// One connection of the network in memory: two ends, each a channel, and what is on its way between them.

import { type Channel, ChannelError, type Endpoint, type TlsDetails } from './channel.ts'
import type { Clock } from './clock.ts'
import { Deadline } from './deadline.ts'
import type { ClientChannel, SecureOptions, TlsPeer } from './dialer.ts'

/** What a host shows in a handshake, as facts. */
export interface MemoryTls {
  /** DNS names of its certificate. */
  readonly names: readonly string[]
  /** Undefined: a trusted authority vouches for it. */
  readonly distrust?: string | undefined
  /** DER; one octet for each certificate is enough where nobody looks inside. */
  readonly chain?: readonly Uint8Array[]
  readonly version?: 'TLSv1' | 'TLSv1.2' | 'TLSv1.3'
  /** The handshake fails on both ends; in words. */
  readonly failure?: string | undefined
}

export interface MemoryLinkOptions {
  readonly id: string
  readonly client: Endpoint
  readonly server: Endpoint
  readonly clock: Clock
  readonly tls: MemoryTls | undefined
  readonly implicitTls: boolean
  /** Called once, when neither end needs it any more. */
  readonly over: () => void
}

const cipher = 'TLS_AES_256_GCM_SHA384'
const versions = ['TLSv1', 'TLSv1.2', 'TLSv1.3']

export class MemoryLink {
  readonly client: ClientChannel
  readonly server: Channel
  readonly #options: MemoryLinkOptions
  readonly #ends: readonly [End, End]
  #isOver = false
  /** What each end of the handshake waits for. */
  readonly #clientHello = Promise.withResolvers<SecureOptions>()
  readonly #serverHello = Promise.withResolvers<void>()

  constructor(options: MemoryLinkOptions) {
    this.#options = options
    const client = new ClientEnd(this, { id: options.id, local: options.client, remote: options.server })
    const server = new ServerEnd(this, { id: options.id, local: options.server, remote: options.client })
    client.join(server, options.clock)
    server.join(client, options.clock)
    this.client = client
    this.server = server
    this.#ends = [client, server]
    this.#clientHello.promise.catch(nothing)
    this.#serverHello.promise.catch(nothing)
  }

  get hasTls(): boolean {
    return this.#options.tls !== undefined
  }

  get isImplicit(): boolean {
    return this.#options.implicitTls
  }

  cut(): void {
    for (const end of this.#ends) end.break(new ChannelError('broken', 'the connection broke'))
    this.changed()
  }

  /** An end has closed or broken. */
  changed(): void {
    const gone = new ChannelError('broken', 'the peer left during the TLS handshake')
    if (this.#ends.some(end => end.isClosed || end.isBroken)) {
      this.#clientHello.reject(gone)
      this.#serverHello.reject(gone)
    }
    if (this.#isOver || !(this.#ends.every(end => end.isClosed) || this.#ends[0].isBroken)) return
    this.#isOver = true
    this.#options.over()
  }

  /** The client's part; settles when the server takes up its own. */
  async shakeAsClient(options: SecureOptions): Promise<TlsPeer> {
    this.#clientHello.resolve(options)
    const late = Promise.withResolvers<never>()
    using _timer = this.#options.clock.after(options.timeoutMs, () =>
      late.reject(new ChannelError('timeout', 'the TLS handshake took too long')),
    )
    await Promise.race([this.#serverHello.promise, late.promise])
    return this.#outcome(options)
  }

  async shakeAsServer(): Promise<TlsDetails> {
    this.#serverHello.resolve()
    return this.#outcome(await this.#clientHello.promise).details
  }

  #outcome({ servername, minimumVersion }: SecureOptions): TlsPeer {
    const { tls } = this.#options
    const version = tls?.version ?? 'TLSv1.3'
    const isTooOld = versions.indexOf(version) < versions.indexOf(minimumVersion)
    const failure = tls === undefined ? 'wrong version number' : isTooOld ? 'unsupported protocol' : tls.failure
    if (failure !== undefined) throw new ChannelError('tls', `the TLS handshake failed: ${failure}`)
    return {
      details: { version, cipher, servername },
      chain: tls?.chain ?? [],
      names: tls?.names ?? [],
      distrust: tls?.distrust,
    }
  }
}

interface EndNames {
  readonly id: string
  readonly local: Endpoint
  readonly remote: Endpoint
}

/** What both ends do alike. */
class End {
  readonly id: string
  readonly local: Endpoint
  readonly remote: Endpoint
  readonly link: MemoryLink
  #tls: TlsDetails | undefined
  #other: End | undefined
  #deadline: Deadline | undefined
  #queued: Uint8Array[] = []
  #inbox: Uint8Array[] = []
  #reader: PromiseWithResolvers<Uint8Array | undefined> | undefined
  #failure: ChannelError | undefined
  #otherEnded = false
  isClosed = false

  constructor(link: MemoryLink, { id, local, remote }: EndNames) {
    this.link = link
    this.id = id
    this.local = local
    this.remote = remote
  }

  join(other: End, clock: Clock): void {
    this.#other = other
    this.#deadline = new Deadline(clock, () => {
      const reader = this.#reader
      this.#reader = undefined
      reader?.reject(new ChannelError('timeout', 'the peer sent nothing for too long'))
    })
  }

  get tls(): TlsDetails | undefined {
    return this.#tls
  }

  get isBroken(): boolean {
    return this.#failure !== undefined
  }

  get hasInput(): boolean {
    return this.#inbox.length > 0 || this.#otherEnded || this.#failure !== undefined
  }

  async read(timeoutMs: number): Promise<Uint8Array | undefined> {
    if (this.#reader !== undefined) throw new Error('a read is already waiting on this channel')
    this.#send()
    const bytes = this.#inbox.shift()
    if (bytes !== undefined) return bytes
    if (this.#failure !== undefined) throw this.#failure
    if (this.#otherEnded) return undefined
    this.#deadline?.set(timeoutMs)
    const reader = Promise.withResolvers<Uint8Array | undefined>()
    this.#reader = reader
    return await reader.promise
  }

  write(bytes: Uint8Array | string): void {
    if (bytes.length > 0) this.#queued.push(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes)
  }

  async flush(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    this.#send()
  }

  async close(): Promise<void> {
    if (this.isClosed) return
    this.#send()
    this.isClosed = true
    this.#other?.end()
    this.break(new ChannelError('broken', 'the connection is closed'))
    this.link.changed()
  }

  destroy(): void {
    if (this.isClosed) return
    this.isClosed = true
    this.break(new ChannelError('broken', 'the connection was ended'))
    this.#other?.break(new ChannelError('broken', 'the connection broke: ECONNRESET'))
    this.link.changed()
  }

  /** The other end has sent its last. */
  end(): void {
    this.#otherEnded = true
    this.#settle(undefined)
  }

  /** What came before can still be read. */
  break(failure: ChannelError): void {
    this.#failure ??= failure
    this.#queued = []
    this.#deadline?.stop()
    const reader = this.#reader
    this.#reader = undefined
    reader?.promise.catch(nothing)
    reader?.reject(this.#failure)
  }

  async secured<T extends TlsDetails | TlsPeer>(shake: () => Promise<T>): Promise<T> {
    await this.flush()
    if (this.#inbox.length > 0) throw new ChannelError('unread-bytes', 'the peer sent bytes before the handshake')
    try {
      const outcome = await shake()
      this.#tls = 'details' in outcome ? outcome.details : outcome
      return outcome
    } catch (error) {
      this.destroy()
      throw error
    }
  }

  #send(): void {
    const queued = this.#queued
    this.#queued = []
    if (queued.length > 0) this.#other?.take(Buffer.concat(queued))
  }

  take(bytes: Uint8Array): void {
    if (this.isClosed) return
    if (this.#reader === undefined) this.#inbox.push(bytes)
    else this.#settle(bytes)
  }

  #settle(bytes: Uint8Array | undefined): void {
    const reader = this.#reader
    if (reader === undefined) return
    this.#reader = undefined
    this.#deadline?.clear()
    reader.resolve(bytes)
  }
}

class ClientEnd extends End implements ClientChannel {
  secure(options: SecureOptions): Promise<TlsPeer> {
    return this.secured(() => this.link.shakeAsClient(options))
  }
}

class ServerEnd extends End implements Channel {
  readonly peerCertificate = undefined

  channelBinding(): undefined {
    return undefined
  }

  get canStartTls(): boolean {
    return this.link.hasTls && this.tls === undefined
  }

  async startTls(): Promise<void> {
    await this.secured(() => this.link.shakeAsServer())
  }
}

const nothing = () => {}
