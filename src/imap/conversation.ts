// One client's conversation, as the command files see it: who it is, what it has selected, how it is spoken to.

import type { Account } from '#accounts/account.ts'
import type { Channel } from '#io/channel.ts'
import { type CompressedChannel, deflatedChannel } from '#io/deflated-channel.ts'
import type { Log } from '#io/log.ts'
import { unguarded } from '#retrieval/retrieval.ts'
import type { Author, Change } from '#store/change.ts'
import { type Conditions, capabilities } from '#wire/imap/capabilities.ts'
import type { Command } from '#wire/imap/command.ts'
import { type Dialect, dialectOf, rev1 } from '#wire/imap/dialect.ts'
import { limitsAfterLogin, limitsBeforeLogin } from '#wire/imap/limits.ts'
import type { State } from '#wire/imap/state.ts'
import type { PrintedStructures } from './fetch/printed-structures.ts'
import { hiddenFrom, hiddenVerbs, isHidden } from './hidden.ts'
import { Input } from './input.ts'
import { autologoutMs, loginTimeoutMs, messageBytes, turnMs } from './limits.ts'
import type { ImapNeeds } from './needs.ts'
import { Notices } from './notify/notices.ts'
import { Output } from './output.ts'
import { Progress } from './progress.ts'
import type { Selected } from './selected.ts'
import { Told } from './told.ts'
import { Uploads } from './uploads.ts'

/** Our farewell at a shutdown. */
export const goingDown = 'The server is going down, come back in a moment'

/** To a client that may not read the account, or may not any more. */
export const pinned = 'This account is read by POP3 alone; its administrator can change that'

export interface ConversationOptions {
  readonly needs: ImapNeeds
  readonly channel: Channel
  readonly drain: AbortSignal
  readonly printed: PrintedStructures
}

export class Conversation implements Disposable, Author {
  readonly needs: ImapNeeds
  channel: Channel
  /** Fires when the server wants to stop: the session ends as soon as the present command is done. */
  readonly drain: AbortSignal
  readonly output: Output
  /** Shared by all sessions. */
  readonly printed: PrintedStructures
  input: Input
  readonly uploads: Uploads
  readonly log: Log
  readonly told = new Told()
  readonly #progress: Progress
  /** Events of this login that are logged once. */
  readonly #logged = new Set<string>()
  loginFailures = 0
  /** The session ends after the present answer. */
  isOver = false
  /** Said as BYE at the end. */
  goodbye: string | undefined
  #account: Account | undefined
  #selected: Selected | undefined
  #turnStartMs = 0
  #dialect = rev1
  #enabled: ReadonlySet<string> = new Set()
  #named: ReadonlySet<string> = new Set()
  #watch: Disposable | undefined
  #notices: Notices | undefined
  #compression: { readonly compressed: CompressedChannel; readonly below: Channel } | undefined
  /** The last octets of its stream may be still on their way. */
  #uncompressed: Disposable | undefined
  #hiddenFromAccount: readonly string[] = []
  #hiddenFromClient: readonly string[] = []
  #hidden: ReadonlySet<string> = new Set()
  #hiddenVerbs: ReadonlySet<string> = new Set()

  constructor(options: ConversationOptions) {
    this.needs = options.needs
    this.printed = options.printed
    this.channel = options.channel
    this.drain = options.drain
    this.output = new Output(options.channel)
    this.input = new Input(options.channel)
    this.uploads = new Uploads(options.needs)
    this.#progress = new Progress(options.needs.clock)
    this.log = options.needs.log.with({ session: options.channel.id })
    this.identify(new Map())
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

  /** How the client wants to be spoken to. */
  get dialect(): Dialect {
    return this.#dialect
  }

  /** Names of capabilities in upper case (RFC 5161). */
  get enabled(): ReadonlySet<string> {
    return this.#enabled
  }

  /** Those that were asked for by their names: ENABLE does not tell them again (RFC 5161 3.2). */
  get enabledByName(): ReadonlySet<string> {
    return this.#named
  }

  /** There is no way back but UNAUTHENTICATE, which gives no names. */
  enable(names: readonly string[]): void {
    this.#named = new Set([...this.#named, ...names])
    this.#turnOn(names)
  }

  #turnOn(names: readonly string[]): void {
    const hadCondstore = this.#dialect.condstore
    this.#enabled = new Set([...this.#enabled, ...names])
    this.#dialect = dialectOf(this.#enabled)
    if (!hadCondstore && this.#dialect.condstore) this.#selected?.tellHighestModseq(this.output)
  }

  /** Forgets everything that was enabled. */
  disableAll(): void {
    this.#enabled = new Set()
    this.#named = new Set()
    this.#dialect = rev1
  }

  /** The client has shown that it knows of CONDSTORE: from now on it is told every MODSEQ (RFC 7162 3.1). */
  useCondstore(): void {
    if (!this.#dialect.condstore) this.#turnOn(['CONDSTORE'])
  }

  /** From now on the session ends with its account. False: the account is not read by IMAP. */
  async logIn(account: Account): Promise<boolean> {
    const onPinned = () => {
      this.hangUp(pinned)
      this.input.ring()
    }
    const login = { account, protocol: 'imap', address: this.channel.remote.address, onPinned } as const
    const admission = await (this.needs.retrieval ?? unguarded).admit(login)
    if (admission.kind === 'pinned') return false
    using untilWatched = new DisposableStack()
    untilWatched.use(admission.session)
    this.#watch = await this.needs.accounts.watch(account.accountId, () => {
      this.hangUp('This account was disabled or removed')
      this.input.ring()
    })
    this.#hiddenFromAccount = (await this.needs.hidden?.ofAccount(account.accountId)) ?? []
    this.#hide()
    this.#account = account
    untilWatched.move()
    this.told.begin(admission.session, account.accountId)
    return true
  }

  /** Logs whose session does so, the first time. */
  logOnce(event: string): void {
    if (this.#logged.has(event)) return
    this.#logged.add(event)
    this.log.info(event, { account: this.#account?.address })
  }

  /** What the client says of itself (RFC 2971): some are not told of everything. */
  identify(fields: ReadonlyMap<string, string>): void {
    this.told.identify(fields)
    this.#hiddenFromClient = hiddenFrom(this.needs.hidden?.fromClients ?? [], fields)
    this.#hide()
  }

  #hide(): void {
    this.#hidden = new Set([...this.#hiddenFromAccount, ...this.#hiddenFromClient])
    this.#hiddenVerbs = hiddenVerbs(this.#hidden)
  }

  /** Everything that the account had of the session is forgotten (RFC 8437 3). How its octets travel: `uncompress`. */
  logOut(): void {
    this.select(undefined)
    this.#notices?.[Symbol.dispose]()
    this.#notices = undefined
    this.disableAll()
    this.#watch?.[Symbol.dispose]()
    this.#watch = undefined
    this.#account = undefined
    this.told.end()
    this.#logged.clear()
    this.#hiddenFromAccount = []
    this.#hide()
    this.input.receiver.limits = limitsBeforeLogin
  }

  get isCompressed(): boolean {
    return this.#compression !== undefined
  }

  /** From now on all octets are compressed, both ways (RFC 4978 3): behind the answer that says so. */
  async compress(): Promise<void> {
    await this.output.flush()
    this.#uncompressed?.[Symbol.dispose]()
    const compressed = deflatedChannel(this.channel)
    this.#compression = { compressed, below: this.channel }
    this.channel = compressed
    this.output.switchTo(compressed)
    this.startAnew()
    this.input.receiver.limits = limitsAfterLogin
  }

  /** No more of that, both ways, behind the answer to UNAUTHENTICATE (RFC 8437 4.1): what the client sends behind its command is in the clear. */
  async uncompress(): Promise<void> {
    if (this.#compression === undefined) return
    const { compressed, below } = this.#compression
    const isMore = this.input.receiver.buffered > 0
    await this.output.flush()
    const behind = await compressed.end()
    this.#compression = undefined
    this.#uncompressed = compressed
    this.channel = below
    this.output.switchTo(below)
    this.input = new Input(behind ?? below)
    this.input.receiver.limits = limitsBeforeLogin
    if (isMore || behind === undefined) this.hangUp('Nothing compressed may follow UNAUTHENTICATE')
  }

  /** Whether a command (in upper case, `UID MOVE` in two words) is unknown to this client. */
  hides(verb: string): boolean {
    return this.#hiddenVerbs.has(verb)
  }

  /** Lets go of what the session holds. */
  [Symbol.dispose](): void {
    this.select(undefined)
    this.#notices?.[Symbol.dispose]()
    this.#watch?.[Symbol.dispose]()
    this.told[Symbol.dispose]()
    this.#compression?.compressed[Symbol.dispose]()
    this.#uncompressed?.[Symbol.dispose]()
  }

  /** The watch on mailboxes that are not selected; undefined as long as the client has not asked for one. */
  get notices(): Notices | undefined {
    return this.#notices
  }

  /** Begins that watch, if it has not begun. */
  watchFeed(): Notices {
    const account = this.#account
    if (account === undefined) throw new Error('nobody is logged in')
    const ring = () => this.input.ring()
    this.#notices ??= new Notices({ store: this.needs.store, accountId: account.accountId, author: this, ring })
    return this.#notices
  }

  /** Whether its own changes are to be known from others': NOTIFY does not tell them back (RFC 5465 5). */
  get knowsItsOwn(): boolean {
    return this.#notices !== undefined || (this.#selected !== undefined && this.#selected.searches.contexts.length > 0)
  }

  /** A command has changed something: what it put into the selected mailbox need not be fetched for its client (RFC 5465 5.2). */
  made(changes: readonly Change[]): void {
    const { view, searches, arrivals } = this.#selected ?? {}
    const isFetched =
      this.#notices?.plan?.selected?.items !== undefined || searches?.contexts.some(({ items }) => items)
    if (isFetched !== true) return
    for (const change of changes) {
      const isHere = change.accountId === view?.accountId && change.mailboxId === view.mailboxId
      if (change.kind === 'added' && isHere) arrivals?.made(change.entries.map(({ uid }) => uid))
    }
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
      appendLimit: this.needs.maxMessageBytes ?? messageBytes,
      messageLimit: this.needs.messageLimit,
    }
    return capabilities(this.state, conditions).filter(name => !isHidden(name, this.#hidden))
  }

  /** Sends what was said and waits: for octets, a ring, or 'over': the client or the server goes, or was silent for too long. */
  async hear({ mayDrain }: { readonly mayDrain: boolean }): Promise<'bytes' | 'rung' | 'over'> {
    await this.output.flush()
    const heard = await this.input.wait(this.#account === undefined ? loginTimeoutMs : autologoutMs)
    this.#turnStartMs = this.needs.clock.monotonicMs()
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

  /** Amid long work: sends what was said once it is much, waits for room, and lets the other sessions have a turn now and then. */
  async breathe(): Promise<void> {
    const { clock } = this.needs
    const isOver = clock.monotonicMs() - this.#turnStartMs >= turnMs
    // A short answer leaves in one piece with its tagged response.
    if (isOver || this.output.isFull) await this.output.flush()
    if (!isOver) return
    await new Promise(resolve => setImmediate(resolve))
    this.#turnStartMs = clock.monotonicMs()
  }

  /** Work begins: where it is long it is told, under the tag of the command, if there is one. */
  beginWork(tag: string | undefined): void {
    this.#progress.begin(tag)
  }

  /** Tells now and then how far long work is: `done` of `total` steps, if that is known. Not amid a response. */
  progress(done: number, total?: number): void {
    if (this.#account === undefined || isHidden('INPROGRESS', this.#hidden)) return
    const response = this.#progress.response(done, total)
    if (response !== undefined) this.output.text(response)
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
