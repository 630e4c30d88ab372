// One SMTP session on a channel (RFC 5321), or one of LMTP (RFC 2033): receiver → command → state table → the command's file → reply.
// Replies leave together whenever the input is used up (RFC 2920 3.2): the channel keeps them until the next read.

import type { Account } from '#accounts/account.ts'
import { ParseError } from '#base/parse-error.ts'
import { type Channel, ChannelError } from '#io/channel.ts'
import { systemRandom } from '#io/random.ts'
import type { XforwardFacts } from '#receive/intake.ts'
import { BdatSyntaxError, type Command, type Verb } from '#wire/smtp/command.ts'
import { parseCommand } from '#wire/smtp/parse.ts'
import { PathError } from '#wire/smtp/path.ts'
import { Receiver, type SmtpEvent } from '#wire/smtp/receiver.ts'
import { type Refusal, type RefusalName, type RefusalValues, refuse } from '#wire/smtp/refusals.ts'
import { isPositive, printReply, type Reply } from '#wire/smtp/reply.ts'
import { isInTransaction, type State } from '#wire/smtp/state.ts'
import { swallowChunk } from './bdat.ts'
import { isList, type MessageAnswer } from './commit.ts'
import type { Answer, Conversation, OpenTransaction, Peer } from './conversation.ts'
import { runCommand } from './dispatch.ts'
import { waitsForGreeting } from './early-talker.ts'
import { faultAnswer } from './fault.ts'
import { greeting } from './greeting.ts'
import { Lifetimes, SessionEnd, type Wait } from './lifetimes.ts'
import { defaultSmtpLimits, type SmtpLimits } from './limits.ts'
import { messageIds } from './message-id.ts'
import { Mistakes } from './mistakes.ts'
import type { SmtpNeeds } from './needs.ts'
import { answersPerRecipient } from './per-recipient.ts'
import { type Permission, permissionFor } from './permission.ts'
import { Turns } from './turns.ts'

/** A function that runs a session on a channel, as serve/ wants it. */
export function smtpSession(needs: SmtpNeeds): (channel: Channel, drain: AbortSignal) => Promise<void> {
  const limits = { ...defaultSmtpLimits, ...needs.limits }
  const newMessageId = messageIds(needs.random ?? systemRandom)
  return async (channel, drain) => await new SmtpSession({ needs, limits, newMessageId, channel, drain }).run()
}

interface Parts {
  readonly needs: SmtpNeeds
  readonly limits: SmtpLimits
  readonly newMessageId: () => string
  readonly channel: Channel
  readonly drain: AbortSignal
}

/** What was told of a message to come is forgotten with them. */
const beginAnew: readonly Verb[] = ['RSET', 'EHLO', 'HELO', 'LHLO']

const noRecipients: readonly string[] = []

class SmtpSession implements Conversation {
  readonly needs: SmtpNeeds
  readonly limits: SmtpLimits
  readonly newMessageId: () => string
  readonly channel: Channel
  peer: Peer
  hello: Conversation['hello']
  account: Account | undefined
  isAccountGone = false
  transaction: OpenTransaction | undefined
  origin: XforwardFacts | undefined
  mails = 0
  readonly recipientDomains = new Set<string>()

  readonly #lifetimes: Lifetimes
  readonly #mistakes: Mistakes
  readonly #turns: Turns
  #watch: Disposable | undefined
  #receiver = new Receiver()
  #state: State = 'connected'
  #ended = false

  constructor({ needs, limits, newMessageId, channel, drain }: Parts) {
    this.needs = needs
    this.limits = limits
    this.newMessageId = newMessageId
    this.channel = channel
    this.peer = channel.remote
    this.#lifetimes = new Lifetimes({ channel, clock: needs.clock, drain, limits })
    this.#mistakes = new Mistakes(limits)
    this.#turns = new Turns(channel)
  }

  async run(): Promise<void> {
    const { log, kind } = this.needs
    const connection = this.channel.id
    log.info('smtp.connected', { connection, remote: this.channel.remote.address, kind })
    try {
      await this.#converse()
    } catch (error) {
      if (!(error instanceof SessionEnd)) throw error
      this.#leave(error.reason, error.values)
    } finally {
      this.#watch?.[Symbol.dispose]()
      await this.#dropTransaction()
      log.info('smtp.ended', { connection, tookMs: Math.round(this.#lifetimes.ageMs) })
      this.#lifetimes[Symbol.dispose]()
    }
  }

  async #converse(): Promise<void> {
    this.#lifetimes.check('command')
    if (!(await this.#waitsForGreeting())) return this.#leave('early-talker')
    this.say(greeting(this.needs))
    while (!this.#ended) {
      const wait = isInTransaction(this.#state) ? 'transaction' : 'command'
      this.#lifetimes.check(wait)
      if (this.isAccountGone) return this.#leave('account-gone')
      const event = this.#receiver.next()
      if (event === undefined) {
        if (!(await this.#readMore(wait))) return
        continue
      }
      await this.#take(event)
      const turn = this.#turns.afterCommand()
      if (turn !== undefined) await turn
    }
  }

  /** Under TLS from the start the client has spoken already. */
  async #waitsForGreeting(): Promise<boolean> {
    if (this.needs.kind !== 'mx' || this.channel.tls !== undefined) return true
    return await waitsForGreeting(this.#lifetimes, this.limits.bannerDelayMs)
  }

  /** Settles at once where nothing has to be waited for. */
  #take(event: SmtpEvent): Promise<void> | undefined {
    if (event.kind === 'bad-line') return this.#answer(this.#refusalOf(event.fault))
    if (event.kind !== 'line') throw new Error(`a ${event.kind} where a command was due`)
    const command = this.#parse(event.text)
    if (command.verb !== 'refused') return this.#do(command)
    // What follows may be the chunk's content, in which there may be anything.
    if (command.refusal.reason === 'chunk-size-unreadable') this.#ended = true
    return this.#answer(command.refusal)
  }

  #parse(text: string): Command | { readonly verb: 'refused'; readonly refusal: Refusal } {
    try {
      return parseCommand(text)
    } catch (error) {
      if (!(error instanceof ParseError)) throw error
      return { verb: 'refused', refusal: this.refuse(syntaxRefusal(error, text), { reason: error.message }) }
    }
  }

  async #do(command: Command): Promise<void> {
    this.#mistakes.countCommand(command.verb)
    const recipients = this.transaction?.recipients ?? noRecipients
    const permission = permissionFor(this, this.#state, command)
    const answer =
      typeof permission === 'string' ? await this.#denied(permission, command) : await this.#outcome(command)
    const next = typeof permission === 'string' ? this.#state : this.#after(permission, answer)
    await this.#enter(next)
    if (beginAnew.includes(command.verb)) this.origin = undefined
    if (command.verb === 'QUIT') this.#ended = true
    for (const one of answersPerRecipient(this, command, { answer, recipients, next })) {
      const late = this.#answer(one)
      if (late !== undefined) await late
    }
    if (this.#mistakes.emptyAreTooMany && !this.#ended)
      this.#leave('too-many-empty-commands', { limit: this.limits.emptyCommands })
  }

  async #denied(reason: RefusalName, command: Command): Promise<Refusal> {
    if (command.verb === 'BDAT') await swallowChunk(this, command.sizeBytes)
    return this.refuse(reason)
  }

  /** The command's answer; a fault of ours becomes one too. */
  async #outcome(command: Command): Promise<MessageAnswer> {
    try {
      return await runCommand(this, command)
    } catch (error) {
      if (error instanceof ChannelError || error instanceof SessionEnd) throw error
      return faultAnswer(this, error, command)
    }
  }

  /** Where a command that was permitted leads. */
  #after(permission: Permission, answer: MessageAnswer): State {
    const isTaken = answer === undefined || isList(answer) || isPositive(replyOf(answer))
    if (isTaken && permission.endsMessage) this.#mistakes.forget()
    return isTaken ? permission.taken : permission.refused
  }

  /** Whatever leads out of a transaction ends it; a refused MAIL or RCPT does not. */
  #enter(next: State): Promise<void> | undefined {
    const before = this.#state
    this.#state = next
    if (next === 'chunks-refused') return this.#dropChunks()
    if (isInTransaction(next)) return undefined
    if (isInTransaction(before)) this.origin = undefined
    return this.transaction === undefined ? undefined : this.#dropTransaction()
  }

  /** Settles at once, but for a client that has made too many mistakes. */
  #answer(answer: Answer): Promise<void> | undefined {
    const reply = replyOf(answer)
    const waitMs = this.#mistakes.count(reply)
    if (waitMs > 0) return this.#answerLate(reply, waitMs)
    this.#finishAnswer(reply)
    return undefined
  }

  async #answerLate(reply: Reply, waitMs: number): Promise<void> {
    await this.channel.flush()
    await this.#lifetimes.pause(waitMs)
    this.#finishAnswer(reply)
  }

  #finishAnswer(reply: Reply): void {
    this.say(reply)
    if (this.#mistakes.areTooMany && !this.#ended) this.#leave('too-many-errors', { limit: this.limits.badCommands })
  }

  #leave(reason: RefusalName, values: RefusalValues = {}): void {
    this.needs.log.info('smtp.left', { connection: this.channel.id, reason })
    this.say(this.refuse(reason, values).reply)
    this.#ended = true
  }

  async #dropTransaction(): Promise<void> {
    await this.#dropChunks()
    this.transaction?.intake.abort()
    this.transaction = undefined
  }

  async #dropChunks(): Promise<void> {
    const { transaction } = this
    if (transaction?.stream === undefined) return
    await transaction.stream[Symbol.asyncDispose]()
    transaction.stream = undefined
  }

  async logIn(account: Account): Promise<void> {
    this.account = account
    this.#watch = await this.needs.accounts?.watch(account.accountId, () => {
      this.isAccountGone = true
      this.#lifetimes.interrupt(new SessionEnd('account-gone'))
    })
  }

  say(reply: Reply): void {
    const printed = printReply(reply)
    this.#turns.countReply(printed)
    this.channel.write(printed)
  }

  refuse(reason: RefusalName, values: RefusalValues = {}): Refusal {
    return refuse(reason, { hostname: this.needs.hostname, ...values })
  }

  expectData(): void {
    this.#receiver.expectData()
    this.#lifetimes.beginTransfer()
  }

  expectChunk(sizeBytes: number): void {
    this.#receiver.expectChunk(sizeBytes)
    this.#lifetimes.beginTransfer()
  }

  nextOfData(): Promise<SmtpEvent> {
    return this.#nextEvent('message')
  }

  async saslLine(): Promise<string | Refusal> {
    this.#receiver.expectSaslLine()
    const event = await this.#nextEvent('command')
    if (event.kind === 'bad-line') return this.#refusalOf(event.fault)
    if (event.kind !== 'line') throw new Error(`a ${event.kind} where a response was due`)
    return event.text
  }

  #refusalOf(fault: 'too-long' | 'bare-lf'): Refusal {
    return this.refuse(fault === 'too-long' ? 'line-too-long' : 'line-ends-in-lf')
  }

  async startTls(): Promise<void> {
    // A command behind STARTTLS in the clear may be an attacker's: it is forgotten with the receiver.
    this.#receiver = new Receiver()
    await this.channel.startTls()
    this.#forget()
  }

  beginAnew(peer: Peer): void {
    this.#forget()
    this.peer = peer
    this.mails = 0
    this.recipientDomains.clear()
    this.#mistakes.forget()
  }

  #forget(): void {
    this.hello = undefined
    this.account = undefined
    this.isAccountGone = false
    this.origin = undefined
    this.#watch?.[Symbol.dispose]()
    this.#watch = undefined
  }

  /** Within a command: the client's end is the connection's. */
  async #nextEvent(wait: Wait): Promise<SmtpEvent> {
    for (;;) {
      const event = this.#receiver.next()
      if (event !== undefined) return event
      if (!(await this.#readMore(wait))) throw new ChannelError('broken', 'the client ended within a command')
    }
  }

  /** False once the client has ended. */
  async #readMore(wait: Wait): Promise<boolean> {
    const bytes = await this.#lifetimes.read(wait)
    if (bytes !== undefined) this.#receiver.push(bytes)
    return bytes !== undefined
  }
}

function replyOf(answer: Answer): Reply {
  return 'reply' in answer ? answer.reply : answer
}

function syntaxRefusal(error: ParseError, line: string): RefusalName {
  if (error instanceof BdatSyntaxError) return 'chunk-size-unreadable'
  if (!(error instanceof PathError)) return 'syntax'
  return line.slice(0, 4).toUpperCase() === 'MAIL' ? 'sender-syntax' : 'recipient-syntax'
}
