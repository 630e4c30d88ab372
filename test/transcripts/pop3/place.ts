// What the POP3 transcripts run against: a store on SQLite in a folder of its own, sessions on channels in memory.
// Accounts: alice (secret), bob (two spaced words), carol (disabled), mallory (throttled), broken (a fault of ours).

import assert from 'node:assert/strict'
import type { Account, LoginOutcome } from '#accounts/account.ts'
import { AccountWatches } from '#accounts/account-watches.ts'
import { ChannelError } from '#io/channel.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryChannelOptions, type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { pop3Session } from '#pop3/session.ts'
import type { Store } from '#store/store.ts'
import { type FailingDatabase, openFailingStore } from '../../support/failing-store.ts'
import { everyMechanismsChannel, type PlaceLogins, placeLogins } from '../../support/place-logins.ts'
import type { TranscriptNeeds } from '../../support/transcript.ts'

export interface Pop3Place extends TranscriptNeeds, AsyncDisposable {
  readonly store: Store
  readonly clock: ManualClock
  readonly log: MemoryLog
  /** Reads of the database so far. */
  readonly reads: number
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
    database: (argument: string) => {
      this.#database.become(argument)
    },
    drain: () => this.#drain.abort(),
    /** `gone alice`: the account is disabled, or removed. */
    gone: (name: string) => this.#watches.tell(idOf(name)),
    minutes: (argument: string) => this.clock.advance(Number(argument) * 60_000),
    logged: (argument: string) => assert.ok(this.log.events.some(({ event }) => event === argument)),
    reset: async (argument: string) => {
      const session = this.#sessions[Number(argument) - 1]
      session?.client.reset()
      await session?.ended
    },
  }
  readonly #database: FailingDatabase
  readonly #logins: PlaceLogins
  readonly #owned: AsyncDisposableStack
  readonly #drain = new AbortController()
  readonly #watches = new AccountWatches()
  readonly #sessions: { readonly client: MemoryPeer; readonly ended: Promise<void> }[] = []

  constructor(parts: Parts, owned: AsyncDisposableStack) {
    this.store = parts.store
    this.clock = parts.clock
    this.log = parts.log
    this.#database = parts.database
    this.#logins = parts.logins
    this.#owned = owned
  }

  get reads(): number {
    return this.#database.reads
  }

  connect(options: MemoryChannelOptions = {}, authenticator = this.#logins.usual): MemoryPeer {
    const id = String(this.#sessions.length + 1)
    const { server, client } = memoryChannelPair({ implicitTls: true, clock: this.clock, id, ...options })
    const { store, clock, log } = this
    const accounts = { watch: this.#watch }
    const run = pop3Session({ store, authenticator, accounts, log, clock, hostname: 'mail.example.test' })
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

  readonly #watch = async (accountId: number, onGone: () => void) => this.#watches.add(accountId, onGone)

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
  if (user === 'mallory') return { kind: 'too-many', retryAfterMs: 30_001 }
  if (user === 'broken') throw new Error('the directory is broken')
  return { kind: 'wrong' }
}

function account(name: string): Account {
  return { accountId: idOf(name), address: `${name}@example.test`, disabled: false, createdAt: 0 }
}

function idOf(name: string): number {
  const id = accountIds[name]
  assert.ok(id, `no account ${name}`)
  return id
}

function unlessBroken(error: unknown): void {
  if (!(error instanceof ChannelError)) throw error
}
