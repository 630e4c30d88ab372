// One SMTP session on a channel (RFC 5321), for MX and submission alike: receiver → command → state table → the command's file → reply.
// Replies leave together whenever the input is used up (RFC 2920 3.2): the channel keeps them until the next read.

import type { Account } from '#accounts/account.ts'
import { ParseError } from '#base/parse-error.ts'
import { type Channel, ChannelError } from '#io/channel.ts'
import { systemRandom } from '#io/random.ts'
import { DiskFullError } from '#io/sql/database.ts'
import type { Command } from '#wire/smtp/command.ts'
import { parseCommand } from '#wire/smtp/parse.ts'
import { PathError } from '#wire/smtp/path.ts'
import { Receiver, type SmtpEvent } from '#wire/smtp/receiver.ts'
import { type Refusal, type RefusalName, type RefusalValues, refuse } from '#wire/smtp/refusals.ts'
import { isPositive, printReply, type Reply } from '#wire/smtp/reply.ts'
import { flagsOf, isInTransaction, type Move, moveOf, type State } from '#wire/smtp/state.ts'
import type { Answer, Conversation, OpenTransaction } from './conversation.ts'
import { runCommand } from './dispatch.ts'
import { defaultSmtpLimits, type SmtpLimits } from './limits.ts'
import { messageIds } from './message-id.ts'
import type { SmtpNeeds } from './needs.ts'

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

/** Replies that make a client's mistakes: syntax, sequence, failed logins. */
const badCommandCodes: readonly number[] = [500, 501, 502, 503, 504, 525, 535, 538, 555]

class SmtpSession implements Conversation {
  readonly needs: SmtpNeeds
  readonly limits: SmtpLimits
  readonly newMessageId: () => string
  readonly channel: Channel
  hello: Conversation['hello']
  account: Account | undefined
  isAccountGone = false
  transaction: OpenTransaction | undefined

  readonly #drain: AbortSignal
  #watch: Disposable | undefined
  #receiver = new Receiver()
  #state: State = 'connected'
  #badCommands = 0
  #ended = false
  /** What the last wait for the client was limited to. */
  #waitedMs = 0
  /** Ends the wait for a command when the server shuts down, or the account is gone. */
  #wake: (() => void) | undefined

  constructor({ needs, limits, newMessageId, channel, drain }: Parts) {
    this.needs = needs
    this.limits = limits
    this.newMessageId = newMessageId
    this.channel = channel
    this.#drain = drain
  }

  async run(): Promise<void> {
    const { log, hostname, clock } = this.needs
    const startedMs = clock.monotonicMs()
    log.info('smtp.connected', {
      connection: this.channel.id,
      remote: this.channel.remote.address,
      kind: this.needs.kind,
    })
    const wake = () => this.#wake?.()
    this.#drain.addEventListener('abort', wake)
    try {
      this.say({ code: 220, text: `${hostname} ESMTP Posthouse` })
      await this.#converse()
    } finally {
      this.#drain.removeEventListener('abort', wake)
      this.#watch?.[Symbol.dispose]()
      this.#dropTransaction()
      log.info('smtp.ended', { connection: this.channel.id, tookMs: Math.round(clock.monotonicMs() - startedMs) })
    }
  }

  async #converse(): Promise<void> {
    try {
      while (!this.#ended) {
        if (this.#drain.aborted && !isInTransaction(this.#state)) return this.#leave('shutting-down')
        if (this.isAccountGone) return this.#leave('account-gone')
        const event = this.#receiver.next()
        if (event !== undefined) await this.#take(event)
        else if (!(await this.#readCommands())) return
      }
    } catch (error) {
      if (!(error instanceof ChannelError) || error.reason !== 'timeout') throw error
      this.#leave('idle-too-long', { seconds: Math.round(this.#waitedMs / 1000) })
    }
  }

  /** False once the client has ended. */
  async #readCommands(): Promise<boolean> {
    const bytes = await this.#readUnlessDrained(this.limits.commandTimeoutMs)
    if (bytes === 'drained') return true
    if (bytes === undefined) return false
    this.#receiver.push(bytes)
    return true
  }

  async #readUnlessDrained(timeoutMs: number): Promise<Uint8Array | undefined | 'drained'> {
    if (isInTransaction(this.#state)) return await this.#read(timeoutMs)
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array | undefined | 'drained'>()
    this.#wake = () => resolve('drained')
    // After a drain this read is left behind: the channel's end settles it.
    this.#read(timeoutMs).then(resolve, reject)
    return await promise
  }

  async #take(event: SmtpEvent): Promise<void> {
    if (event.kind === 'bad-line')
      return this.#answer(this.refuse(event.fault === 'too-long' ? 'line-too-long' : 'line-ends-in-lf'))
    if (event.kind !== 'line') throw new Error(`a ${event.kind} where a command was due`)
    const command = this.#parse(event.text)
    if (command.verb === 'refused') return this.#answer(command.refusal)
    await this.#do(command)
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
    const move = this.#moveOf(command)
    if (typeof move === 'string') return this.#answer(this.refuse(move))
    const answer = await this.#outcome(command)
    const positive = answer === undefined || isPositive(replyOf(answer))
    const next = positive ? move.taken : move.refused
    // A refused MAIL or RCPT keeps the transaction; whatever leads out of it, or through DATA, ends it.
    if (!isInTransaction(next)) this.#dropTransaction()
    this.#state = next
    if (command.verb === 'DATA' && positive) this.#badCommands = 0
    if (command.verb === 'QUIT') this.#ended = true
    if (answer !== undefined) this.#answer(answer)
  }

  /** Where the command may lead, or the name of why it may not be given now. */
  #moveOf(command: Command): Move | RefusalName {
    const { offeredTo, needsLogin } = flagsOf[command.verb]
    if (offeredTo === 'submission' && this.needs.kind === 'mx') return 'no-auth-here'
    const move = moveOf(this.#state, command.verb)
    if (typeof move === 'string') return move
    if (needsLogin && this.needs.kind === 'submission' && this.account === undefined)
      return this.channel.tls === undefined ? 'tls-before-mail' : 'log-in-first'
    return move
  }

  /** The command's answer; a fault of ours becomes one too. */
  async #outcome(command: Command): Promise<Answer | undefined> {
    try {
      return await runCommand(this, command)
    } catch (error) {
      if (error instanceof ChannelError) throw error
      return this.#faultAnswer(error, command)
    }
  }

  #faultAnswer(error: unknown, command: Command): Answer {
    const id = this.transaction?.messageId ?? this.channel.id
    if (error instanceof DiskFullError) {
      this.needs.log.error('smtp.disk-full', { message: id, error: error.message })
      return this.refuse('disk-full')
    }
    const stack = error instanceof Error ? error.stack : String(error)
    this.needs.log.error('smtp.fault', {
      message: id,
      connection: this.channel.id,
      command: command.verb,
      error: stack,
    })
    return this.refuse('fault', { id })
  }

  #answer(answer: Answer): void {
    const reply = replyOf(answer)
    this.say(reply)
    if (!badCommandCodes.includes(reply.code)) return
    this.#badCommands += 1
    if (this.#badCommands >= this.limits.badCommands && !this.#ended)
      this.#leave('too-many-errors', { limit: this.limits.badCommands })
  }

  #leave(reason: RefusalName, values: RefusalValues = {}): void {
    this.needs.log.info('smtp.left', { connection: this.channel.id, reason })
    this.say(this.refuse(reason, values).reply)
    this.#ended = true
  }

  #dropTransaction(): void {
    this.transaction?.intake.abort()
    this.transaction = undefined
  }

  async logIn(account: Account): Promise<void> {
    this.account = account
    this.#watch = await this.needs.accounts?.watch(account.accountId, () => {
      this.isAccountGone = true
      this.#wake?.()
    })
  }

  say(reply: Reply): void {
    this.channel.write(printReply(reply))
  }

  refuse(reason: RefusalName, values: RefusalValues = {}): Refusal {
    return refuse(reason, { hostname: this.needs.hostname, ...values })
  }

  expectData(): void {
    this.#receiver.expectData()
  }

  nextOfData(): Promise<SmtpEvent> {
    return this.#nextEvent(this.limits.dataTimeoutMs)
  }

  async saslLine(): Promise<string | undefined> {
    this.#receiver.expectSaslLine()
    const event = await this.#nextEvent(this.limits.commandTimeoutMs)
    return event.kind === 'line' ? event.text : undefined
  }

  async startTls(): Promise<void> {
    // A command behind STARTTLS in the clear may be an attacker's: it is forgotten with the receiver.
    this.#receiver = new Receiver()
    await this.channel.startTls()
    this.hello = undefined
    this.account = undefined
  }

  #read(timeoutMs: number): Promise<Uint8Array | undefined> {
    this.#waitedMs = timeoutMs
    return this.channel.read(timeoutMs)
  }

  /** Within a command: the client's end is the connection's. */
  async #nextEvent(timeoutMs: number): Promise<SmtpEvent> {
    for (;;) {
      const event = this.#receiver.next()
      if (event !== undefined) return event
      const bytes = await this.#read(timeoutMs)
      if (bytes === undefined) throw new ChannelError('broken', 'the client ended within a command')
      this.#receiver.push(bytes)
    }
  }
}

function replyOf(answer: Answer): Reply {
  return 'reply' in answer ? answer.reply : answer
}

function syntaxRefusal(error: ParseError, line: string): RefusalName {
  if (!(error instanceof PathError)) return 'syntax'
  return line.slice(0, 4).toUpperCase() === 'MAIL' ? 'sender-syntax' : 'recipient-syntax'
}
