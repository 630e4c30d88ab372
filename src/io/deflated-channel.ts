// A Channel inside another one, its octets compressed both ways as raw deflate (RFC 1951): COMPRESS=DEFLATE of RFC 4978.
// What is written leaves with a flush of the compressor at each `flush`. What comes is inflated as it is read and no further, so that
// a piece which stands for a thousand times as much costs no memory, and time only in turns with the other sessions.

import { constants, createDeflateRaw, createInflateRaw, type DeflateRaw, type InflateRaw } from 'node:zlib'
import { type Channel, ChannelError } from './channel.ts'
import { limits } from './limits.ts'

export interface CompressedChannel extends Channel, Disposable {
  /**
   * Ends the compression, so that the channel below it can go on in the clear: finishes the stream that is written, behind all that was
   * written. Gives what reads on behind the stream that came, whose last octets may be still on their way; undefined where more came in
   * the stream, or octets that are none of it. No read may be under way. `inner` stays open.
   */
  end(): Promise<Pick<Channel, 'read'> | undefined>
}

/** `inner` must have no read under way. Dispose of it at the end: `inner` stays open then. */
export function deflatedChannel(inner: Channel): CompressedChannel {
  return new DeflatedChannel(inner)
}

class DeflatedChannel implements CompressedChannel {
  readonly #inner: Channel
  readonly #inflater: Inflater
  readonly #deflate: DeflateRaw
  #queued: Uint8Array[] = []
  #compressing: Promise<void> = Promise.resolve()
  #disposed = false

  constructor(inner: Channel) {
    this.#inner = inner
    this.#inflater = new Inflater(timeoutMs => inner.read(timeoutMs))
    this.#deflate = createDeflateRaw({
      level: limits.deflateLevel,
      windowBits: limits.deflateWindowBits,
      memLevel: limits.deflateMemoryLevel,
    })
    this.#deflate.on('data', (bytes: Uint8Array) => inner.write(bytes))
    this.#deflate.on('error', () => inner.destroy())
  }

  get id() {
    return this.#inner.id
  }

  get remote() {
    return this.#inner.remote
  }

  get local() {
    return this.#inner.local
  }

  get tls() {
    return this.#inner.tls
  }

  get peerCertificate() {
    return this.#inner.peerCertificate
  }

  channelBinding(type: Parameters<Channel['channelBinding']>[0]) {
    return this.#inner.channelBinding(type)
  }

  /** A handshake could only come below the compression. */
  get canStartTls() {
    return false
  }

  async read(timeoutMs: number): Promise<Uint8Array | undefined> {
    await this.flush()
    return await this.#inflater.read(timeoutMs)
  }

  write(bytes: Uint8Array | string): void {
    if (bytes.length > 0) this.#queued.push(typeof bytes === 'string' ? Buffer.from(bytes, 'utf8') : bytes)
  }

  async flush(): Promise<void> {
    this.#compressing = this.#compressing.then(() => this.#compress())
    await this.#compressing
    await this.#inner.flush()
  }

  async end(): Promise<Pick<Channel, 'read'> | undefined> {
    await this.flush()
    const deflate = this.#deflate
    if (!this.#disposed) {
      const { promise, resolve } = Promise.withResolvers<void>()
      deflate.once('end', resolve).once('close', resolve)
      deflate.end()
      await promise
    }
    await this.#inner.flush()
    this.#disposed = true
    deflate.destroy()
    const rest = await this.#inflater.rest()
    return rest && { read: timeoutMs => this.#readBehind(rest, timeoutMs) }
  }

  startTls(): Promise<void> {
    return Promise.reject(new Error('startTls on a channel that cannot'))
  }

  async close(): Promise<void> {
    await this.flush().catch(() => {}) // the peer may be gone already
    await this.#inner.close()
    this[Symbol.dispose]()
  }

  destroy(): void {
    this.#inner.destroy()
    this[Symbol.dispose]()
  }

  [Symbol.dispose](): void {
    this.#disposed = true
    this.#deflate.destroy()
    this.#inflater[Symbol.dispose]()
  }

  /** `rest` came with the end of the stream, and goes first. */
  async #readBehind(rest: Uint8Array[], timeoutMs: number): Promise<Uint8Array | undefined> {
    for (;;) {
      const bytes = rest.shift() ?? (await this.#inner.read(timeoutMs))
      const clear = bytes && (await this.#inflater.behind(bytes))
      if (clear === undefined || clear.length > 0) return clear
    }
  }

  async #compress(): Promise<void> {
    if (this.#disposed || this.#queued.length === 0) return
    const deflate = this.#deflate
    for (const bytes of this.#queued) deflate.write(bytes)
    this.#queued = []
    const { promise, resolve } = Promise.withResolvers<void>()
    deflate.once('close', resolve)
    deflate.flush(constants.Z_SYNC_FLUSH, resolve)
    await promise
    deflate.off('close', resolve)
    // What the stream still holds back goes to its 'data' listener.
    while (deflate.readableLength > 0 && deflate.read() !== null);
  }
}

/** A block that holds nothing begins with one of these (RFC 1951 3.2.3), no command does. */
const highestBlockStart = 5

/** The octets that come, inflated as they are asked for. */
class Inflater implements Disposable {
  readonly #read: Channel['read']
  readonly #inflate: InflateRaw
  /** A piece is not wholly inflated yet. */
  #busy = false
  /** The last piece that came, and how many octets came before it. */
  #piece: Uint8Array = new Uint8Array(0)
  #before = 0
  /** The last four octets that came. */
  #tail: Uint8Array = new Uint8Array(0)
  /** Octets of the end of the stream that came behind `rest`. */
  #endBytes = 0
  #ended = false
  #failure: ChannelError | undefined
  #wake: (() => void) | undefined

  constructor(read: Channel['read']) {
    this.#read = read
    this.#inflate = createInflateRaw({ flush: constants.Z_SYNC_FLUSH, chunkSize: limits.inflatedBytes })
    this.#inflate.on('readable', () => this.#wake?.())
    this.#inflate.on('end', () => this.#end())
    this.#inflate.on('close', () => this.#end())
    this.#inflate.on('error', () => {
      this.#failure ??= new ChannelError('broken', 'what came is not compressed as it should be')
      this.#wake?.()
    })
  }

  async read(timeoutMs: number): Promise<Uint8Array | undefined> {
    for (;;) {
      const inflated: Uint8Array | null = this.#ended ? null : this.#inflate.read()
      if (inflated !== null) return inflated
      if (this.#failure !== undefined) throw this.#failure
      if (this.#ended) return undefined
      if (this.#busy) await this.#change()
      else if ((await this.#isOver()) || !(await this.#feed(timeoutMs))) return undefined
    }
  }

  /** Without a read: what came behind the end of the stream; undefined if there is more in the stream, or it is broken. */
  async rest(): Promise<Uint8Array[] | undefined> {
    if (!(await this.#isSilent())) return undefined
    return this.#ended ? [this.#piece.subarray(this.#taken)] : []
  }

  /**
   * Behind `rest`: what of `bytes` stands behind the stream, octet by octet, as that may end anywhere in them. Throws if the stream goes on
   * with more than its end.
   */
  async behind(bytes: Uint8Array): Promise<Uint8Array> {
    for (let at = 0; at < bytes.length; at += 1) {
      const octet = bytes.subarray(at, at + 1)
      if (!this.#ended && this.#isFlushed && (octet[0] ?? 0) > highestBlockStart) this[Symbol.dispose]()
      if (this.#ended) return bytes.subarray(at)
      this.#give(octet)
      this.#endBytes += 1
      if (!(await this.#isSilent()) || this.#endBytes > limits.deflateEndBytes)
        throw this.#failure ?? new ChannelError('broken', 'what came behind the end is compressed')
      // zlib tells the end of a stream with the next octet, which it leaves.
      if (this.#ended) return bytes.subarray(at + this.#taken)
    }
    return bytes.subarray(bytes.length)
  }

  /** Octets of the last piece that belong to the stream. */
  get #taken(): number {
    return this.#inflate.bytesWritten - this.#before
  }

  /** Whether nothing comes out of what was given; all of it is inflated then. */
  async #isSilent(): Promise<boolean> {
    while (!this.#ended) {
      if (this.#inflate.read() !== null || this.#failure !== undefined) return false
      if (this.#busy) await this.#change()
      else if (!(await this.#isOver())) break
    }
    return this.#failure === undefined
  }

  /** What came ends with a flush: where the client did not end its stream, it speaks in the clear from here on. */
  get #isFlushed(): boolean {
    return this.#tail.length === 4 && this.#tail.every((octet, at) => octet === (at < 2 ? 0 : 0xff))
  }

  [Symbol.dispose](): void {
    this.#ended = true
    this.#inflate.destroy()
  }

  /** Whether the peer has ended the compressed stream: 'end' comes right behind the read that finds nothing more. */
  async #isOver(): Promise<boolean> {
    await new Promise<void>(resolve => process.nextTick(resolve))
    return this.#ended
  }

  /** False at the peer's end. */
  async #feed(timeoutMs: number): Promise<boolean> {
    const bytes = await this.#read(timeoutMs)
    if (bytes === undefined) return false
    this.#give(bytes)
    return true
  }

  #give(bytes: Uint8Array): void {
    this.#busy = true
    this.#before += this.#piece.length
    this.#piece = bytes
    this.#tail = Buffer.concat([this.#tail, bytes.subarray(-4)]).subarray(-4)
    this.#inflate.write(bytes, () => {
      this.#busy = false
      this.#wake?.()
    })
  }

  #change(): Promise<void> {
    return new Promise(resolve => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }

  #end(): void {
    this.#ended = true
    this.#wake?.()
  }
}
