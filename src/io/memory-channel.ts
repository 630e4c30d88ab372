// A Channel without a socket, and the peer that a transcript drives it by. Nothing here waits by a timer:
// `receive` settles when the session waits for input, so a test never sleeps.

import type { ChannelBindingType } from '#wire/sasl/mechanism.ts'
import { type Channel, ChannelError, type Endpoint, type PeerCertificate, type TlsDetails } from './channel.ts'
import type { Clock } from './clock.ts'

export interface MemoryChannelOptions {
  readonly id?: string
  readonly remote?: Endpoint
  readonly local?: Endpoint
  /** `startTls` succeeds and sets `tls`. */
  readonly tls?: boolean
  /** The channel is under TLS from its start. */
  readonly implicitTls?: boolean
  /** What the client shows in the handshake. */
  readonly peerCertificate?: PeerCertificate
  /** What `channelBinding` gives under TLS; nothing unless set. */
  readonly bindings?: { readonly [type in ChannelBindingType]?: Uint8Array }
  /** Read time limits run on it; without one a read never times out. */
  readonly clock?: Clock
}

/** The client's end. Text is latin1 both ways: one character for each octet. */
export interface MemoryPeer {
  /** Sends octets; a string must hold no character above U+00FF (send bytes then). Lost once the server has closed. */
  send(text: string | Uint8Array): void
  /** What came since the last take, once the server waits in `read` with nothing unread, or has closed. At once if it waits already. */
  receive(): Promise<string>
  /**
   * What came since the last take, once `wanted` holds for it (a number: once so many lines, ended by LF, are there).
   * For what a session says unasked, as in IDLE. Rejects if the server closes before.
   */
  receiveUntil(wanted: number | ((text: string) => boolean)): Promise<string>
  /** What came since the last take, now. */
  take(): string
  /** Ends the client's side: the server's read settles with undefined after what was sent. */
  end(): void
  /** The connection breaks: reads and flushes of the server reject with `broken`. */
  reset(): void
  /** The server has closed or destroyed its side. */
  readonly closed: boolean
}

export interface MemoryChannelPair {
  readonly server: Channel
  readonly client: MemoryPeer
}

/** A server's channel and its client in one process. */
export function memoryChannelPair(options: MemoryChannelOptions = {}): MemoryChannelPair {
  const line = new Line()
  return { server: new MemoryChannel(line, options), client: new Peer(line) }
}

const memoryTls: TlsDetails = { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', servername: undefined }

/** The two directions and who waits for them. */
class Line {
  readonly toServer: Uint8Array[] = []
  readonly toClient: Uint8Array[] = []
  clientEnded = false
  broken = false
  closed = false
  reader: PromiseWithResolvers<Uint8Array | undefined> | undefined
  readonly #watchers = new Set<() => void>()

  /** Gives a waiting read what there is for it, then tells those who watch. */
  changed(): void {
    this.#answerReader()
    for (const watcher of [...this.#watchers]) watcher()
  }

  get serverWaits(): boolean {
    return this.reader !== undefined
  }

  /** Settles with the result of `look`, as soon as that is not undefined; rejects with what it throws. */
  watch(look: () => string | undefined): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const watcher = () => {
      try {
        const found = look()
        if (found === undefined) return
        resolve(found)
      } catch (error) {
        reject(error)
      }
      this.#watchers.delete(watcher)
    }
    this.#watchers.add(watcher)
    watcher()
    return promise
  }

  #answerReader(): void {
    const reader = this.reader
    if (reader === undefined) return
    const bytes = this.toServer.shift()
    if (bytes === undefined && !this.clientEnded && !this.closed && !this.broken) return
    this.reader = undefined
    if (bytes === undefined && this.broken) reader.reject(brokenChannel())
    else reader.resolve(bytes)
  }
}

class MemoryChannel implements Channel {
  readonly id: string
  readonly remote: Endpoint
  readonly local: Endpoint
  readonly #line: Line
  readonly #clock: Clock | undefined
  readonly #hasCertificate: boolean
  readonly #peerCertificate: PeerCertificate | undefined
  readonly #bindings: MemoryChannelOptions['bindings']
  #tls: TlsDetails | undefined
  #queued: Uint8Array[] = []

  constructor(line: Line, options: MemoryChannelOptions) {
    this.id = options.id ?? 'memory'
    this.remote = options.remote ?? { address: '192.0.2.1', port: 40_000 }
    this.local = options.local ?? { address: '127.0.0.1', port: 25 }
    this.#line = line
    this.#clock = options.clock
    this.#hasCertificate = options.tls === true
    this.#peerCertificate = options.peerCertificate
    this.#bindings = options.bindings
    this.#tls = options.implicitTls === true ? memoryTls : undefined
  }

  get tls(): TlsDetails | undefined {
    return this.#tls
  }

  get peerCertificate(): PeerCertificate | undefined {
    return this.#tls && this.#peerCertificate
  }

  channelBinding(type: ChannelBindingType): Uint8Array | undefined {
    return this.#tls && this.#bindings?.[type]
  }

  get canStartTls(): boolean {
    return this.#hasCertificate && this.#tls === undefined
  }

  async read(timeoutMs: number): Promise<Uint8Array | undefined> {
    if (this.#line.reader !== undefined) throw new Error('a read is already waiting on this channel')
    await this.flush()
    const reader = Promise.withResolvers<Uint8Array | undefined>()
    this.#line.reader = reader
    using _timer = this.#clock?.after(timeoutMs, () => {
      if (this.#line.reader !== reader) return
      this.#line.reader = undefined
      reader.reject(new ChannelError('timeout', `nothing came for ${timeoutMs} ms`))
    })
    this.#line.changed()
    return await reader.promise
  }

  write(bytes: Uint8Array | string): void {
    this.#queued.push(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes)
  }

  async flush(): Promise<void> {
    if (this.#line.broken || this.#line.closed) throw brokenChannel()
    this.#send()
  }

  async startTls(): Promise<void> {
    if (!this.canStartTls) throw new Error('startTls on a channel that cannot')
    await this.flush()
    if (this.#line.toServer.length > 0)
      throw new ChannelError('unread-bytes', 'the peer sent bytes before the handshake')
    if (this.#line.clientEnded) throw brokenChannel()
    this.#tls = memoryTls
  }

  async close(): Promise<void> {
    if (this.#line.closed) return
    this.#send()
    this.#end()
  }

  destroy(): void {
    if (this.#line.closed) return
    this.#line.reader?.promise.catch(() => {}) // the session may have left this read behind
    this.#line.broken = true
    this.#line.toServer.length = 0
    this.#end()
  }

  #send(): void {
    if (this.#queued.length === 0) return
    this.#line.toClient.push(...this.#queued)
    this.#queued = []
    this.#line.changed()
  }

  #end(): void {
    this.#queued = []
    this.#line.closed = true
    this.#line.changed()
  }
}

class Peer implements MemoryPeer {
  readonly #line: Line

  constructor(line: Line) {
    this.#line = line
  }

  get closed(): boolean {
    return this.#line.closed
  }

  send(text: string | Uint8Array): void {
    if (text.length === 0 || this.#line.closed) return
    if (this.#line.clientEnded) throw new Error('send after end')
    this.#line.toServer.push(typeof text === 'string' ? latin1Bytes(text) : text)
    this.#line.changed()
  }

  receive(): Promise<string> {
    const line = this.#line
    return line.watch(() => (line.serverWaits || line.closed ? this.take() : undefined))
  }

  receiveUntil(wanted: number | ((text: string) => boolean)): Promise<string> {
    const holds = typeof wanted === 'number' ? (text: string) => text.split('\n').length > wanted : wanted
    return this.#line.watch(() => {
      if (holds(this.#peek())) return this.take()
      if (this.closed) throw new Error(`closed before that came; there was ${JSON.stringify(this.#peek())}`)
      return undefined
    })
  }

  take(): string {
    const text = this.#peek()
    this.#line.toClient.length = 0
    return text
  }

  end(): void {
    this.#line.clientEnded = true
    this.#line.changed()
  }

  reset(): void {
    this.#line.broken = true
    this.#line.toServer.length = 0
    this.#line.changed()
  }

  #peek(): string {
    const { toClient } = this.#line
    const whole = Buffer.concat(toClient)
    if (toClient.length > 1) toClient.splice(0, toClient.length, whole)
    return whole.toString('latin1')
  }
}

function brokenChannel(): ChannelError {
  return new ChannelError('broken', 'the connection is gone')
}

function latin1Bytes(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'latin1')
  if (bytes.toString('latin1') !== text) throw new Error('send: a character above U+00FF; send bytes instead')
  return bytes
}
