// A session that stands: messages one after the other, within the peer's limits (RFC 9422), until it is disposed of.

import type { Clock } from '#io/clock.ts'
import type { RecipientOutcome, Try } from '#mail/outcome.ts'
import type { Capabilities } from '#wire/smtp/capabilities.ts'
import { type Conversation, PeerGone } from './conversation.ts'
import { type Envelope, envelopeOf } from './envelope.ts'
import { sessionLimits } from './limits.ts'
import type { Mail, MailRecipient } from './mail.ts'
import { deferred } from './outcomes.ts'
import type { Delivery, PeerPlan, PeerSession, PeerTls, TlsResult } from './peer.ts'
import type { PeerTimeouts } from './timeouts.ts'
import { type TransactionOutcome, transact } from './transaction.ts'
import { Transcript } from './transcript.ts'
import { Tried } from './tried.ts'

export interface OpenSessionParts {
  readonly plan: PeerPlan
  readonly conversation: Conversation
  readonly capabilities: Capabilities
  readonly clock: Clock
  readonly timeouts: PeerTimeouts
  readonly tls: PeerTls | undefined
  readonly isLoggedIn: boolean
  readonly tlsResult: TlsResult
  readonly opening: Try
}

export class OpenSession implements PeerSession {
  readonly kind = 'session'
  readonly plan: PeerPlan
  readonly capabilities: Capabilities
  readonly tls: PeerTls | undefined
  readonly tlsResult: TlsResult
  readonly opening: Try
  readonly #conversation: Conversation
  readonly #clock: Clock
  readonly #timeouts: PeerTimeouts
  readonly #isLoggedIn: boolean
  readonly #domains = new Set<string>()
  #mails = 0
  /** MAIL commands, of which one message may need several. */
  #transactions = 0
  #needsReset = false
  /** Of the message that was brought last. */
  #wasStale = false
  #isBusy = false
  #isFaulty = false
  #isOver = false

  constructor(parts: OpenSessionParts) {
    this.plan = parts.plan
    this.capabilities = parts.capabilities
    this.tls = parts.tls
    this.tlsResult = parts.tlsResult
    this.opening = parts.opening
    this.#conversation = parts.conversation
    this.#clock = parts.clock
    this.#timeouts = parts.timeouts
    this.#isLoggedIn = parts.isLoggedIn
  }

  get mails(): number {
    return this.#mails
  }

  get isUsable(): boolean {
    if (this.#isOver || this.#isFaulty || this.#conversation.isEnding) return false
    const { mails, recipientDomains } = this.capabilities.limits
    return (
      this.#transactions < (mails ?? Number.POSITIVE_INFINITY) &&
      this.#domains.size < (recipientDomains ?? Number.POSITIVE_INFINITY)
    )
  }

  get isGone(): boolean {
    return this.#isOver || this.#conversation.isEnding || (!this.#isBusy && this.#conversation.hasInput)
  }

  async deliver(mail: Mail): Promise<Delivery> {
    if (this.#isBusy || this.#isOver) throw new Error('a session that is not free was given a message')
    this.#isBusy = true
    // Until it has come to its end nobody knows what the peer waits for.
    this.#isFaulty = true
    const at = this.#clock.now()
    const startedMs = this.#clock.monotonicMs()
    const transcript = this.#newTranscript()
    this.#wasStale = this.#conversation.isEnding
    const outcomes = this.#wasStale ? this.#nothingOf(mail) : await this.#bring(mail)
    this.#isBusy = false
    this.#isFaulty = false
    const { host, address, tls } = this.opening
    const facts = { at, tookMs: Math.round(this.#clock.monotonicMs() - startedMs), host, address, tls }
    return { outcomes, wasStale: this.#wasStale, try: new Tried(facts, transcript) }
  }

  #nothingOf({ recipients }: Mail): readonly RecipientOutcome[] {
    const outcome = deferred('network', '4.4.2', `${this.plan.host}: the connection had ended`)
    this.#conversation.transcript.fail(outcome.reply)
    return recipients.map(() => outcome)
  }

  /** The first message's transcript begins with how the connection came about. */
  #newTranscript(): Transcript {
    const conversation = this.#conversation
    this.#mails += 1
    const isFirst = this.#mails === 1
    const isSecured = conversation.channel.tls !== undefined
    const transcript = new Transcript(isFirst ? conversation.transcript : undefined, isSecured)
    if (!isFirst) transcript.note(`Message ${this.#mails} over a connection to ${this.plan.host}.`)
    conversation.transcript = transcript
    return transcript
  }

  async #bring(mail: Mail): Promise<readonly RecipientOutcome[]> {
    const { recipients } = mail
    const facts = {
      host: this.plan.host,
      capabilities: this.capabilities,
      isSecured: this.#conversation.channel.tls !== undefined,
      isVerified: this.tls?.verifiedBy !== undefined,
      isLoggedIn: this.#isLoggedIn,
      now: this.#clock.now(),
    }
    const planned = envelopeOf(mail, facts)
    const envelope = planned instanceof Promise ? await planned : planned
    if (envelope.kind !== 'envelope') {
      this.#conversation.transcript.fail(envelope.reply)
      return recipients.map(() => envelope)
    }
    return await this.#inBatches(envelope, mail)
  }

  /** As many transactions as the peer's limits make of it; one, nearly always. */
  async #inBatches(envelope: Envelope, { recipients, taken }: Mail): Promise<readonly RecipientOutcome[]> {
    const outcomes: (RecipientOutcome | undefined)[] = new Array(recipients.length)
    let waiting = [...recipients.keys()]
    for (let round = 0; round < sessionLimits.rounds && waiting.length > 0 && this.#mayBegin; round += 1) {
      const batch = this.#batchOf(waiting, recipients)
      if (batch.length === 0) break
      const done = await this.#transact(
        envelope,
        batch.map(at => recipients[at] as MailRecipient), // places of it
      )
      if (round === 0) this.#wasStale = done.wasStale
      for (const [index, at] of batch.entries()) outcomes[at] = done.outcomes[index]
      const again = done.tooMany.map(index => batch[index] as number) // places in the batch
      if (batch.length === waiting.length && again.length === 0) break
      for (const at of batch) {
        const outcome = outcomes[at]
        if (outcome?.kind === 'delivered') taken?.(at, outcome, this.plan.host)
      }
      const inBatch = new Set(batch)
      waiting = [...again, ...waiting.filter(at => !inBatch.has(at))]
    }
    const words = `${this.plan.host} takes no more recipients over this connection`
    return Array.from(outcomes, outcome => outcome ?? deferred('rate', '4.5.3', words))
  }

  get #mayBegin(): boolean {
    const { mails = Number.POSITIVE_INFINITY } = this.capabilities.limits
    return !this.#conversation.isEnding && this.#transactions < mails
  }

  /** The next of those that wait, as many as the peer takes at a time. */
  #batchOf(waiting: readonly number[], recipients: readonly MailRecipient[]): readonly number[] {
    const { recipients: most = sessionLimits.recipients, recipientDomains } = this.capabilities.limits
    const mostNow = Math.min(most, sessionLimits.recipients)
    if (recipientDomains === undefined) return waiting.length <= mostNow ? waiting : waiting.slice(0, mostNow)
    return waiting.filter(at => this.#hasRoomFor(recipients[at]?.address ?? '', recipientDomains)).slice(0, mostNow)
  }

  #hasRoomFor(address: string, mostDomains: number): boolean {
    const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase()
    if (this.#domains.has(domain)) return true
    if (this.#domains.size >= mostDomains) return false
    this.#domains.add(domain)
    return true
  }

  async #transact(envelope: Envelope, recipients: readonly MailRecipient[]): Promise<TransactionOutcome> {
    this.#transactions += 1
    const facts = {
      conversation: this.#conversation,
      clock: this.#clock,
      capabilities: this.capabilities,
      host: this.plan.host,
      timeouts: this.#timeouts,
      needsReset: this.#needsReset,
    }
    const done = await transact(facts, envelope, recipients)
    this.#needsReset = done.needsReset
    return done
  }

  /** Takes leave (RFC 5321 4.1.1.10), where somebody is there who waits for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isOver) return
    const conversation = this.#conversation
    const mayQuit = !this.#isBusy && !this.#isFaulty && !this.isGone
    this.#isOver = true
    // The last try is over: what is said now is no part of it.
    conversation.transcript = new Transcript(undefined, false)
    if (!mayQuit) return conversation.channel.destroy()
    try {
      conversation.say('QUIT\r\n')
      await conversation.answer(this.#timeouts.quitMs)
      await conversation.channel.close()
    } catch (error) {
      if (!(error instanceof PeerGone)) throw error
    }
  }
}
