// One life of the server in the simulated world: store, queue and carriage over doors that its end shuts. The database outlives it.
// Accounts alice and bob at example.test.

import * as accounts from '#accounts/account-verbs.ts'
import { Directory } from '#accounts/directory.ts'
import { localDelivery } from '#deliver/local.ts'
import type { Clock } from '#io/clock.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openQueue } from '#queue/open.ts'
import type { NewMessage, Queue } from '#queue/queue.ts'
import { localCarrier } from '#receive/local-carrier.ts'
import { type Carriage, openCarriage } from '#send/carriage.ts'
import { defaultSend } from '#send/default-settings.ts'
import { targetsOf } from '#send/targets.ts'
import { TlsPolicy } from '#send/tls-policy.ts'
import { openStore } from '#store/open.ts'
import type { Store } from '#store/store.ts'
import { noMailParameters, noRecipientParameters, type RecipientParameters } from '#wire/smtp/parameters.ts'
import type { Life } from './life.ts'
import { mortalDialer } from './mortal-dialer.ts'
import type { World } from './world.ts'

export interface HouseNeeds {
  readonly world: World
  readonly life: Life
  readonly database: Database
  readonly folder: string
  readonly seed: number
}

export interface Letter {
  /** The subject. */
  readonly token: string
  readonly to: readonly string[]
  readonly notify: RecipientParameters['notify']
  readonly body: string
  readonly releaseAt: number | undefined
}

const hostname = 'mail.example.test'
const accountIds = { alice: 1, bob: 2 } as const

export class House {
  readonly store: Store
  readonly queue: Queue
  readonly log: MemoryLog
  readonly carriage: Carriage
  readonly #needs: HouseNeeds

  /** Settles once it works; never, when its life ends before. */
  static async open(needs: HouseNeeds): Promise<House> {
    const { life, world, folder, seed } = needs
    const clock = life.clock(world.clock)
    const database = life.database(needs.database)
    const random = seededRandom(seed)
    const log = memoryLog()
    const store = await openStore({ database, folder, clock: timeless(clock), random, log, freeBytesThreshold: 0 })
    const resolver = await Directory.open({ database, clock, random })
    await fill(resolver, database, store)
    const { dns } = world
    const isOurs = { name: (name: string) => name === hostname, address: () => false }
    const carriage = await openCarriage({
      settings: defaultSend,
      hostname,
      peers: { dialer: mortalDialer(world.network, life), clock, random },
      database,
      dns,
      targetsOf: domain => targetsOf({ dns, random, isOurs }, domain),
      tlsPolicy: new TlsPolicy({ dns, sts: { of: async () => ({ policy: undefined, fault: undefined }) } }),
      noteTls: () => {},
      credentials: new Map(),
      clock,
      log,
    })
    const carrier = localCarrier(localDelivery({ store, clock, log }))
    const queue = await openQueue({ database, store, resolver, carrier, carriage, clock, random, log, hostname })
    return new House({ store, queue, log, carriage, needs })
  }

  private constructor(parts: Pick<House, 'store' | 'queue' | 'log' | 'carriage'> & { needs: HouseNeeds }) {
    this.store = parts.store
    this.queue = parts.queue
    this.log = parts.log
    this.carriage = parts.carriage
    this.#needs = parts.needs
  }

  /** As alice. Settles when it is durable. */
  async send({ token, to, notify, body, releaseAt }: Letter): Promise<void> {
    await using writer = this.store.spool.open()
    await writer.write(Buffer.from(`From: <alice@example.test>\r\nSubject: ${token}\r\n\r\n${body}`))
    await using spooled = await writer.finish()
    const message: NewMessage = {
      messageId: token,
      accountId: accountIds.alice,
      origin: 'submission',
      sender: 'alice@example.test',
      returnPath: 'alice@example.test',
      parameters: { ...noMailParameters, body: '8BITMIME' },
      recipients: to.map(address => {
        const local = localOf(address)
        return { address, parameters: { ...noRecipientParameters, notify }, ...(local && { local }) }
      }),
      fields: 'Received: here\r\n',
      spooled,
      releaseAt,
      heldFor: undefined,
    }
    const refusal = await this.queue.accept(message)
    if (refusal !== undefined) throw new Error(`refused: ${refusal.reason}`)
  }

  /** The texts in an account's INBOX, oldest first. */
  async inbox(name: keyof typeof accountIds): Promise<readonly string[]> {
    const accountId = accountIds[name]
    const mailbox = await this.store.mailbox(accountId, 'INBOX')
    using view = await this.store.openView(accountId, mailbox?.mailboxId ?? 0)
    const texts: string[] = []
    for (const messageId of view?.current.messageIds.subarray(0, view.current.count) ?? []) {
      const bytes = await this.store.message(accountId, messageId)
      texts.push(Buffer.from((await bytes?.read(0, bytes.sizeBytes)) ?? []).toString())
    }
    return texts
  }

  async close(): Promise<void> {
    await this.queue[Symbol.asyncDispose]()
    await this.carriage[Symbol.asyncDispose]()
    await this.store[Symbol.asyncDispose]()
    this.#needs.life.end()
  }
}

/** The store's own rounds (what was expunged long ago, the search index) are no part of this, and would be most of its time. */
function timeless(clock: Clock): Clock {
  return { ...clock, after: () => ({ [Symbol.dispose]() {} }) }
}

function localOf(address: string) {
  const [name = '', domain] = address.split('@')
  const accountId = domain === 'example.test' ? accountIds[name as keyof typeof accountIds] : undefined
  return accountId === undefined ? undefined : { accountId, detail: undefined }
}

/** What is not there yet. Without the hashing of passwords, which takes long on purpose. */
async function fill(directory: Directory, database: Database, store: Store): Promise<void> {
  await directory.addDomain('example.test')
  for (const [name, accountId] of Object.entries(accountIds)) {
    const account = { accountId, address: `${name}@example.test`, passwordHash: 'none', now: 0 }
    await database.write(async tx => void (await accounts.add(tx, account)))
    await store.createAccount(accountId)
  }
}
