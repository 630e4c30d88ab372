// A whole mail server in a simulated world: it takes mail by SMTP as MX, forwards, reports and returns, and sends to the other servers of that world.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as accounts from '#accounts/account-verbs.ts'
import { Directory } from '#accounts/directory.ts'
import { openMailIn } from '#compose/mail-in.ts'
import { openMailOut } from '#compose/mail-out.ts'
import { devConfig } from '#config/dev.ts'
import type { Clock } from '#io/clock.ts'
import type { Dns } from '#io/dns.ts'
import { fixedHttp } from '#io/fixed-http.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import type { MemoryNetwork } from '#io/memory-network.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Queue } from '#queue/queue.ts'
import { smtpSession } from '#smtp/session.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { Suppressions } from '#suppression/suppressions.ts'
import { MemoryDatabase } from './memory-database.ts'

export interface StationNeeds {
  readonly domain: string
  /** Where it is MX, on port 25. */
  readonly address: string
  readonly clock: Clock
  readonly network: MemoryNetwork
  readonly dns: Dns
  readonly seed: number
}

export class Station implements AsyncDisposable {
  readonly domain: string
  readonly database: MemoryDatabase
  readonly store: Store
  readonly directory: Directory
  readonly queue: Queue
  readonly log: MemoryLog
  readonly #owned: AsyncDisposableStack
  #accounts = 0

  static async open({ domain, address, clock, network, dns, seed }: StationNeeds): Promise<Station> {
    await using owned = new AsyncDisposableStack()
    const data = mkdtempSync(join(tmpdir(), 'posthouse-station-'))
    owned.defer(() => rmSync(data, { recursive: true }))
    const hostname = `mx.${domain}`
    const dev = devConfig({ data, host: address, portOffset: 0, domains: [domain], outbound: { kind: 'direct' } })
    const config = { ...dev, hostname, receive: { ...dev.receive, authenticate: false } }
    const [random, log] = [seededRandom(seed), memoryLog()]
    const outside = { clock, random, log, dns, dialer: network, http: fixedHttp() }
    const database = owned.use(new MemoryDatabase())
    const still = {
      ...clock,
      now: () => clock.now(),
      monotonicMs: () => clock.monotonicMs(),
      busyMs: () => 0,
      after: never,
    }
    const store = owned.use(
      await openStore({ database, folder: data, clock: still, random, log, freeBytesThreshold: 0 }),
    )
    const directory = await Directory.open({ database, clock, random })
    await directory.addDomain(domain)
    const suppressions = await Suppressions.open({ database, clock })
    const { carriage } = owned.use(await openMailOut({ config, outside, database }))
    const isTrusted = () => true
    const needs = { config, outside, database, directory, store, suppressions, carriage, isTrusted }
    const mailIn = owned.use(await openMailIn(needs))
    const session = smtpSession({
      kind: 'mx',
      intake: mailIn.intakes.mx,
      authenticator: undefined,
      accounts: undefined,
      spool: store.spool,
      log,
      clock,
      random,
      hostname,
    })
    const running = new AbortController()
    network.set(address, 25, { serve: channel => session(channel, running.signal), tls: { names: [hostname] } })
    return new Station({ domain, database, store, directory, queue: mailIn.queue, log, owned: owned.move() })
  }

  private constructor(
    parts: Pick<Station, 'domain' | 'database' | 'store' | 'directory' | 'queue' | 'log'> & {
      readonly owned: AsyncDisposableStack
    },
  ) {
    this.domain = parts.domain
    this.database = parts.database
    this.store = parts.store
    this.directory = parts.directory
    this.queue = parts.queue
    this.log = parts.log
    this.#owned = parts.owned
  }

  /** Without the hashing of a password. Gives its id. */
  async addAccount(name: string): Promise<number> {
    this.#accounts += 1
    const accountId = this.#accounts
    const account = { accountId, address: `${name}@${this.domain}`, passwordHash: 'none', now: 0 }
    await this.database.write(async tx => void (await accounts.add(tx, account)))
    await this.store.createAccount(accountId)
    return accountId
  }

  /** The texts in the INBOX of every account. */
  async inboxes(): Promise<readonly string[]> {
    const texts: string[] = []
    for (let accountId = 1; accountId <= this.#accounts; accountId += 1) {
      const mailbox = await this.store.mailbox(accountId, 'INBOX')
      using view = await this.store.openView(accountId, mailbox?.mailboxId ?? 0)
      for (const messageId of view?.current.messageIds.subarray(0, view.current.count) ?? []) {
        const bytes = await this.store.message(accountId, messageId)
        texts.push(Buffer.from((await bytes?.read(0, bytes.sizeBytes)) ?? []).toString())
      }
    }
    return texts
  }

  /** Messages that it has taken from others so far. */
  get taken(): number {
    return this.log.events.filter(({ event }) => event === 'smtp.accepted').length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned.disposeAsync()
  }
}

/** The store's own rounds are no part of this. */
function never(): Disposable {
  return { [Symbol.dispose]() {} }
}
