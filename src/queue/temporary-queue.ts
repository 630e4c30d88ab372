// A queue for tests: with store, directory, a carrier into INBOX and a scripted carriage, in a folder that is removed at the end, under a clock that
// stands still. Accounts alice, bob, carol at example.test; each test writes as alice.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as accounts from '#accounts/account-verbs.ts'
import { Directory } from '#accounts/directory.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { type Database, sql } from '#io/sql/database.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { firstValue, readHeader } from '#mail/header.ts'
import { openStore } from '#store/open.ts'
import type { SpooledMessage } from '#store/spool.ts'
import type { Store } from '#store/store.ts'
import { assertConsistent } from '#store/temporary-store.ts'
import { fromUtf8 } from '#text/bytes.ts'
import { noMailParameters, noRecipientParameters, type RecipientParameters } from '#wire/smtp/parameters.ts'
import { checkQueue } from './check.ts'
import { limits } from './limits.ts'
import { openQueue, type QueueNeeds } from './open.ts'
import type { Action, Carrier, Filter, NewMessage, Queue, Settled } from './queue.ts'
import { ScriptedCarriage } from './scripted-carriage.ts'

const accountIds: Readonly<Record<string, number>> = { alice: 1, bob: 2, carol: 3 }

export interface TemporaryQueueOptions {
  /** Stays open at the end. */
  readonly database?: Database
  readonly folder?: string
  /** Stands before the one into INBOX. */
  readonly carrier?: (local: Carrier) => Carrier
  readonly clock?: ManualClock
  readonly scheduledBytesPerAccount?: number
}

export interface Held extends Partial<Omit<NewMessage, 'recipients' | 'spooled'>> {
  readonly text?: string
  /** A name without a domain is at example.test. */
  readonly to?: Readonly<Record<string, Partial<RecipientParameters>>>
  /** From now on; it waits, if need be until the clock moves by nothing. */
  readonly inMs?: number
}

export class TemporaryQueue implements AsyncDisposable {
  readonly clock: ManualClock
  readonly log: MemoryLog = memoryLog()
  readonly needs: QueueNeeds
  readonly carriage: ScriptedCarriage
  readonly settled: Settled[]
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
    const carriage = new ScriptedCarriage()
    const settled: Settled[] = []
    const needs = {
      database,
      store,
      resolver: directory,
      carrier,
      carriage,
      witness: { settled: (outcome: Settled) => void settled.push(outcome) },
      clock,
      random,
      log,
      hostname: 'mail.example.test',
      scheduledBytesPerAccount: options.scheduledBytesPerAccount,
    }
    const queue = await openQueue(needs)
    return new TemporaryQueue({ needs, carriage, settled, log, directory, folder, queue, owned: owned.move() })
  }

  private constructor(parts: {
    needs: QueueNeeds & { clock: ManualClock }
    carriage: ScriptedCarriage
    settled: Settled[]
    log: MemoryLog
    directory: Directory
    folder: string
    queue: Queue
    owned: AsyncDisposableStack
  }) {
    this.clock = parts.needs.clock
    this.needs = parts.needs
    this.carriage = parts.carriage
    this.settled = parts.settled
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

  /** Accepts a message of alice's, which goes in a millisecond; settles with its id, or the name of the refusal. */
  async hold({ inMs = 0, ...over }: Held): Promise<string> {
    return await this.accept({ releaseAt: this.clock.now() + Math.max(1, inMs), ...over })
  }

  /** As `hold`, and it goes at once. */
  async accept({ text = 'Subject: tea\r\n\r\nhot\r\n', to = { bob: {} }, inMs: _, ...over }: Held): Promise<string> {
    await using spooled = await this.message(text)
    const messageId = `m${++this.#lastId}`
    const refusal = await this.queue.accept({
      ...{
        messageId,
        accountId: 1,
        origin: 'submission',
        sender: 'alice@example.test',
        returnPath: 'alice@example.test',
      },
      parameters: noMailParameters,
      fields: 'Received: here\r\n',
      releaseAt: undefined,
      heldFor: undefined,
      recipients: Object.entries(to).map(([name, parameters]) => ({
        address: name.includes('@') ? name : `${name}@example.test`,
        local: name.includes('@') ? undefined : { accountId: accountIds[name] ?? 99, detail: undefined },
        parameters: { ...noRecipientParameters, ...parameters },
      })),
      ...over,
      spooled,
    })
    return refusal?.reason ?? messageId
  }

  /** Settles with how many recipients it was done to. */
  async act(action: Action, messageId: string, reason?: string): Promise<number> {
    return (await this.queue.act(action, { messageId }, reason)).recipients
  }

  /** Lets time go by, and everything be done that falls due in it, each at its own time. */
  async pass(ms: number): Promise<void> {
    const endMs = this.clock.now() + ms
    await this.queue.idle()
    for (let steps = 0; steps < 10_000; steps += 1) {
      const now = this.clock.now()
      const nextMs = Math.min(endMs, (await this.#nextAt(now)) ?? endMs)
      this.clock.advance(nextMs - now)
      await this.queue.idle()
      if (nextMs === endMs) return
    }
    throw new Error('the queue does nothing about what is due')
  }

  /** The next time at which the rows say that something is to be done. */
  async #nextAt(now: number): Promise<number | undefined> {
    const rows = await this.needs.database.read(async tx => [
      await tx.get<[number | null]>(sql`SELECT MIN(next_at) FROM queue_recipient WHERE next_at > ${now}`),
      await tx.get<[number | null]>(sql`SELECT MIN(report_at) FROM queue_message WHERE report_at > ${now}`),
    ])
    const times = rows.flatMap(row => (row?.[0] == null ? [] : [row[0]]))
    return times.length === 0 ? undefined : Math.min(...times)
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
    await this.#close()
    this.queue = await openQueue(this.needs)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#close()
    assert.deepEqual(await Array.fromAsync(checkQueue(this.needs.database)), [])
    await this.#owned.disposeAsync()
  }

  /** A courier that never comes back is waited for until the clock says so. */
  async #close(): Promise<void> {
    let isClosed = false
    const closing = this.queue[Symbol.asyncDispose]().then(() => {
      isClosed = true
    })
    await turnsUntil(() => isClosed)
    if (!isClosed) this.clock.advance(limits.closeMs)
    await closing
  }
}

/** `eve@far.test deferred`: of the recipients that fit, in the order of the list. */
export async function statesOf({ queue }: TemporaryQueue, filter: Filter = {}): Promise<readonly string[]> {
  const found = await queue.list(filter)
  return found.flatMap(({ recipients }) => recipients.map(({ address, state }) => `${address} ${state}`))
}

/** Lets the event loop turn until it is so, a bounded number of times. */
export async function turnsUntil(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2_000 && !(await isSo()); turn += 1) await new Promise(resolve => setImmediate(resolve))
}

/** Action and status of each recipient that a report names. */
export function actionsIn(report: string): readonly string[] {
  return [...report.matchAll(/^Action: (.*)\r\nStatus: (.*)\r$/gm)].map(([, action, status]) => `${action} ${status}`)
}

export function subjectOf(text: string): string | undefined {
  return firstValue(readHeader(Buffer.from(text)), 'subject')
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
