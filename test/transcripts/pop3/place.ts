// What the POP3 transcripts run against: a store on SQLite in a folder of its own, sessions on channels in memory.
// Accounts: alice (secret), bob (two spaced words), carol (disabled), mallory (throttled), crowd (too many at once), broken (a fault of ours).

import assert from 'node:assert/strict'
import type { Account, Authenticator, LoginOutcome } from '#accounts/account.ts'
import { AccountWatches } from '#accounts/account-watches.ts'
import { Directory } from '#accounts/directory.ts'
import { imapSession } from '#imap/session.ts'
import { ChannelError } from '#io/channel.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryChannelOptions, type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { LoginDelay } from '#pop3/login-delay.ts'
import { type Pop3Needs, pop3Session } from '#pop3/session.ts'
import { type Retrieval, unguarded } from '#retrieval/retrieval.ts'
import { smtpSession } from '#smtp/session.ts'
import type { Store } from '#store/store.ts'
import { type FailingDatabase, openFailingStore } from '../../support/failing-store.ts'
import { Guard } from '../../support/guard.ts'
import { directoryRandom, everyMechanismsChannel, type PlaceLogins, placeLogins } from '../../support/place-logins.ts'
import type { TranscriptNeeds } from '../../support/transcript.ts'
import { undelete } from '../../support/undelete.ts'
import { Receiving } from '../smtp/receiving.ts'

export interface Pop3Place extends TranscriptNeeds, AsyncDisposable {
  readonly store: Store
  readonly clock: ManualClock
  readonly log: MemoryLog
  /** Reads of the database so far. */
  readonly reads: number
  /** What runs on a connection. */
  readonly session: ReturnType<typeof pop3Session>
  /** A client of a new session; its channel's id counts from 1. */
  connect(options?: MemoryChannelOptions): MemoryPeer
  deliver(accountId: number, message: Uint8Array): Promise<void>
}

const accountIds: Readonly<Record<string, number>> = { alice: 1, bob: 2 }

export async function pop3Place(): Promise<Pop3Place> {
  await using owned = new AsyncDisposableStack()
  const [clock, log] = [manualClock(), memoryLog()]
  const { store, database } = await openFailingStore(owned, { clock, log, random: seededRandom(1) })
  for (const accountId of Object.values(accountIds)) await store.createAccount(accountId)
  const logins = await placeLogins({ login, database, clock, log })
  return new Place({ store, database, clock, log, logins }, owned.move())
}

interface Parts {
  readonly store: Store
  readonly database: FailingDatabase
  readonly clock: ManualClock
  readonly log: MemoryLog
  readonly logins: PlaceLogins
}

class Place implements Pop3Place {
  readonly store: Store
  readonly clock: ManualClock
  readonly log: MemoryLog
  readonly openers = {
    tls: () => this.connect(),
    /** Every mechanism is offered. */
    sasl: () => this.connect(everyMechanismsChannel, this.#logins.everything),
    clear: () => this.connect({ tls: true, implicitTls: false }),
    bare: () => this.connect({ implicitTls: false }),
    /** An account logs in once a minute; the server's language is German. */
    delayed: () => this.connect({}, this.#logins.usual, { loginDelay: this.#loginDelay, language: 'de' }),
    /** What RETR sends is \Seen. */
    seen: () => this.connect({}, this.#logins.usual, { marksSeen: true }),
    /** IMAP on the same accounts: `a LOGIN alice secret`. */
    imap: () => this.#connectImap(),
    /** Both again, under the guard of retrieval/retrieval.ts; POP3 comes from 192.0.2.1, IMAP from 198.51.100.7. */
    guarded: () => this.connect({}, this.#logins.usual, { retrieval: this.#guard }),
    'guarded-imap': () => this.#connectImap(this.#guard, { remote: { address: '198.51.100.7', port: 40_000 } }),
    /** Another server, with mail for alice@example.test. */
    mx: () => this.#connectMx(),
  }
  readonly actions = {
    deliver: (argument: string) => {
      const [name = '', ...words] = argument.split(' ')
      return this.deliver(idOf(name), Buffer.from(words.join(' '), 'latin1'))
    },
    expunge: async (argument: string) => {
      const [name = '', ...uids] = argument.split(' ')
      const inbox = await this.#inbox(idOf(name))
      await this.store.expunge(idOf(name), inbox.mailboxId, uids.map(Number), { onlyDeleted: false })
    },
    holds: async (argument: string) => {
      const [name = '', count] = argument.split(' ')
      assert.equal((await this.#inbox(idOf(name))).exists, Number(count), `messages of ${name}`)
    },
    /** `undelete alice Found`: all that was removed comes back, where it was or into that mailbox. `undelete alice --for-pop3`: POP3 sees it, too. */
    undelete: (argument: string) => {
      const [name = '', ...words] = argument.split(' ')
      return undelete(this.store, idOf(name), words)
    },
    /** `uidl alice 1 UID1-2`: the message of that UID came along with that unique-id. */
    uidl: async (argument: string) => {
      const [name = '', uid, uidl = ''] = argument.split(' ')
      const inbox = await this.#inbox(idOf(name))
      using view = await this.store.openView(idOf(name), inbox.mailboxId)
      assert.ok(view)
      const entryId = view.current.entryIds[view.current.uids.indexOf(Number(uid))]
      assert.ok(entryId)
      assert.deepEqual(await this.store.setUidls(idOf(name), [{ entryId, uidl }]), { taken: 1, refused: [] })
    },
    /** `taken alice 2 3`: POP3 took the messages of those UIDs. */
    taken: async (argument: string) => {
      const [name = '', ...uids] = argument.split(' ')
      const inbox = await this.#inbox(idOf(name))
      await this.store.take(idOf(name), inbox.mailboxId, uids.map(Number), { taken: true })
    },
    /** `set alice on-delete=trash retrieval=imap language=de older shared`: any of these. */
    set: (argument: string) => {
      const [name = '', ...words] = argument.split(' ')
      return this.#guard.set(idOf(name), words, idOf('bob'))
    },
    /** What the guard has noted is written, and told to whom it is due. */
    noted: () => this.#guard.write(),
    /** `device alice pop3 192.0.2.0/24 : taken 1, removed 0, hidden 1`: it is known so. */
    device: (argument: string) => {
      const [name = '', ...words] = argument.split(' ')
      return this.#guard.device(idOf(name), words.join(' '))
    },
    database: (argument: string) => {
      this.#database.become(argument)
    },
    drain: () => this.#drain.abort(),
    /** `gone alice`: the account is disabled, or removed. */
    gone: (name: string) => this.#watches.tell(idOf(name)),
    /** `watch broken`: it can't be told whether an account is removed; `watch works`. */
    watch: (argument: string) => {
      this.#watchIsBroken = argument === 'broken'
    },
    seconds: (argument: string) => this.clock.advance(Number(argument) * 1000),
    minutes: (argument: string) => this.clock.advance(Number(argument) * 60_000),
    /** `logged pop3.fault`; `logged pop3.quit 2`: so often. */
    logged: (argument: string) => {
      const [name, times] = argument.split(' ')
      const found = this.log.events.filter(({ event }) => event === name).length
      assert.ok(times === undefined ? found > 0 : found === Number(times), `${name} was logged ${found} times`)
    },
    reset: async (argument: string) => {
      const session = this.#sessions[Number(argument) - 1]
      session?.client.reset()
      await session?.ended
    },
  }
  readonly #database: FailingDatabase
  readonly #logins: PlaceLogins
  readonly #owned: AsyncDisposableStack
  readonly #guard: Guard
  readonly #drain = new AbortController()
  readonly #watches = new AccountWatches()
  readonly #loginDelay: LoginDelay
  #watchIsBroken = false
  #receiving: Promise<Receiving> | undefined
  readonly #sessions: { readonly client: MemoryPeer; readonly ended: Promise<void> }[] = []

  constructor(parts: Parts, owned: AsyncDisposableStack) {
    this.store = parts.store
    this.clock = parts.clock
    this.log = parts.log
    this.#database = parts.database
    this.#logins = parts.logins
    this.#owned = owned
    const { store, database, clock, log } = parts
    this.#guard = owned.use(new Guard({ store, database, clock, log, random: seededRandom(2), account: accountOf }))
    this.#loginDelay = new LoginDelay(60_000, parts.clock)
  }

  get reads(): number {
    return this.#database.reads
  }

  get session(): ReturnType<typeof pop3Session> {
    return this.#sessionWith(this.#logins.usual)
  }

  #sessionWith(authenticator: Authenticator, settings: Partial<Pop3Needs> = {}): ReturnType<typeof pop3Session> {
    const { store, clock, log } = this
    const accounts = { watch: this.#watch }
    const needs = { store, authenticator, accounts, log, clock, hostname: 'mail.example.test' }
    return pop3Session({ ...needs, ...settings })
  }

  connect(
    options: MemoryChannelOptions = {},
    authenticator = this.#logins.usual,
    settings: Partial<Pop3Needs> = {},
  ): MemoryPeer {
    return this.#begin(this.#sessionWith(authenticator, settings), options)
  }

  #connectImap(retrieval: Retrieval = unguarded, options: MemoryChannelOptions = {}): MemoryPeer {
    const { store, clock, log } = this
    const accounts = { watch: this.#watch, named: async () => undefined, byId: async () => new Map() }
    const authenticator = this.#logins.usual
    const hidden = { ofAccount: async () => [], fromClients: [] }
    const place = { hostname: 'mail.example.test', maxMessageBytes: 1_000_000, messageLimit: undefined, hidden }
    return this.#begin(imapSession({ store, retrieval, authenticator, accounts, log, clock, ...place }), options)
  }

  async #connectMx(): Promise<MemoryPeer> {
    const { store, clock, log } = this
    this.#receiving ??= this.#openReceiving()
    const intake = (await this.#receiving).intake('mx')
    const house = { authenticator: undefined, accounts: undefined, spool: store.spool, hostname: 'mail.example.test' }
    return this.#begin(smtpSession({ kind: 'mx', intake, ...house, random: seededRandom(3), log, clock }), {})
  }

  /** Over the accounts that are there for the logins. */
  async #openReceiving(): Promise<Receiving> {
    const { store, clock, log } = this
    const database = this.#database
    const directory = await Directory.open({ database, clock, random: directoryRandom() })
    return await Receiving.open(this.#owned, { store, directory, database, clock, log, hostname: 'mail.example.test' })
  }

  #begin(run: ReturnType<typeof pop3Session>, options: MemoryChannelOptions): MemoryPeer {
    const id = String(this.#sessions.length + 1)
    const { server, client } = memoryChannelPair({ implicitTls: true, clock: this.clock, id, ...options })
    const ended = run(server, this.#drain.signal).catch(unlessBroken)
    this.#sessions.push({ client, ended: ended.finally(() => server.close()) })
    return client
  }

  async deliver(accountId: number, message: Uint8Array): Promise<void> {
    await using writer = this.store.spool.open()
    await writer.write(message)
    await using spooled = await writer.finish()
    await this.store.deliver(spooled, [{ accountId, mailbox: 'INBOX', prefix: new Uint8Array(0) }])
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { client } of this.#sessions) if (!client.closed) client.end()
    await Promise.all(this.#sessions.map(session => session.ended))
    await this.#owned.disposeAsync()
  }

  readonly #watch = async (accountId: number, onGone: () => void) => {
    if (this.#watchIsBroken) throw new Error('the directory is broken')
    return this.#watches.add(accountId, onGone)
  }

  async #inbox(accountId: number) {
    const inbox = await this.store.mailbox(accountId, 'INBOX')
    assert.ok(inbox)
    return inbox
  }
}

async function login(user: string, password: string): Promise<LoginOutcome> {
  if (user === 'alice' && password === 'secret') return { kind: 'welcome', account: account(user) }
  if (user === 'bob' && password === 'two  words ') return { kind: 'welcome', account: account(user) }
  if (user === 'carol') return { kind: 'disabled' }
  if (user === 'crowd') return { kind: 'too-many', retryAfterMs: 10_000, busy: true }
  if (user === 'mallory') return { kind: 'too-many', retryAfterMs: 30_001 }
  if (user === 'broken') throw new Error('the directory is broken')
  return { kind: 'wrong' }
}

function account(name: string): Account {
  return { accountId: idOf(name), address: `${name}@example.test`, disabled: false, createdAt: 0 }
}

function accountOf(accountId: number): Account {
  const [name = ''] = Object.entries(accountIds).find(([, id]) => id === accountId) ?? []
  return account(name)
}

function idOf(name: string): number {
  const id = accountIds[name]
  assert.ok(id, `no account ${name}`)
  return id
}

function unlessBroken(error: unknown): void {
  if (!(error instanceof ChannelError)) throw error
}
