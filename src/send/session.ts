// Opens a session with one host: `openPeer` connects, hears the greeting, takes up TLS as demanded, and logs in (RFC 5321 3.1, 3207 4, 4954).
// Who to connect to, and whether at all now, is decided above.

import type { Clock } from '#io/clock.ts'
import { type ClientChannel, DialError, type Dialer } from '#io/dialer.ts'
import type { RefusedOutcome } from '#mail/outcome.ts'
import { type Capabilities, noCapabilities, readCapabilities } from '#wire/smtp/capabilities.ts'
import { type PeerReply, replyLine } from '#wire/smtp/reply-receiver.ts'
import { Conversation, PeerGone } from './conversation.ts'
import { judgeBroken, judgeClear, judgeTls, type TlsJudgement } from './judge-tls.ts'
import { logIn } from './login.ts'
import { OpenSession } from './open-session.ts'
import { deferred, failed, refusedBy } from './outcomes.ts'
import type { PeerFailure, PeerNeeds, PeerPlan, PeerSession, PeerTls, TlsResult } from './peer.ts'
import { type PeerTimeouts, rfcTimeouts } from './timeouts.ts'
import { Transcript } from './transcript.ts'
import { Tried } from './tried.ts'

export type {
  Credentials,
  Delivery,
  PeerFailure,
  PeerNeeds,
  PeerPlan,
  PeerSession,
  PeerTls,
  TlsResult,
} from './peer.ts'

/** Settles also where nothing went well. Rejects on a fault of ours alone. When `signal` fires before a session stands: a failure at `connect`. */
export async function openPeer(
  needs: PeerNeeds,
  plan: PeerPlan,
  signal?: AbortSignal,
): Promise<PeerSession | PeerFailure> {
  return await new Opening(needs, plan, signal).run()
}

/** A step that did not lead on. */
class Refused extends Error {
  readonly at: PeerFailure['at']
  readonly outcome: RefusedOutcome

  constructor(at: PeerFailure['at'], outcome: RefusedOutcome) {
    super(outcome.reply)
    this.at = at
    this.outcome = outcome
  }
}

/** The handshake failed, and nobody insisted on TLS: once more, in the clear. */
class OnceMoreInTheClear extends Error {}

class Opening {
  readonly #dialer: Dialer
  readonly #clock: Clock
  readonly #needs: PeerNeeds
  readonly #plan: PeerPlan
  readonly #signal: AbortSignal | undefined
  readonly #timeouts: PeerTimeouts
  readonly #transcript = new Transcript(undefined, false)
  readonly #startedAt: number
  readonly #startedMs: number
  #stage: PeerFailure['at'] = 'connect'
  #channel: ClientChannel | undefined
  #tls: PeerTls | undefined
  #judgement: TlsJudgement | undefined

  constructor(needs: PeerNeeds, plan: PeerPlan, signal: AbortSignal | undefined) {
    this.#dialer = needs.dialer
    this.#clock = needs.clock
    this.#needs = needs
    this.#plan = plan
    this.#signal = signal
    this.#timeouts = { ...rfcTimeouts, ...needs.timeouts }
    this.#startedAt = needs.clock.now()
    this.#startedMs = needs.clock.monotonicMs()
  }

  async run(): Promise<PeerSession | PeerFailure> {
    const stop = () => this.#channel?.destroy()
    this.#signal?.addEventListener('abort', stop)
    try {
      return await this.#open()
    } catch (error) {
      const failure = this.#failureOf(error)
      this.#channel?.destroy()
      if (failure === undefined) throw error
      return failure
    } finally {
      this.#signal?.removeEventListener('abort', stop)
    }
  }

  async #open(): Promise<PeerSession> {
    try {
      return await this.#converse(true)
    } catch (error) {
      if (!(error instanceof OnceMoreInTheClear)) throw error
      this.#channel?.destroy()
      this.#transcript.begunAnew()
      return await this.#converse(false)
    }
  }

  async #converse(mayUseTls: boolean): Promise<PeerSession> {
    const { implicitTls, tls: demand, credentials } = this.#plan
    const conversation = new Conversation(await this.#dial(), this.#clock, this.#transcript)
    if (implicitTls) await this.#secure(conversation)
    await this.#hearGreeting(conversation)
    let capabilities = await this.#greet(conversation)
    if (!implicitTls && mayUseTls && demand.kind !== 'none' && (await this.#startTls(conversation, capabilities)))
      capabilities = await this.#greetUnderTls(conversation)
    if (credentials !== undefined) await this.#logIn(conversation, capabilities)
    return new OpenSession({
      plan: this.#plan,
      conversation,
      capabilities,
      clock: this.#clock,
      timeouts: this.#timeouts,
      tls: this.#tls,
      isLoggedIn: credentials !== undefined,
      tlsResult: this.#tlsResult(conversation.channel),
      opening: this.#tried(conversation.channel),
    })
  }

  async #dial(): Promise<ClientChannel> {
    const { address, port, localAddress, connectMs: timeoutMs } = this.#plan
    this.#stage = 'connect'
    this.#transcript.note(`Trying ${this.#where}...`)
    const channel = await this.#dialer.dial({ address, port, localAddress, timeoutMs, signal: this.#signal })
    this.#channel = channel
    if (this.#isStopped) throw new DialError('aborted', 'nobody wants it any more')
    this.#transcript.note(`Connected to ${this.#where} from ${channel.local.address}.`)
    return channel
  }

  get #where(): string {
    const { host, address, port } = this.#plan
    return host === address ? `${address}:${port}` : `${host} (${address}:${port})`
  }

  async #hearGreeting(conversation: Conversation): Promise<void> {
    this.#stage = 'greeting'
    const greeting = await conversation.answer(this.#timeouts.greetingMs)
    if (greeting.code !== 220) throw this.#refused(greeting)
  }

  /** EHLO, and HELO for who does not know it (RFC 5321 3.2). */
  async #greet(conversation: Conversation): Promise<Capabilities> {
    this.#stage = 'hello'
    const { helloName } = this.#plan
    const { helloMs } = this.#timeouts
    conversation.say(`EHLO ${helloName}\r\n`)
    const extended = await conversation.answer(helloMs)
    if (extended.code === 250) return readCapabilities(extended.lines)
    if (extended.code < 500 || conversation.isEnding) throw this.#refused(extended)
    conversation.say(`HELO ${helloName}\r\n`)
    const plain = await conversation.answer(helloMs)
    if (plain.code !== 250) throw this.#refused(plain)
    return noCapabilities
  }

  /** A peer that takes part in the handshake and is gone then has TLS that does not work, as one whose handshake fails. */
  async #greetUnderTls(conversation: Conversation): Promise<Capabilities> {
    try {
      return await this.#greet(conversation)
    } catch (error) {
      if (!isCutOff(error) || error.reason === 'timeout' || this.#isStopped) throw error
      this.#stage = 'tls'
      this.#fallBack(error.message, '4.7.5')
      throw new OnceMoreInTheClear()
    }
  }

  /** Whether the connection is under TLS now. */
  async #startTls(conversation: Conversation, { startTls }: Capabilities): Promise<boolean> {
    this.#stage = 'tls'
    const { tls: demand } = this.#plan
    if (startTls) {
      conversation.say('STARTTLS\r\n')
      const reply = await conversation.answer(this.#timeouts.startTlsMs)
      if (reply.code === 220) {
        await this.#secure(conversation)
        return true
      }
      if (conversation.isEnding) throw this.#refused(reply)
    }
    this.#judge(judgeClear(demand), '4.7.4')
    return false
  }

  async #secure(conversation: Conversation): Promise<void> {
    this.#stage = 'tls'
    const { minimumTls: minimumVersion, tls: demand } = this.#plan
    const servername = this.#servername
    try {
      const peer = await conversation.secure({ servername, minimumVersion, timeoutMs: this.#timeouts.handshakeMs })
      const { version, cipher } = peer.details
      const judgement = judgeTls(demand, peer, this.#clock.now())
      const verifiedBy = judgement.kind === 'passes' ? judgement.verifiedBy : undefined
      const text = `${version} ${cipher}${verifiedBy === undefined ? '' : `, verified by ${verifiedBy}`}`
      this.#tls = { details: peer.details, verifiedBy, text }
      this.#transcript.secured(`TLS started: ${text}`)
      this.#judge(judgement, '4.7.5')
    } catch (error) {
      if (!(error instanceof PeerGone) || this.#isStopped) throw error
      this.#transcript.fail(error.message)
      this.#fallBack(error.message, '4.7.5', isCutOff(error))
      if (this.#plan.implicitTls) throw error
      throw new OnceMoreInTheClear()
    }
  }

  /** RFC 7672 8.1: under DANE the name that has the records, which may be what the host's alias leads to. */
  get #servername(): string {
    const { host, tls } = this.#plan
    return tls.kind === 'dane' ? (tls.names[0] ?? host) : host
  }

  /** TLS did not come about: throws where it was demanded. */
  #fallBack(words: string, status: string, mayPass = true): void {
    this.#tls = undefined
    this.#judge(judgeBroken(this.#plan.tls, words), status, mayPass)
  }

  /** @param mayPass another time it may go well, with the same peer */
  #judge(judgement: TlsJudgement, status: string, mayPass = false): void {
    this.#judgement = judgement
    if (judgement.kind !== 'refused') return
    const { tls } = this.#plan
    const words = this.#ofHost(judgement.reason)
    // RFC 8689 4.2.1: the sender hears of it at once.
    const isFinal = tls.kind === 'verified' && tls.by === 'requiretls' && !mayPass
    throw new Refused('tls', isFinal ? failed('tls', '5.7.10', words) : deferred('tls', status, words))
  }

  async #logIn(conversation: Conversation, capabilities: Capabilities): Promise<void> {
    this.#stage = 'auth'
    const { credentials, tls } = this.#plan
    if (credentials === undefined) return
    const isSafe = conversation.channel.tls !== undefined || tls.kind === 'none'
    const { random } = this.#needs
    const answerMs = this.#timeouts.helloMs
    const refusal = await logIn({ conversation, credentials, mechanisms: capabilities.auth, isSafe, random, answerMs })
    if (refusal === undefined) return
    // Wrong credentials are ours to mend, and mail waits for that.
    const words = typeof refusal === 'string' ? refusal : replyLine(refusal)
    throw new Refused('auth', deferred('ours', '4.7.8', this.#ofHost(`the login did not succeed: ${words}`)))
  }

  #refused(reply: PeerReply): Refused {
    const stage = this.#stage
    return new Refused(stage, refusedBy(reply, { host: this.#plan.host, stage }))
  }

  /** Undefined: a fault of ours. */
  #failureOf(error: unknown): PeerFailure | undefined {
    if (this.#isStopped) return this.#failure('connect', deferred('ours', '4.4.0', 'stopped before a connection stood'))
    if (error instanceof Refused) return this.#failure(error.at, error.outcome)
    if (error instanceof DialError) return this.#failure('connect', this.#unreached(error))
    if (!(error instanceof PeerGone)) return undefined
    const status = error.reason === 'garbled' ? '4.5.0' : '4.4.2'
    const kind = error.reason === 'garbled' ? 'protocol' : error.reason === 'tls' ? 'tls' : 'network'
    return this.#failure(this.#stage, deferred(kind, status, this.#ofHost(`${error.message} ${during[this.#stage]}`)))
  }

  get #isStopped(): boolean {
    return this.#signal?.aborted === true
  }

  #unreached({ reason, message }: DialError): RefusedOutcome {
    const words = `${this.#ofHost(unreached[reason])}${/^E[A-Z]+$/.test(message) ? ` (${message})` : ''}`
    this.#transcript.fail(words)
    return deferred(reason === 'no-such-source' ? 'ours' : 'network', '4.4.1', words)
  }

  #ofHost(words: string): string {
    const { host, address } = this.#plan
    return host === address ? `${host}: ${words}` : `${host} (${address}): ${words}`
  }

  #failure(at: PeerFailure['at'], outcome: RefusedOutcome): PeerFailure {
    const tlsResult = this.#channel && this.#judgement && this.#tlsResult(this.#channel)
    const isPermanent = outcome.kind === 'failed'
    return { kind: 'failure', at, outcome, isPermanent, try: this.#tried(this.#channel), tlsResult }
  }

  #tlsResult({ local }: ClientChannel): TlsResult {
    const judgement = this.#judgement
    return {
      resultType: judgement?.resultType,
      reason: judgement?.reason,
      localAddress: local.address,
    }
  }

  #tried(channel: ClientChannel | undefined): Tried {
    const { host, address, port } = this.#plan
    const facts = {
      at: this.#startedAt,
      tookMs: Math.round(this.#clock.monotonicMs() - this.#startedMs),
      host,
      address: channel && (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`),
      tls: channel?.tls && this.#tls?.text,
    }
    return new Tried(facts, this.#transcript)
  }
}

/** The connection ended; nothing was said that could not be understood. */
function isCutOff(error: unknown): error is PeerGone {
  return (
    error instanceof PeerGone && (error.reason === 'closed' || error.reason === 'broken' || error.reason === 'timeout')
  )
}

const unreached: Readonly<Record<DialError['reason'], string>> = {
  refused: 'it refused the connection',
  timeout: 'it did not answer',
  unreachable: 'there is no way to it',
  'no-such-source': 'this server does not have the address that the connection was to come from',
  broken: 'the connection broke before it stood',
  aborted: 'stopped before a connection stood',
}

const during: Readonly<Record<PeerFailure['at'], string>> = {
  connect: 'before it greeted',
  greeting: 'before its greeting',
  hello: 'in answer to EHLO',
  tls: 'at STARTTLS',
  auth: 'during the login',
}
