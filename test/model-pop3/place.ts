// What the walks of POP3, IMAP and SMTP run against: one account in a whole house (store, guard, directory, receiving) on SQLite in a folder of its own,
// which can be shut and opened again, and in which one write can be made to fail.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Account, Authenticator } from '#accounts/account.ts'
import * as accounts from '#accounts/account-verbs.ts'
import { AccountWatches } from '#accounts/account-watches.ts'
import { Directory } from '#accounts/directory.ts'
import { imapSession } from '#imap/session.ts'
import { type Channel, ChannelError } from '#io/channel.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryPeer, memoryChannelPair } from '#io/memory-channel.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { pop3Session } from '#pop3/session.ts'
import type { RetrievalDesk } from '#retrieval/desk.ts'
import { openRetrieval } from '#retrieval/open.ts'
import type { OnDeleteSetting } from '#retrieval/policy.ts'
import { smtpSession } from '#smtp/session.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { assertConsistent } from '#store/temporary-store.ts'
import { Receiving } from '../transcripts/smtp/receiving.ts'
import { type Breakable, breakable } from './breakable.ts'

export const accountId = 1
const hostname = 'mail.example.test'

export interface Connection {
  /** Its place in the order in which they began. */
  readonly name: string
  readonly peer: MemoryPeer
  /** The session is over, and has let go of all that it had. */
  readonly ended: Promise<void>
}

/** What is built anew when it is opened. */
interface House {
  readonly store: Store
  readonly database: Breakable
  readonly retrieval: RetrievalDesk
  readonly receiving: Receiving
}

export class Place implements AsyncDisposable {
  readonly clock: ManualClock = manualClock()
  readonly log: MemoryLog = memoryLog()
  /** Which protocol changed messages, in the order in which the store was asked to: `pop3 take`. */
  readonly changes: string[] = []
  readonly #folder: string
  readonly #onDelete: OnDeleteSetting
  readonly #account: Account
  readonly #authenticator: Authenticator
  #house: House | undefined
  #owned = new AsyncDisposableStack()
  readonly #connections = new Set<Connection>()
  #count = 0

  static async open(onDelete: OnDeleteSetting): Promise<Place> {
    const place = new Place(await mkdtemp(join(tmpdir(), 'posthouse-model-')), onDelete)
    await place.#build()
    return place
  }

  private constructor(folder: string, onDelete: OnDeleteSetting) {
    this.#folder = folder
    this.#onDelete = onDelete
    const account = { accountId, address: 'alice@example.test', disabled: false, createdAt: this.clock.now() }
    this.#account = account
    this.#authenticator = {
      login: async () => ({ kind: 'welcome', account }),
      mechanisms: () => [],
      exchange: () => undefined,
    }
  }

  get store(): Store {
    return this.#built.store
  }

  get database(): Breakable {
    return this.#built.database
  }

  get retrieval(): RetrievalDesk {
    return this.#built.retrieval
  }

  get #built(): House {
    assert.ok(this.#house)
    return this.#house
  }

  /** `USER alice`, `PASS secret`. With `marksSeen` what RETR has sent is \Seen. */
  pop3(marksSeen: boolean): Connection {
    const { retrieval } = this.#built
    const { clock, log } = this
    const store = noted('pop3', this.store, this.changes)
    const reader = { authenticator: this.#authenticator, accounts: this.#accounts }
    return this.#begin(pop3Session({ store, retrieval, ...reader, log, clock, hostname, marksSeen }))
  }

  /** `LOGIN alice secret`. */
  imap(): Connection {
    const { retrieval } = this.#built
    const { clock, log } = this
    const store = noted('imap', this.store, this.changes)
    const reader = { authenticator: this.#authenticator, accounts: this.#accounts }
    return this.#begin(imapSession({ store, retrieval, ...reader, log, clock, hostname }))
  }

  /** Mail for alice@example.test comes in. */
  mx(): Connection {
    const { store, receiving } = this.#built
    const { clock, log } = this
    const house = { accounts: undefined, authenticator: undefined, spool: store.spool, log, clock, hostname }
    const session = { random: seededRandom(this.#count), intake: receiving.intake('mx') }
    return this.#begin(smtpSession({ kind: 'mx', ...house, ...session }))
  }

  /** All connections break, and the house is shut and opened. */
  async restart(): Promise<void> {
    await this.#shut()
    await this.#build()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shut()
    await rm(this.#folder, { recursive: true })
  }

  readonly #watches = new AccountWatches()

  get #accounts() {
    return {
      watch: async (id: number, onGone: () => void) => this.#watches.add(id, onGone),
      named: async () => undefined,
      byId: async () => new Map([[accountId, this.#account]]),
    }
  }

  #begin(run: (channel: Channel, drain: AbortSignal) => Promise<void>): Connection {
    this.#count += 1
    const name = String(this.#count)
    const { server, client } = memoryChannelPair({ implicitTls: true, clock: this.clock, id: name })
    const ended = run(server, new AbortController().signal)
      .catch(unlessBroken)
      .finally(async () => {
        await server.close()
        this.#connections.delete(connection)
      })
    const connection = { name, peer: client, ended }
    this.#connections.add(connection)
    return connection
  }

  async #build(): Promise<void> {
    const { clock, log } = this
    await using owned = new AsyncDisposableStack()
    const database = breakable(owned.use(await openSqlite({ path: join(this.#folder, 'store.sqlite') })))
    const random = seededRandom(this.#count)
    const store = owned.use(await openStore({ database, folder: this.#folder, clock, random, log }))
    const directory = await Directory.open({ database, clock, random })
    if (this.#house === undefined) await fill(directory, database, store)
    const config = { onDelete: this.#onDelete, retrieval: 'any', notices: true, language: 'en' } as const
    const guard = { database, store, accounts: this.#accounts, clock, random, log, hostname, config }
    const retrieval = owned.use(await openRetrieval(guard))
    const receiving = await Receiving.open(owned, { store, directory, database, clock, log, hostname })
    this.#house = { store, database, retrieval, receiving }
    this.#owned = owned.move()
  }

  async #shut(): Promise<void> {
    const open = [...this.#connections]
    for (const { peer } of open) peer.reset()
    await Promise.all(open.map(({ ended }) => ended))
    const { database } = this.#built
    await assertConsistent(database, this.#folder)
    await this.#owned.disposeAsync()
  }
}

const changing: readonly (string | symbol)[] = ['take', 'move', 'copy', 'expunge', 'setFlags']

/** The store, which notes who asks it for changes. */
function noted(protocol: string, store: Store, changes: string[]): Store {
  return new Proxy(store, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') return value
      const method = value.bind(target)
      if (!changing.includes(name)) return method
      return (...words: readonly unknown[]) => {
        changes.push(`${protocol} ${String(name)}`)
        return method(...words)
      }
    },
  })
}

async function fill(directory: Directory, database: Breakable, store: Store): Promise<void> {
  await directory.addDomain('example.test')
  await database.write(tx =>
    accounts.add(tx, { accountId, address: 'alice@example.test', passwordHash: 'none', now: 0 }),
  )
  await store.createAccount(accountId)
}

function unlessBroken(error: unknown): void {
  if (!(error instanceof ChannelError)) throw error
}
