// A queue for tests: with store, directory and a carrier into INBOX, in a folder that is removed at the end, under a clock that stands still.
// Accounts alice, bob, carol at example.test; each test writes as alice.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as accounts from '#accounts/account-verbs.ts'
import { Directory } from '#accounts/directory.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import type { Database } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { openStore } from '#store/open.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import { assertConsistent } from '#store/temporary-store.ts'
import { fromUtf8 } from '#text/bytes.ts'
import { noMailParameters, noRecipientParameters, type RecipientParameters } from '#wire/smtp/parameters.ts'
import { checkQueue } from './check.ts'
import { openQueue, type QueueNeeds } from './open.ts'
import type { Carrier, HeldMessage, Queue } from './queue.ts'

const accountIds: Readonly<Record<string, number>> = { alice: 1, bob: 2, carol: 3 }

export interface TemporaryQueueOptions {
  /** Stays open at the end. */
  readonly database?: Database
  readonly folder?: string
  /** Stands before the one into INBOX. */
  readonly carrier?: (local: Carrier) => Carrier
  readonly clock?: ManualClock
  readonly heldBytesPerAccount?: number
}

export interface Held extends Partial<Omit<HeldMessage, 'recipients' | 'spooled'>> {
  readonly text?: string
  readonly to?: Readonly<Record<string, Partial<RecipientParameters>>>
  /** From now on. */
  readonly inMs?: number
}

export class TemporaryQueue implements AsyncDisposable {
  readonly clock: ManualClock
  readonly log: MemoryLog = memoryLog()
  readonly needs: QueueNeeds
  readonly folder: string
  readonly directory: Directory
  queue: Queue
  readonly #owned: AsyncDisposableStack
  #lastId = 0

  static async open(options: TemporaryQueueOptions = {}): Promise<TemporaryQueue> {
    await using owned = new AsyncDisposableStack()
    const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'posthouse-queue-')))
    if (options.folder === undefined) owned.defer(() => rm(folder, { recursive: true }))
    const database = options.database ?? owned.use(await openSqlite({ path: join(folder, 'posthouse.db') }))
    const clock = options.clock ?? manualClock()
    const log = memoryLog()
    const random = seededRandom(1)
    owned.defer(() => assertConsistent(database, folder))
    const store = owned.use(await openStore({ database, folder, clock, random, log, freeBytesThreshold: 0 }))
    const directory = await Directory.open({ database, clock, random })
    await fill(directory, database, store)
    const local = intoInbox(store)
    const carrier = options.carrier?.(local) ?? local
    const needs = {
      database,
      store,
      resolver: directory,
      carrier,
      clock,
      random,
      log,
      hostname: 'mail.example.test',
      heldBytesPerAccount: options.heldBytesPerAccount,
    }
    return new TemporaryQueue({ needs, log, directory, folder, queue: await openQueue(needs), owned: owned.move() })
  }

  private constructor(parts: {
    needs: QueueNeeds & { clock: ManualClock }
    log: MemoryLog
    directory: Directory
    folder: string
    queue: Queue
    owned: AsyncDisposableStack
  }) {
    this.clock = parts.needs.clock
    this.needs = parts.needs
    this.log = parts.log
    this.directory = parts.directory
    this.folder = parts.folder
    this.queue = parts.queue
    this.#owned = parts.owned
  }

  get store(): Store {
    return this.needs.store
  }

  async message(text: string): Promise<SpooledMessage> {
    await using writer = this.store.spool.open()
    await writer.write(Buffer.from(text))
    return writer.finish()
  }

  /** Holds a message of alice's; settles with its id, or the name of the refusal. */
  async hold({ text = 'Subject: tea\r\n\r\nhot\r\n', to = { bob: {} }, inMs = 0, ...over }: Held): Promise<string> {
    await using spooled = await this.message(text)
    const messageId = `m${++this.#lastId}`
    const refusal = await this.queue.hold({
      messageId,
      sender: { accountId: 1, address: 'alice@example.test' },
      parameters: noMailParameters,
      fields: 'Received: here\r\n',
      releaseAt: this.clock.now() + inMs,
      recipients: Object.entries(to).map(([name, parameters]) => ({
        address: `${name}@example.test`,
        accountId: accountIds[name] ?? 99,
        detail: undefined,
        parameters: { ...noRecipientParameters, ...parameters },
      })),
      ...over,
      spooled,
    })
    return refusal?.reason ?? messageId
  }

  /** Lets time go by, and everything be done that falls due in it, each at its own time. */
  async pass(ms: number): Promise<void> {
    const endMs = this.clock.now() + ms
    for (let steps = 0; steps < 1_000; steps += 1) {
      const [first] = await this.queue.list()
      const nextMs = Math.min(endMs, Math.max(this.clock.now(), first?.nextAt ?? endMs))
      this.clock.advance(nextMs - this.clock.now())
      await this.queue.idle()
      if (nextMs === endMs) return
    }
    throw new Error('the queue does nothing about what is due')
  }

  /** The texts in an account's INBOX, oldest first. */
  async inbox(name: string): Promise<readonly string[]> {
    const accountId = accountIds[name] ?? 0
    const mailbox = await this.store.mailbox(accountId, 'INBOX')
    using view = await this.store.openView(accountId, mailbox?.mailboxId ?? 0)
    const texts: string[] = []
    for (const messageId of view?.current.messageIds.subarray(0, view.current.count) ?? []) {
      const bytes = await this.store.message(accountId, messageId)
      texts.push(Buffer.from((await bytes?.read(0, bytes.sizeBytes)) ?? []).toString())
    }
    return texts
  }

  async restart(): Promise<void> {
    await this.queue[Symbol.asyncDispose]()
    this.queue = await openQueue(this.needs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.queue[Symbol.asyncDispose]()
    assert.deepEqual(await Array.fromAsync(checkQueue(this.needs.database)), [])
    await this.#owned.disposeAsync()
  }
}

function intoInbox(store: Store): Carrier {
  return {
    async carry({ sender, fields, recipients, spooled }) {
      const deliveries = recipients.map(({ accountId, address }) => ({
        accountId,
        mailbox: 'INBOX',
        prefix: fromUtf8(`Return-Path: <${sender}>\r\nDelivered-To: ${address}\r\n${fields}`),
      }))
      await store.deliver(spooled, deliveries)
      return recipients.map(() => ({ kind: 'delivered' }))
    },
  }
}

/** The accounts that are not there yet. */
async function fill(directory: Directory, database: Database, store: Store): Promise<void> {
  await directory.addDomain('example.test')
  for (const [name, accountId] of Object.entries(accountIds)) {
    const address = `${name}@example.test`
    // Without the hashing of a password, which takes long on purpose.
    await database.write(
      async tx => void (await accounts.add(tx, { accountId, address, passwordHash: 'none', now: 0 })),
    )
    await store.createAccount(accountId)
  }
}
