// Five servers that forward to each other at random, with recipients that cannot have mail and senders who cannot be told: whatever the ways are,
// mail comes to rest. The number of messages that pass between servers is bounded, nothing stays in a queue, and no report is reported of.
// POSTHOUSE_SIM_TOPOLOGIES is how many, POSTHOUSE_SIM_SEED the first seed; the seed stands in every message.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { fixedDns } from '#io/fixed-dns.ts'
import { memoryNetwork } from '#io/memory-network.ts'
import { Draws } from '../fuzz/draws.ts'
import { environmentNumber } from '../fuzz/environment-number.ts'
import { BadPeer } from '../support/bad-peer.ts'
import { sendBySmtp } from './send-by-smtp.ts'
import { SimClock } from './sim-clock.ts'
import { Station } from './station.ts'

const first = environmentNumber('POSTHOUSE_SIM_SEED') ?? 1
const count = environmentNumber('POSTHOUSE_SIM_TOPOLOGIES') ?? 6
const servers = 5
const originals = 5
/** Each message passes each address on its way once at most, and so does a report of it. */
const mostPerOriginal = 60
const hourMs = 3_600_000
/** What fails after days is reported of, and the report may wait for days itself where it is sent on. */
const endMs = 60 * 24 * hourMs
const lookMs = 12 * hourMs
const mostSteps = 200_000
const reportPart = /^Content-Type: message\/(?:global-)?delivery-status/gim
const names = ['a', 'b', 'c', 'x', 'y', 'nobody', 'off', 'full'] as const

class Topology {
  readonly clock = new SimClock()
  readonly network = memoryNetwork(this.clock)
  readonly draws: Draws
  readonly stations: Station[] = []
  /** Whose senders take no mail, so that reports to them fail too. */
  readonly far = new BadPeer({
    name: 'mx.far.test',
    act: ({ step }) => (step === 'RCPT' ? '550 5.1.1 gone' : undefined),
  })

  #steps = 0

  constructor(seed: number) {
    this.draws = new Draws(seed)
  }

  async build(seed: number): Promise<void> {
    const domains = Array.from({ length: servers }, (_, number) => `s${number}.test`)
    const dns = fixedDns({
      exchangers: Object.fromEntries(
        [...domains, 'far.test'].map(name => [name, [{ host: `mx.${name}`, preference: 0 }]]),
      ),
      addresses: {
        ...Object.fromEntries(domains.map((name, number) => [`mx.${name}`, [`10.0.0.${number}`]])),
        'mx.far.test': ['10.0.1.0'],
      },
    })
    const { clock, network } = this
    network.set('10.0.1.0', 25, { serve: this.far.run })
    for (const [number, domain] of domains.entries()) {
      const place = { domain, address: `10.0.0.${number}`, clock, network, dns, seed: seed * 10 + number }
      this.stations.push(await Station.open(place))
    }
    for (const station of this.stations) await this.#furnish(station)
  }

  async #furnish(station: Station): Promise<void> {
    const { draws } = this
    const of = (name: string) => `${name}@${station.domain}`
    for (const name of ['a', 'b', 'c', 'off', 'full']) {
      const accountId = await station.addAccount(name)
      if (name === 'full') await station.store.setQuota(accountId, 1)
    }
    await station.directory.setDisabled(of('off'), true)
    // What the directory refuses, an alias to nobody here, is not there then.
    for (const name of ['x', 'y']) await station.directory.addAlias(of(name), ...this.#targets(of(name)))
    for (const name of ['a', 'b', 'c'])
      if (!draws.oneIn(3))
        await station.directory.setForward(of(name), { targets: this.#targets(of(name)), keepsCopy: draws.oneIn(2) })
  }

  #targets(own: string): readonly string[] {
    const targets = new Set(Array.from({ length: 1 + this.draws.below(2) }, () => this.address()))
    targets.delete(own)
    return targets.size === 0 ? ['a@s0.test', 'a@s1.test'].filter(one => one !== own).slice(0, 1) : [...targets]
  }

  address(): string {
    return `${this.draws.pick(names)}@s${this.draws.below(servers)}.test`
  }

  /** Until the queues are empty, or it has taken too long. */
  async run(): Promise<void> {
    for (let untilMs = lookMs; untilMs < endMs; untilMs += lookMs) {
      await this.#runTo(untilMs)
      const left = await Promise.all(this.stations.map(({ queue }) => queue.list()))
      if (left.every(({ length }) => length === 0)) return
    }
  }

  async #runTo(untilMs: number): Promise<void> {
    do {
      assert.ok(this.#steps < mostSteps, 'it never ends')
      this.#steps += 1
      await this.#settled()
    } while (this.clock.step(untilMs))
  }

  async #settled(): Promise<void> {
    const signs = () =>
      this.stations.reduce((sum, { database }) => sum + database.transactions, this.network.dials.length)
    for (let quiet = 0, before = -1; quiet < 3; quiet += 1) {
      await setImmediate()
      const now = signs()
      if (now !== before) quiet = 0
      before = now
    }
  }

  /** Nothing has stayed in a queue, and no more messages went about than may. Gives how many. */
  async look(where: string): Promise<number> {
    for (const { queue, domain } of this.stations) {
      const left = await queue.list()
      assert.deepEqual(
        left.map(({ messageId, recipients }) => [messageId, recipients]),
        [],
        `${where}: left at ${domain}`,
      )
    }
    for (const station of this.stations)
      for (const text of await station.inboxes())
        assert.ok((text.match(reportPart)?.length ?? 0) <= 1, `${where}: a report of a report:\n${text}`)
    assert.deepEqual(this.network.faults, [], where)
    assert.deepEqual(this.far.mistakes, [], where)
    const passed = this.stations.reduce((sum, { taken }) => sum + taken, 0)
    assert.ok(passed <= originals * mostPerOriginal, `${where}: ${passed} messages went between the servers`)
    return passed
  }

  async close(): Promise<void> {
    let isOver = false
    const closed = Promise.all(this.stations.map(station => station[Symbol.asyncDispose]())).finally(() => {
      isOver = true
    })
    while (!isOver) {
      await this.#settled()
      if (!isOver) this.clock.step(this.clock.monotonicMs() + 60_000)
    }
    await closed
  }
}

test(`${count} topologies from seed ${first} on: mail comes to rest`, async t => {
  let most = 0
  for (let seed = first; seed < first + count; seed += 1) {
    const topology = new Topology(seed)
    await topology.build(seed)
    for (let number = 0; number < originals; number += 1) {
      const from = topology.draws.pick(['out@far.test', '', topology.address()])
      const to = topology.address()
      await sendBySmtp(topology.network, `10.0.0.${/@s(\d)/.exec(to)?.[1]}`, { from, to, subject: `t${number}` })
    }
    await topology.run()
    most = Math.max(most, await topology.look(`seed ${seed}`))
    await topology.close()
  }
  t.diagnostic(`at most ${most} messages between the servers, of ${originals} that were sent`)
})
