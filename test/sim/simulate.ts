// One simulated run from its seed: a world, some letters, a few lives of the server that end in the midst of things, and a last one that has time.
// Days of retries go by in moments; whatever waits, waits for the clock of the world.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { checkQueue } from '#queue/check.ts'
import { assertConsistent } from '#store/temporary-store.ts'
import { Draws } from '../fuzz/draws.ts'
import { House, type Letter } from './house.ts'
import { Life } from './life.ts'
import { MemoryDatabase } from './memory-database.ts'
import { Promises } from './promises.ts'
import { SimClock } from './sim-clock.ts'
import { World } from './world.ts'

const hourMs = 3_600_000
/** Longer than anything is tried, with the report that follows. */
const endMs = 7 * 24 * hourMs
/** How often it is looked whether all is done. */
const lookMs = 3 * hourMs
/** Turns of the loop without a sign of life after which everybody waits for the clock. */
const quietTurns = 3
/** Steps of the clock in one run: more is a loop that never ends. */
const mostSteps = 200_000

/** The tables as the first life of the first run has made them. */
let tables: Uint8Array | undefined

export interface Simulated {
  /** What is broken, in words. */
  readonly broken: readonly string[]
  /** Whether a life ended at the step that was chosen for it, not just by its time. */
  readonly endedByStep: boolean
  readonly lives: number
  readonly taken: number
  readonly twice: number
}

/** @param endsAt one life that ends at this step, before the last; undefined: as many as the seed draws, each where it draws */
export async function simulate(seed: number, endsAt?: number): Promise<Simulated> {
  const run = new Run(seed, endsAt)
  try {
    return await run.live()
  } finally {
    await run.end()
  }
}

class Run {
  readonly #seed: number
  readonly #draws: Draws
  readonly #clock = new SimClock()
  readonly #world: World
  readonly #database = new MemoryDatabase(tables)
  readonly #folder = mkdtempSync(join(tmpdir(), 'posthouse-sim-'))
  readonly #promises: Promises
  #life = new Life(Number.POSITIVE_INFINITY, () => {})
  #lives = 0
  #letters = 0
  #steps = 0

  readonly #endsAt: number | undefined
  #endedByStep = false

  constructor(seed: number, endsAt: number | undefined) {
    this.#seed = seed
    this.#endsAt = endsAt
    this.#draws = new Draws(seed ^ 0x5eed)
    this.#world = new World(seed, this.#clock)
    this.#promises = new Promises(this.#world.peers)
  }

  async live(): Promise<Simulated> {
    const ends = this.#endsAt === undefined ? this.#draws.below(4) : 1
    for (let number = 0; number < ends; number += 1) {
      const drawn = 1 + this.#draws.below(this.#draws.pick([40, 200, 1_000, 4_000]))
      await this.#one(this.#endsAt ?? drawn, this.#draws.below(30 * hourMs))
      await this.#pass(this.#draws.below(2 * hourMs))
    }
    const house = await this.#one(Number.POSITIVE_INFINITY, endMs)
    if (house === undefined) throw new Error('the last life ended early')
    return await this.#looked(house)
  }

  async end(): Promise<void> {
    await this.#database[Symbol.asyncDispose]()
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 })
  }

  /** A life of so many steps, or so long. Undefined: it ended. */
  async #one(lastStep: number, lastsMs: number): Promise<House | undefined> {
    this.#lives += 1
    const { network } = this.#world
    const life = new Life(lastStep, () => {
      this.#promises.died(this.#clock.now())
      network.cut()
    })
    this.#life = life
    const untilMs = this.#clock.monotonicMs() + lastsMs
    const place = { world: this.#world, life, database: this.#database, folder: this.#folder }
    // It opens its files meanwhile: no time passes in the world.
    const house = await Promise.race([House.open({ ...place, seed: this.#seed * 10 + this.#lives }), life.ended])
    if (house !== undefined) {
      tables ??= this.#database.copy()
      this.#write(house)
      await this.#runWhileBusy(house, untilMs)
    }
    this.#endedByStep ||= life.isOver
    if (lastStep < Number.POSITIVE_INFINITY) life.end()
    return life.isOver || house === undefined ? undefined : house
  }

  /** Some letters now, some later. */
  #write(house: House): void {
    const count = this.#draws.below(6)
    for (let number = 0; number < count; number += 1) {
      const letter = this.#letter()
      const sent = {
        token: letter.token,
        recipients: letter.to,
        isSilent: letter.notify !== undefined,
        acknowledged: false,
      }
      this.#promises.sent.push(sent)
      this.#life.clock(this.#clock).after(this.#draws.pick([0, 0, 10, 100_000]), () => {
        house.send(letter).then(() => {
          sent.acknowledged = true
        })
      })
    }
  }

  #letter(): Letter {
    const draws = this.#draws
    this.#letters += 1
    // What is full stays full: it is tried for days.
    const names = ['one', 'two', 'three', 'nobody', draws.oneIn(20) ? 'full' : 'four']
    const to = new Set<string>()
    const count = 1 + draws.below(6)
    for (let number = 0; number < count; number += 1) {
      const domain = draws.pick([...this.#world.domains, 'example.test'])
      to.add(domain === 'example.test' ? 'bob@example.test' : `${draws.pick(names)}@${domain}`)
    }
    return {
      token: `t${this.#letters}`,
      to: [...to],
      notify: draws.oneIn(8) ? ['NEVER'] : undefined,
      body: draws.pick(['hot\r\n', 'Grüße\r\n', '.\r\n..\r\n', `${'x'.repeat(900)}\r\n`]),
      releaseAt: draws.oneIn(8) ? this.#clock.now() + draws.below(5 * hourMs) : undefined,
    }
  }

  /** Lets time go by while nobody lives here. */
  async #pass(ms: number): Promise<void> {
    const endOfPass = this.#clock.monotonicMs() + ms
    while (this.#step(endOfPass)) await this.#settled()
  }

  /** Or until nothing is left to do. */
  async #runWhileBusy(house: House, untilMs: number): Promise<void> {
    while (this.#clock.monotonicMs() < untilMs && !this.#life.isOver) {
      await this.#runTo(Math.min(untilMs, this.#clock.monotonicMs() + lookMs))
      const queued = await Promise.race([house.queue.list(), this.#life.ended])
      if (queued?.length === 0) return
    }
  }

  async #runTo(untilMs: number): Promise<void> {
    for (;;) {
      await this.#settled()
      if (this.#life.isOver || !this.#step(untilMs)) return
    }
  }

  #step(untilMs: number): boolean {
    this.#steps += 1
    if (this.#steps > mostSteps) throw new Error('the run never ends')
    return this.#clock.step(untilMs)
  }

  /** Everybody waits for the clock. */
  async #settled(): Promise<void> {
    let signs = -1
    for (let quiet = 0; quiet < quietTurns; quiet += 1) {
      await setImmediate()
      const { transactions } = this.#database
      const now = transactions + this.#life.steps + this.#world.network.dials.length
      if (now !== signs) quiet = 0
      signs = now
    }
  }

  async #looked(house: House): Promise<Simulated> {
    const broken = [...this.#promises.broken(await house.inbox('alice'))]
    broken.push(...this.#localBroken(await house.inbox('bob')))
    for (const { messageId, recipients } of await house.queue.list())
      broken.push(`${messageId} is still in the queue: ${JSON.stringify(recipients)}`)
    broken.push(...(await Array.fromAsync(checkQueue(this.#database))).map(String))
    for (const peer of this.#world.peers) broken.push(...peer.mistakes.map(text => `${peer.options.name}: ${text}`))
    broken.push(...this.#world.network.faults.map(String))
    for (const { event, fields } of house.log.events)
      if (/fault|failed$|not-recorded/.test(event)) broken.push(`logged ${event} ${JSON.stringify(fields)}`)
    const closed = house.close()
    await this.#runToEndOf(closed)
    await assertConsistent(this.#database, this.#folder)
    const { taken, twice } = this.#promises.counted()
    return { broken, endedByStep: this.#endedByStep, lives: this.#lives, taken, twice }
  }

  async #runToEndOf(work: Promise<void>): Promise<void> {
    let isOver = false
    const done = work.finally(() => {
      isOver = true
    })
    while (!isOver) {
      await this.#settled()
      if (!isOver) this.#clock.step(this.#clock.monotonicMs() + 60_000)
    }
    await done
  }

  /** What went to bob here, in one transaction with its acceptance. */
  #localBroken(texts: readonly string[]): readonly string[] {
    const broken: string[] = []
    for (const { token, recipients, acknowledged } of this.#promises.sent) {
      if (!recipients.includes('bob@example.test')) continue
      const copies = texts.filter(text => text.includes(`\r\nSubject: ${token}\r\n`)).length
      if (copies > 1 || (acknowledged && copies === 0)) broken.push(`${token} is ${copies} times in bob's INBOX`)
    }
    return broken
  }
}
