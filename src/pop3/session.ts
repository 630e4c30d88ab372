// One POP3 session (RFC 1939, 2449, 2595, 3206, 5034, 6856) over a channel. What is allowed when stands in wire/pop3/state.ts.

import type { Account, AccountWatch, Authenticator, SaslExchange, SaslOutcome, SaslStep } from '#accounts/account.ts'
import { hasProhibited } from '#accounts/prepare-password.ts'
import { ParseError } from '#base/parse-error.ts'
import { type Channel, ChannelError } from '#io/channel.ts'
import type { Clock } from '#io/clock.ts'
import type { Log } from '#io/log.ts'
import { type Admission, type Retrieval, unguarded } from '#retrieval/retrieval.ts'
import type { Store } from '#store/store.ts'
import { type Command, parseCommand, parseResponse } from '#wire/pop3/parse.ts'
import { ok, refusal } from '#wire/pop3/print.ts'
import type { Pop3Event } from '#wire/pop3/receiver.ts'
import { type State, type Step, steps } from '#wire/pop3/state.ts'
import { english } from '#wire/pop3/texts/en.ts'
import type { Text } from '#wire/pop3/texts/texts.ts'
import { answerStep } from './auth.ts'
import { capa } from './capa.ts'
import { Input } from './input.ts'
import { lang } from './lang.ts'
import { badCommands, wrongLogins } from './limits.ts'
import { enter } from './login.ts'
import { LoginDelay } from './login-delay.ts'
import { MessageSource } from './message-source.ts'
import { update } from './quit.ts'
import { needsTls, type Reply } from './reply.ts'
import { ReplyWriter } from './reply-writer.ts'
import { markSeen } from './seen.ts'
import { type Transaction, transact } from './transaction.ts'

export interface Pop3Needs {
  readonly store: Store
  readonly authenticator: Authenticator
  readonly accounts: AccountWatch
  readonly log: Log
  readonly clock: Clock
  readonly hostname: string
  /** One for all listeners; no delay is asked for unless given. */
  readonly loginDelay?: LoginDelay
  /** Which language `LANG *` chooses, a tag; English unless given. */
  readonly language?: string
  /** What RETR has sent is \Seen for IMAP; it is not unless given. */
  readonly marksSeen?: boolean
  /** Whom it lets in, and what DELE does; everybody, and it deletes, unless given. */
  readonly retrieval?: Retrieval
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
  readonly #retrieval: Retrieval
  readonly #loginDelay: LoginDelay
  #log: Log
  #state: State = 'authorization'
  #user = ''
  /** UTF8 was given: messages are sent as they are stored. */
  #utf8 = false
  #exchange: SaslExchange | undefined
  #transaction: Transaction | undefined
  #watch: Disposable | undefined
  /** IMAP alone is let in now. */
  #isPinned = false
  #badCommands = 0
  #wrongLogins = 0
  #faults = 0

  constructor(needs: Pop3Needs, channel: Channel, drain: AbortSignal) {
    this.#needs = needs
    this.#channel = channel
    this.#input = new Input(channel, drain)
    this.#output = new ReplyWriter(channel)
    this.#startedMs = needs.clock.monotonicMs()
    this.#loginDelay = needs.loginDelay ?? new LoginDelay(0, needs.clock)
    this.#retrieval = needs.retrieval ?? unguarded
    this.#log = needs.log.with({ session: channel.id, remote: channel.remote.address })
  }

  async run(): Promise<void> {
    // No timestamp: APOP is not offered, for it needs the clear password on the server (RFC 1939 7).
    await this.#output.write(ok(texts => texts.greeting(this.#needs.hostname)))
    while (this.#state !== 'closed') {
      const heard = await this.#input.next()
      if (heard.kind === 'end') return
      if (heard.kind === 'drain') {
        return await this.#output.write(refusal(texts => texts.shuttingDown, 'SYS/TEMP'))
      }
      if (heard.kind === 'gone') {
        const isPinned = this.#isPinned
        return await this.#output.write(refusal(texts => (isPinned ? texts.pinned : texts.accountGone), 'SYS/PERM'))
      }
      await this.#answer(heard)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#input[Symbol.dispose]()
    this.#watch?.[Symbol.dispose]()
    if (this.#transaction === undefined) return
    using told = this.#transaction.told
    await using maildrop = this.#transaction.maildrop
    told.took(maildrop.takenUids().length)
    // Twice after QUIT is once: what is \Seen already is not touched.
    if (this.#needs.marksSeen) await markSeen(this.#needs.store, maildrop).catch(fault => this.#logFault(fault))
    this.#log.info('pop3.end', { seconds: Math.round((this.#needs.clock.monotonicMs() - this.#startedMs) / 1000) })
  }

  async #answer(event: Pop3Event): Promise<void> {
    // Whatever goes wrong within an exchange ends it.
    let step = steps[this.#state].RESPONSE
    try {
      const said = this.#read(event)
      step = steps[this.#state][said.verb]
      if (step === undefined) return await this.#complain(this.#notNow())
      const reply = await this.#obey(said)
      if (reply !== undefined) await this.#output.write(reply)
      this.#state = nextState(step, reply)
    } catch (error) {
      if (error instanceof ChannelError) throw error
      if (step !== undefined) this.#state = step.refused
      await (error instanceof ParseError
        ? this.#complain(texts => texts.malformed(error.message))
        : this.#confess(error))
    }
    if (this.#wrongLogins >= wrongLogins) this.#state = 'closed'
  }

  #read(event: Pop3Event): Said {
    if (event.kind === 'too-long') throw new ParseError('line too long', 0)
    return this.#state === 'exchange' ? { verb: 'RESPONSE', line: event.text } : parseCommand(event.text)
  }

  #notNow(): Text {
    if (this.#state === 'transaction') return texts => texts.notAfterLogin
    return this.#state === 'named' ? texts => texts.logInFirst : texts => texts.notNow
  }

  /** Undefined: answered already. */
  async #obey(said: Said): Promise<Reply | undefined> {
    switch (said.verb) {
      case 'CAPA':
        return this.#capabilities()
      case 'STLS':
        return await this.#startTls()
      case 'UTF8':
        this.#utf8 = true
        return ok(texts => texts.utf8On)
      case 'LANG': {
        const { reply, texts } = lang(said.range, this.#needs.language ?? 'en')
        if (texts !== undefined) this.#output.texts = texts
        return reply
      }
      case 'USER':
        if (this.#channel.tls === undefined) return needsTls
        if (hasProhibited(said.name)) return refusal(texts => texts.prohibitedCharacter)
        this.#user = said.name
        return ok(texts => texts.sendPass)
      case 'PASS':
        return await this.#signIn(this.#user, said.password)
      case 'AUTH':
        return await this.#authenticate(said.mechanism, said.initial)
      case 'RESPONSE':
        return await this.#respond(said.line)
      case 'QUIT':
        if (this.#state !== 'transaction' || this.#transaction === undefined) return ok(texts => texts.goodbye)
        if (this.#needs.marksSeen) await markSeen(this.#needs.store, this.#transaction.maildrop)
        return await update({ ...this.#needs, retrieval: this.#retrieval, log: this.#log }, this.#transaction)
      default:
        if (this.#transaction === undefined) throw new Error(`${said.verb} without a maildrop`)
        return await transact(said, this.#transaction)
    }
  }

  #capabilities(): Reply {
    const { tls, canStartTls } = this.#channel
    return capa({
      underTls: tls !== undefined,
      mechanisms: this.#needs.authenticator.mechanisms(this.#channel),
      canStartTls,
      loggedIn: this.#state === 'transaction',
      loginDelay: this.#loginDelay.seconds,
    })
  }

  /** RFC 2595 4: what the client said in the clear is forgotten: the state goes back to its start. */
  async #startTls(): Promise<Reply | undefined> {
    if (!this.#channel.canStartTls) return refusal(this.#channel.tls ? texts => texts.alreadyTls : texts => texts.noTls)
    // RFC 6856 2.1
    if (this.#utf8) return refusal(texts => texts.stlsAfterUtf8)
    // A command put in behind STLS by somebody on the way must not be obeyed under TLS.
    if (this.#input.buffered > 0) throw new ChannelError('unread-bytes', 'the peer sent bytes behind STLS')
    await this.#output.write(ok(texts => texts.beginTls))
    await this.#channel.startTls()
    this.#input.startOver()
    this.#output.texts = english
    return undefined
  }

  async #authenticate(mechanism: string, initial: Uint8Array | undefined): Promise<Reply> {
    if (this.#channel.tls === undefined) return needsTls
    const { authenticator } = this.#needs
    this.#exchange = authenticator.exchange(mechanism, this.#channel, this.#channel.remote.address)
    if (this.#exchange === undefined) return refusal(texts => texts.noSuchMechanism)
    return await this.#follow(await this.#exchange.start(initial))
  }

  async #respond(line: string): Promise<Reply> {
    const response = parseResponse(line)
    if (response === undefined || this.#exchange === undefined) return refusal(texts => texts.givenUp)
    return await this.#follow(await this.#exchange.respond(response))
  }

  async #follow(saslStep: SaslStep): Promise<Reply> {
    if (saslStep.kind === 'challenge') this.#input.expectResponse()
    return await answerStep(saslStep, (user, outcome) => this.#enter(user, outcome))
  }

  async #signIn(user: string, password: string): Promise<Reply> {
    // RFC 6856 2.2: refused, and nothing is guessed.
    if (hasProhibited(password)) return refusal(texts => texts.prohibitedCharacter)
    const { authenticator } = this.#needs
    return await this.#enter(user, await authenticator.login(user, password, this.#channel.remote.address))
  }

  async #enter(user: string, outcome: SaslOutcome): Promise<Reply> {
    const needs = {
      store: this.#needs.store,
      loginDelay: this.#loginDelay,
      utf8: this.#utf8,
      admit: (account: Account) => this.#admit(account),
    }
    const result = await enter(needs, outcome)
    if (result.kind !== 'welcome') {
      if (result.kind === 'wrong') this.#wrongLogins += 1
      this.#log.info('pop3.login-refused', { user, why: result.kind })
      return result.reply
    }
    const { maildrop, told } = result
    await using untilWatched = new AsyncDisposableStack()
    untilWatched.use(told)
    untilWatched.use(maildrop) // RFC 1939 4: a login that fails leaves no lock behind
    this.#watch = await this.#needs.accounts.watch(maildrop.account.accountId, () => this.#input.hangUp())
    untilWatched.move()
    this.#transaction = { maildrop, source: new MessageSource(this.#needs.store, maildrop), told }
    this.#loginDelay.begin(maildrop.account.accountId)
    this.#log = this.#log.with({ account: maildrop.account.address })
    this.#log.info('pop3.login', { messages: maildrop.messages })
    const { messages, octets } = maildrop
    return ok(texts => texts.welcome(texts.counted(messages, octets)))
  }

  async #admit(account: Account): Promise<Admission> {
    const onPinned = () => {
      this.#isPinned = true
      this.#input.hangUp()
    }
    return await this.#retrieval.admit({ account, protocol: 'pop3', address: this.#channel.remote.address, onPinned })
  }

  /** Somebody who speaks no POP3 (a web browser made to, a guesser) is not listened to for long. */
  async #complain(text: Text): Promise<void> {
    this.#badCommands += 1
    if (this.#badCommands < badCommands) return await this.#output.write(refusal(text))
    await this.#output.write(refusal(texts => texts.tooManyErrors))
    this.#state = 'closed'
  }

  async #confess(fault: unknown): Promise<void> {
    const id = this.#logFault(fault)
    if (this.#output.isMidway) this.#state = 'closed'
    else await this.#output.write(refusal(texts => texts.internalError(id), 'SYS/TEMP'))
  }

  /** The fault's id in the log. */
  #logFault(fault: unknown): string {
    this.#faults += 1
    const id = `${this.#channel.id}.${this.#faults}`
    this.#log.error('pop3.fault', {
      id,
      error: fault instanceof Error ? (fault.stack ?? fault.message) : String(fault),
    })
    return id
  }
}

function nextState(step: Step, reply: Reply | undefined): State {
  if (reply?.kind === 'error') return step.refused
  return reply?.kind === 'challenge' ? (step.asked ?? step.refused) : step.done
}
