// One client's conversation, as the command files see it: who it is, what it has selected, how it is spoken to.

import type { Account } from '#accounts/account.ts'
import type { Channel } from '#io/channel.ts'
import type { Log } from '#io/log.ts'
import { type Conditions, capabilities } from '#wire/imap/capabilities.ts'
import type { Command } from '#wire/imap/command.ts'
import type { State } from '#wire/imap/state.ts'
import { Input } from './input.ts'
import { autologoutMs, loginTimeoutMs, turnMs } from './limits.ts'
import type { ImapNeeds } from './needs.ts'
import { Output } from './output.ts'
import type { Selected } from './selected.ts'
import { Uploads } from './uploads.ts'

/** Our farewell at a shutdown. */
export const goingDown = 'The server is going down, come back in a moment'

export class Conversation implements Disposable {
  readonly needs: ImapNeeds
  readonly channel: Channel
  /** Fires when the server wants to stop: the session ends as soon as the present command is done. */
  readonly drain: AbortSignal
  readonly output: Output
  input: Input
  readonly uploads: Uploads
  readonly log: Log
  loginFailures = 0
  /** The session ends after the present answer. */
  isOver = false
  /** Said as BYE at the end. */
  goodbye: string | undefined
  #account: Account | undefined
  #selected: Selected | undefined
  #turnStartMs = 0
  #watch: Disposable | undefined

  constructor(options: { needs: ImapNeeds; channel: Channel; drain: AbortSignal }) {
    this.needs = options.needs
    this.channel = options.channel
    this.drain = options.drain
    this.output = new Output(options.channel)
    this.input = new Input(options.channel)
    this.uploads = new Uploads(options.needs)
    this.log = options.needs.log.with({ session: options.channel.id })
  }

  get state(): State {
    if (this.isOver) return 'logout'
    if (this.#selected !== undefined) return 'selected'
    return this.#account === undefined ? 'not-authenticated' : 'authenticated'
  }

  get account(): Account | undefined {
    return this.#account
  }

  get selected(): Selected | undefined {
    return this.#selected
  }

  /** From now on the session ends with its account. */
  async logIn(account: Account): Promise<void> {
    this.#watch = await this.needs.accounts.watch(account.accountId, () => {
      this.hangUp('This account was disabled or removed')
      this.input.ring()
    })
    this.#account = account
  }

  /** Lets go of what the session holds. */
  [Symbol.dispose](): void {
    this.select(undefined)
    this.#watch?.[Symbol.dispose]()
  }

  /** Leaves the mailbox that was selected before, if any: nothing pending of it is told. */
  select(selected: Selected | undefined): void {
    this.#selected?.[Symbol.dispose]()
    this.#selected = selected
  }

  /** What CAPABILITY says now. No password goes over the wire in the clear (RFC 9051 11.1). */
  capabilities(): readonly string[] {
    const { channel } = this
    const conditions: Conditions = {
      canStartTls: channel.canStartTls,
      canLogIn: channel.tls !== undefined,
      mechanisms: this.needs.authenticator.mechanisms(channel),
    }
    return capabilities(this.state, conditions)
  }

  /** Sends what was said and waits: for octets, a ring, or 'over': the client or the server goes, or was silent for too long. */
  async hear({ mayDrain }: { readonly mayDrain: boolean }): Promise<'bytes' | 'rung' | 'over'> {
    await this.output.flush()
    const heard = await this.input.wait(this.#account === undefined ? loginTimeoutMs : autologoutMs)
    if (heard === 'end') this.isOver = true
    else if (heard === 'timeout') this.hangUp('Nothing was heard for too long')
    else if (this.drain.aborted && mayDrain) this.hangUp(goingDown)
    return heard === 'end' || heard === 'timeout' || this.isOver ? 'over' : heard
  }

  /** A line that is no command: a SASL response. Undefined if it is too long, or will not come any more. */
  async readLine(): Promise<string | undefined> {
    const { receiver } = this.input
    receiver.expectLine()
    for (;;) {
      const event = receiver.next()
      if (event !== undefined) return event.kind === 'line' ? event.text : undefined
      if ((await this.hear({ mayDrain: true })) === 'over') return undefined
    }
  }

  /** Amid long work: sends what was said, waits for room, and lets the other sessions have a turn now and then. */
  async breathe(): Promise<void> {
    await this.output.flush()
    const { clock } = this.needs
    if (clock.monotonicMs() - this.#turnStartMs < turnMs) return
    await new Promise(resolve => setImmediate(resolve))
    this.#turnStartMs = clock.monotonicMs()
  }

  /** Ends the session with BYE once the present command is answered. */
  hangUp(text: string): void {
    this.isOver = true
    this.goodbye ??= text
  }

  /** After TLS has started: whatever was heard in the clear is forgotten (RFC 3501 6.2.1). */
  startAnew(): void {
    this.input = new Input(this.channel)
  }
}

/** The command that `V` names, with those that share its arguments. */
export type CommandOf<V extends Command['verb']> = Command extends infer C
  ? C extends Command
    ? V extends C['verb']
      ? C
      : never
    : never
  : never
