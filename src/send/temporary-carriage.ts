// A carriage for tests: over a network in memory, with a DNS that knows what it was told, under a clock that stands still.

import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { type FixedAnswers, fixedDns } from '#io/fixed-dns.ts'
import { type ManualClock, manualClock } from '#io/manual-clock.ts'
import { type MemoryLog, memoryLog } from '#io/memory-log.ts'
import { type MemoryNetwork, type MemoryPlace, memoryNetwork } from '#io/memory-network.ts'
import { seededRandom } from '#io/seeded-random.ts'
import { openSqlite } from '#io/sql/sqlite.ts'
import { noMailParameters, noRecipientParameters } from '#wire/smtp/parameters.ts'
import { type Carriage, type CarriageNeeds, openCarriage } from './carriage.ts'
import type { Carried, Courier } from './courier.ts'
import { defaultSend } from './default-settings.ts'
import type { Mail } from './mail.ts'
import { textMessage } from './scripted-host.ts'
import type { SendSettings } from './settings.ts'
import { targetsOf } from './targets.ts'
import { TlsPolicy } from './tls-policy.ts'

export interface TemporaryCarriageOptions {
  readonly settings?: Partial<SendSettings>
  readonly dns?: FixedAnswers
  /** By `address:port`, or by an address on port 25. */
  readonly hosts?: Readonly<Record<string, MemoryPlace>>
  readonly needs?: Partial<CarriageNeeds>
}

export class TemporaryCarriage implements AsyncDisposable {
  readonly carriage: Carriage
  readonly clock: ManualClock
  readonly log: MemoryLog
  readonly network: MemoryNetwork
  readonly #owned: AsyncDisposableStack

  static async open({
    settings,
    dns: answers,
    hosts = {},
    needs,
  }: TemporaryCarriageOptions): Promise<TemporaryCarriage> {
    await using owned = new AsyncDisposableStack()
    const folder = await mkdtemp(join(tmpdir(), 'posthouse-send-'))
    owned.defer(() => rm(folder, { recursive: true }))
    const database = owned.use(await openSqlite({ path: join(folder, 'posthouse.db') }))
    const clock = manualClock()
    const log = memoryLog()
    const network = memoryNetwork(clock)
    for (const [place, host] of Object.entries(hosts)) {
      const [, address = '', port = '25'] =
        /^\[?([^\]]+?)\]?(?::(\d+))?$/.exec(place.includes('::') ? `${place}` : place) ?? []
      network.set(address, Number(port), host)
    }
    owned.defer(() => assert.deepEqual(network.faults, []))
    const dns = fixedDns(answers)
    const random = seededRandom(1)
    const isOurs = { name: (name: string) => name === 'mail.example.com', address: () => false }
    const tlsPolicy = new TlsPolicy({ dns, sts: { of: async () => ({ policy: undefined, fault: undefined }) } })
    const carriage = await openCarriage({
      settings: { ...defaultSend, ...settings },
      hostname: 'mail.example.com',
      peers: { dialer: network, clock, random },
      database,
      dns,
      targetsOf: domain => targetsOf({ dns, random, isOurs }, domain),
      tlsPolicy,
      noteTls: () => {},
      credentials: new Map(),
      clock,
      log,
      ...needs,
    })
    return new TemporaryCarriage({ carriage, clock, log, network, owned: owned.move() })
  }

  private constructor(parts: {
    carriage: Carriage
    clock: ManualClock
    log: MemoryLog
    network: MemoryNetwork
    owned: AsyncDisposableStack
  }) {
    this.carriage = parts.carriage
    this.clock = parts.clock
    this.log = parts.log
    this.network = parts.network
    this.#owned = parts.owned
  }

  /** Where a message from alice to this address would go. */
  hop(recipient: string, tries = 0): string {
    const route = this.carriage.route({ accountId: 1, sender: 'alice@example.com', recipient, tries })
    return route.kind === 'hop' ? route.hop : `held: ${route.reason}`
  }

  courier(hop: string): Promise<Courier> {
    return this.carriage.courier(hop, new AbortController().signal)
  }

  /** One message by a courier of its own. */
  async send(recipient: string, over: Partial<Mail> = {}): Promise<Carried> {
    await using courier = await this.courier(this.hop(recipient))
    return await courier.carry(mailTo([recipient], over))
  }

  /** Lets whatever was woken have its turn. */
  async turns(): Promise<void> {
    for (let turn = 0; turn < 20; turn += 1) await setImmediate()
  }

  /** Lets time go by until `work` is done: a step at a time, so that whatever was woken has its turn. */
  async within<T>(work: PromiseLike<T>, stepMs = 1_000): Promise<T> {
    let isDone = false
    const settled = Promise.resolve(work).finally(() => {
      isDone = true
    })
    for (let step = 0; step < 10_000; step += 1) {
      for (let turn = 0; turn < 5; turn += 1) await setImmediate()
      if (isDone) return await settled
      this.clock.advance(stepMs)
    }
    throw new Error('it does not come to an end')
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.within(this.carriage[Symbol.asyncDispose]())
    await this.#owned.disposeAsync()
  }
}

export function mailTo(recipients: readonly string[], over: Partial<Mail> = {}): Mail {
  return {
    messageId: 'm1',
    returnPath: 'alice@example.com',
    parameters: noMailParameters,
    arrivedAt: 0,
    fields: 'Received: here\r\n',
    spooled: textMessage('Subject: tea\r\n\r\nhot\r\n'),
    recipients: recipients.map(address => ({ address, parameters: noRecipientParameters })),
    ...over,
  }
}

/** What became of the recipients, in short: `250 2.0.0 taken`, `deferred network 4.4.1 connection refused`. */
export function said({ outcomes }: Carried): string[] {
  return outcomes.map(outcome =>
    outcome.kind === 'delivered'
      ? outcome.reply
      : `${outcome.kind} ${outcome.class} ${outcome.status} ${outcome.reply}`,
  )
}
