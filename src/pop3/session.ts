// One POP3 session (RFC 1939, 2449, 2595, 3206, 5034) over a channel. What is allowed when stands in wire/pop3/state.ts.

import type { AccountWatch, Authenticator, SaslExchange, SaslOutcome, SaslStep } from '#accounts/account.ts'
import { ParseError } from '#base/parse-error.ts'
import { type Channel, ChannelError } from '#io/channel.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import type { Store } from '#store/store.ts'
import { type Command, parseCommand, parseResponse } from '#wire/pop3/parse.ts'
import { ok, refusal } from '#wire/pop3/print.ts'
import type { Pop3Event } from '#wire/pop3/receiver.ts'
import { type State, type Step, steps } from '#wire/pop3/state.ts'
import { answerStep } from './auth.ts'
import { capa } from './capa.ts'
import { Input } from './input.ts'
import { badCommands, wrongLogins } from './limits.ts'
import { enter } from './login.ts'
import { MessageSource } from './message-source.ts'
import { update } from './quit.ts'
import { countText, needsTls, type Reply } from './reply.ts'
import { ReplyWriter } from './reply-writer.ts'
import { type Transaction, transact } from './transaction.ts'

export interface Pop3Needs {
  readonly store: Store
  readonly authenticator: Authenticator
  readonly accounts: AccountWatch
  readonly log: Log
  readonly clock: Clock
  readonly hostname: string
}

/** Runs one session; see RunSession in serve/session.ts. A session that ends without QUIT deletes nothing. */
export function pop3Session(needs: Pop3Needs): (channel: Channel, drain: AbortSignal) => Promise<void> {
  return async (channel, drain) => {
    await using session = new Session(needs, channel, drain)
    await session.run()
  }
}

/** A line of the client's: within an exchange it is a response, whatever it says. */
type Said = Command | { readonly verb: 'RESPONSE'; readonly line: string }

class Session implements AsyncDisposable {
  readonly #needs: Pop3Needs
  readonly #channel: Channel
  readonly #input: Input
  readonly #output: ReplyWriter
  readonly #startedMs: number
  #log: Log
  #state: State = 'authorization'
  #user = ''
  #exchange: SaslExchange | undefined
  #transaction: Transaction | undefined
  #watch: Disposable | undefined
  #badCommands = 0
  #wrongLogins = 0
  #faults = 0

  constructor(needs: Pop3Needs, channel: Channel, drain: AbortSignal) {
    this.#needs = needs
    this.#channel = channel
    this.#input = new Input(channel, drain)
    this.#output = new ReplyWriter(channel)
    this.#startedMs = needs.clock.monotonicMs()
    this.#log = needs.log.with({ session: channel.id, remote: channel.remote.address })
  }

  async run(): Promise<void> {
    // No timestamp: APOP is not offered, for it needs the clear password on the server (RFC 1939 7).
    await this.#output.write(ok(`${this.#needs.hostname} POP3 ready`))
    while (this.#state !== 'closed') {
      const heard = await this.#input.next()
      if (heard.kind === 'end') return
      if (heard.kind === 'drain') {
        return await this.#output.write(refusal('the server is shutting down, nothing was deleted', 'SYS/TEMP'))
      }
      if (heard.kind === 'gone') {
        return await this.#output.write(
          refusal('this account was disabled or removed, nothing was deleted', 'SYS/PERM'),
        )
      }
      await this.#answer(heard)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#input[Symbol.dispose]()
    this.#watch?.[Symbol.dispose]()
    if (this.#transaction === undefined) return
    await this.#transaction.maildrop[Symbol.asyncDispose]()
    this.#log.info('pop3.end', { seconds: Math.round((this.#needs.clock.monotonicMs() - this.#startedMs) / 1000) })
  }

  async #answer(event: Pop3Event): Promise<void> {
    // Whatever goes wrong within an exchange ends it.
    let step = steps[this.#state].RESPONSE
    try {
      const said = this.#read(event)
      step = steps[this.#state][said.verb]
      if (step === undefined) throw new ParseError(this.#notNow(), 0)
      const reply = await this.#obey(said)
      if (reply !== undefined) await this.#output.write(reply)
      this.#state = nextState(step, reply)
    } catch (error) {
      if (error instanceof ChannelError) throw error
      if (step !== undefined) this.#state = step.refused
      await (error instanceof ParseError ? this.#complain(error) : this.#confess(error))
    }
    if (this.#wrongLogins >= wrongLogins) this.#state = 'closed'
  }

  #read(event: Pop3Event): Said {
    if (event.kind === 'too-long') throw new ParseError('line too long', 0)
    return this.#state === 'exchange' ? { verb: 'RESPONSE', line: event.text } : parseCommand(event.text)
  }

  #notNow(): string {
    if (this.#state === 'transaction') return 'not after the login'
    return this.#state === 'named' ? 'log in first' : 'not now: log in first, USER before PASS'
  }

  /** Undefined: answered already. */
  async #obey(said: Said): Promise<Reply | undefined> {
    switch (said.verb) {
      case 'CAPA': {
        const { tls, canStartTls } = this.#channel
        const mechanisms = this.#needs.authenticator.mechanisms(this.#channel)
        return capa({ underTls: tls !== undefined, mechanisms, canStartTls, loggedIn: this.#state === 'transaction' })
      }
      case 'STLS':
        return await this.#startTls()
      case 'USER':
        if (this.#channel.tls === undefined) return needsTls
        this.#user = said.name
        return ok('send PASS')
      case 'PASS':
        return await this.#signIn(this.#user, said.password)
      case 'AUTH':
        return await this.#authenticate(said.mechanism, said.initial)
      case 'RESPONSE':
        return await this.#respond(said.line)
      case 'QUIT':
        return this.#transaction
          ? await update(this.#needs.store, this.#transaction.maildrop, this.#log)
          : ok('goodbye')
      default:
        if (this.#transaction === undefined) throw new Error(`${said.verb} without a maildrop`)
        return await transact(said, this.#transaction)
    }
  }

  /** RFC 2595 4: what the client said in the clear is forgotten: the state goes back to its start. */
  async #startTls(): Promise<Reply | undefined> {
    if (!this.#channel.canStartTls) return refusal(this.#channel.tls ? 'already under TLS' : 'no TLS here')
    // A command put in behind STLS by somebody on the way must not be obeyed under TLS.
    if (this.#input.buffered > 0) throw new ChannelError('unread-bytes', 'the peer sent bytes behind STLS')
    await this.#output.write(ok('begin TLS'))
    await this.#channel.startTls()
    this.#input.startOver()
    return undefined
  }

  async #authenticate(mechanism: string, initial: Uint8Array | undefined): Promise<Reply> {
    if (this.#channel.tls === undefined) return needsTls
    const { authenticator } = this.#needs
    this.#exchange = authenticator.exchange(mechanism, this.#channel, this.#channel.remote.address)
    if (this.#exchange === undefined) return refusal('no such mechanism')
    return await this.#follow(await this.#exchange.start(initial))
  }

  async #respond(line: string): Promise<Reply> {
    const response = parseResponse(line)
    if (response === undefined || this.#exchange === undefined) return refusal('given up')
    return await this.#follow(await this.#exchange.respond(response))
  }

  async #follow(saslStep: SaslStep): Promise<Reply> {
    if (saslStep.kind === 'challenge') this.#input.expectResponse()
    return await answerStep(saslStep, (user, outcome) => this.#enter(user, outcome))
  }

  async #signIn(user: string, password: string): Promise<Reply> {
    const { authenticator } = this.#needs
    return await this.#enter(user, await authenticator.login(user, password, this.#channel.remote.address))
  }

  async #enter(user: string, outcome: SaslOutcome): Promise<Reply> {
    const result = await enter(this.#needs.store, outcome)
    if (result.kind !== 'welcome') {
      if (result.kind === 'wrong') this.#wrongLogins += 1
      this.#log.info('pop3.login-refused', { user, why: result.kind })
      return result.reply
    }
    const { maildrop } = result
    this.#transaction = { maildrop, source: new MessageSource(this.#needs.store, maildrop) }
    this.#watch = await this.#needs.accounts.watch(maildrop.account.accountId, () => this.#input.hangUp())
    this.#log = this.#log.with({ account: maildrop.account.address })
    this.#log.info('pop3.login', { messages: maildrop.messages })
    return ok(`welcome, ${countText(maildrop)}`)
  }

  /** Somebody who speaks no POP3 (a web browser made to, a guesser) is not listened to for long. */
  async #complain(error: ParseError): Promise<void> {
    this.#badCommands += 1
    if (this.#badCommands < badCommands) return await this.#output.write(refusal(error.message))
    await this.#output.write(refusal('too many errors, goodbye'))
    this.#state = 'closed'
  }

  async #confess(fault: unknown): Promise<void> {
    this.#faults += 1
    const id = `${this.#channel.id}.${this.#faults}`
    this.#log.error('pop3.fault', {
      id,
      error: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
    })
    if (this.#output.isMidway) this.#state = 'closed'
    else await this.#output.write(refusal(`internal error, try again later (${id})`, 'SYS/TEMP'))
  }
}

function nextState(step: Step, reply: Reply | undefined): State {
  if (reply?.kind === 'error') return step.refused
  return reply?.kind === 'challenge' ? (step.asked ?? step.refused) : step.done
}
