// The client's side of an SMTP connection, line by line: what is said, what is answered, and the transcript of both. Whatever ends it before its
// time comes as PeerGone.

import { ChannelError } from '#io/channel.ts'
import type { Clock } from '#io/clock.ts'
import type { ClientChannel, SecureOptions, TlsPeer } from '#io/dialer.ts'
import { type PeerReply, ReplyError, ReplyReceiver } from '#wire/smtp/reply-receiver.ts'
import type { Transcript } from './transcript.ts'

/** The connection is of no more use. Not a fault of ours. */
export class PeerGone extends Error {
  readonly reason: 'closed' | 'broken' | 'timeout' | 'garbled' | 'tls'

  constructor(reason: PeerGone['reason'], message: string) {
    super(message)
    this.name = 'PeerGone'
    this.reason = reason
  }
}

export class Conversation {
  readonly channel: ClientChannel
  /** Of the try that is under way. */
  transcript: Transcript
  readonly #clock: Clock
  #receiver = new ReplyReceiver()
  /** A 421 came: the peer ends the connection (RFC 5321 3.8). */
  #isEnding = false
  /** Of a message, not noted yet. */
  #contentBytes = 0
  #gone: PeerGone | undefined

  constructor(channel: ClientChannel, clock: Clock, transcript: Transcript) {
    this.channel = channel
    this.transcript = transcript
    this.#clock = clock
  }

  get isEnding(): boolean {
    return this.#isEnding || this.#gone !== undefined
  }

  /** Whether the peer has said something that nobody asked for, or ended. */
  get hasInput(): boolean {
    return this.#receiver.hasMore || this.channel.hasInput
  }

  /** One or more commands with their CRLF; they leave when an answer is waited for. */
  say(lines: string): void {
    this.#noteContent()
    this.transcript.say(lines)
    this.channel.write(lines)
  }

  /** A command with a secret in it, and what the transcript has in its place. */
  sayHidden(line: string, shown: string): void {
    this.transcript.say(shown)
    this.channel.write(line)
  }

  /** What goes before a message, as part of it. */
  fields(text: string, bytes: number): void {
    this.#contentBytes += bytes
    this.channel.write(text)
  }

  /** Octets of a message, of which the transcript has the number. The array must not be changed afterwards. */
  content(octets: Uint8Array): void {
    this.#contentBytes += octets.length
    this.channel.write(octets)
  }

  /** The message's end, with its final dot. */
  contentEnd(octets: Uint8Array): void {
    this.content(octets)
    this.#noteContent()
  }

  #noteContent(): void {
    if (this.#contentBytes === 0) return
    this.transcript.noteOctets(this.#contentBytes)
    this.#contentBytes = 0
  }

  /** Nothing more is said over it. */
  leave(): void {
    this.#isEnding = true
  }

  /** Settles at once while the peer keeps up. Rejects with PeerGone. */
  async room(): Promise<void> {
    try {
      await this.channel.flush()
    } catch (error) {
      throw this.#goneBy(error)
    }
  }

  /** The next reply, if it is here already. */
  heard(): PeerReply | undefined {
    const reply = this.#receiver.next()
    if (reply === undefined) return undefined
    this.#noteContent()
    this.transcript.hear(reply)
    if (reply.code === 421) this.#isEnding = true
    return reply
  }

  /** The next reply, whole within `timeoutMs`. Rejects with PeerGone. */
  async answer(timeoutMs: number): Promise<PeerReply> {
    const first = this.heard()
    if (first !== undefined) return first
    const dueMs = this.#clock.monotonicMs() + timeoutMs
    for (;;) {
      await this.#read(dueMs - this.#clock.monotonicMs())
      const reply = this.heard()
      if (reply !== undefined) return reply
    }
  }

  /** What the peer said before it was gone, if that was a whole reply. */
  async lastWords(): Promise<PeerReply | undefined> {
    const reply = this.heard()
    if (reply !== undefined || !this.channel.hasInput) return reply
    try {
      const bytes = await this.channel.read(1)
      if (bytes !== undefined) this.#receiver.push(bytes)
    } catch {
      return undefined // it is gone, which is known
    }
    return this.heard()
  }

  /** Takes up TLS: what was heard before is forgotten (RFC 3207 4.2). Rejects with PeerGone. */
  async secure(options: SecureOptions): Promise<TlsPeer> {
    // RFC 3207 5: replies behind the one to STARTTLS were put there by somebody between us.
    if (this.#receiver.hasMore) throw new PeerGone('tls', 'the peer sent octets before the handshake')
    try {
      const peer = await this.channel.secure(options)
      this.#receiver = new ReplyReceiver()
      return peer
    } catch (error) {
      if (error instanceof ChannelError && (error.reason === 'tls' || error.reason === 'unread-bytes'))
        throw new PeerGone('tls', error.message)
      throw this.#goneBy(error)
    }
  }

  /** The connection is of no use for what is to be said. */
  lost(message: string): PeerGone {
    return this.#isGone('broken', message)
  }

  /** The peer cannot be understood any more. */
  garbled(message: string): PeerGone {
    this.#gone = new PeerGone('garbled', message)
    this.transcript.fail(message)
    this.channel.destroy()
    return this.#gone
  }

  async #read(timeoutMs: number): Promise<void> {
    try {
      if (timeoutMs <= 0) throw new ChannelError('timeout', 'the reply took too long')
      const bytes = await this.channel.read(timeoutMs)
      if (bytes === undefined) throw this.#isGone('closed', 'the peer closed the connection')
      this.#receiver.push(bytes)
    } catch (error) {
      if (error instanceof ReplyError) {
        // What came whole before it may be taken still.
        if (this.#receiver.hasReply) return
        throw this.garbled(error.message)
      }
      throw error instanceof PeerGone ? error : this.#goneBy(error)
    }
  }

  #goneBy(error: unknown): PeerGone {
    if (!(error instanceof ChannelError)) throw error
    const reason = error.reason === 'timeout' ? 'timeout' : 'broken'
    return this.#isGone(reason, error.message)
  }

  #isGone(reason: PeerGone['reason'], message: string): PeerGone {
    this.transcript.hearBroken(this.#receiver.unfinished)
    this.transcript.fail(message)
    this.#gone = new PeerGone(reason, message)
    this.channel.destroy()
    return this.#gone
  }
}
